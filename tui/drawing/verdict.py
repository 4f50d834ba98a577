"""The verdict line: a state and a sentence that are true at every moment, and what they rest on."""

from rich.cells import cell_len

from probes.model import INTERCEPTED, Verdict
from tui.checking import Checking
from tui.drawing.parts import Line, cells, crop, fit
from tui.drawing.words import WAITING, count
from tui.finding import Render
from tui.store import Store, was_sent

State = tuple[str, str, str]
"""Glyph, words and role of a verdict's state."""

PROBING: State = ("…", "Probing", "primary")
CAUSE: State = ("✗", "Cause found", "error")
LIKELY: State = ("!", "Likely cause", "warning")
OPEN: State = ("?", "Not enough evidence", "warning")
HEALTHY: State = ("✓", "Healthy", "success")
FIXED: State = ("✓", "Fixed", "success")
READY: State = ("–", "Not sent", "muted")

WIDE = 96
LEAST = 24
"""Cells below which what was not checked is only counted."""


def state_of(store: Store) -> State:
    """Return the state of the verdict; ``healthy`` and ``inconclusive`` are said only when all is in."""
    if store.checking is not None and store.checking.held:
        return FIXED
    return cause_state(store)


def cause_state(store: Store) -> State:
    """Return the state of the finding itself, whether it was fixed since or not."""
    verdict = store.case.verdict if store.case else None
    if verdict is not None and verdict.finding not in ("healthy", "inconclusive"):
        return {"confirmed": CAUSE, "likely": LIKELY}.get(verdict.confidence, OPEN)
    if store.phase in ("empty", "planned"):
        return READY
    if store.busy:
        return PROBING
    if verdict is not None and verdict.finding == "healthy" and store.phase == "finished":
        return HEALTHY
    return OPEN


def verdict_lines(store: Store, render: Render, width: int) -> tuple[Line, Line]:
    """Return the two lines of the verdict in ``width`` cells, without the bar at their left."""
    glyph, words, role = state_of(store)
    state: Line = ((f"{glyph} {words}", f"{role} bold"), ("  ", ""))
    sentence = _sentence(store, render, width - cells(state))
    return crop((*state, (sentence, "bold")), width), crop(_second(store, render, width), width)


def _sentence(store: Store, render: Render, width: int = 200) -> str:
    verdict = store.case.verdict if store.case else None
    if store.fault is not None:
        return store.fault
    if store.checking is not None and store.checking.result is not None and store.checking.held:
        return f"{store.checking.result.passes} fresh connections in a row passed"
    if verdict is not None and store.case and _is_told(store, verdict):
        found = render(verdict.finding, store.case)
        lead = "Possible: " if verdict.confidence == "possible" else ""
        sentence = lead + found.sentence
        fits = cell_len(sentence) <= width or cell_len(found.title) >= len(found.sentence)
        return sentence if fits else lead + found.title
    if store.busy:
        return _progress(store)
    if store.phase == "cancelled":
        return f"Stopped by you after {store.sent} of {count(store.to_send, 'probe')}"
    return "Nothing was sent yet" if store.phase in ("empty", "planned") else "No verdict was reached"


def _is_told(store: Store, verdict: Verdict) -> bool:
    return not (store.phase != "finished" and verdict.finding in ("healthy", "inconclusive"))


def _progress(store: Store) -> str:
    waiting = [state for state in store.probes.values() if state.running]
    done = f"{store.sent} of {count(store.to_send, 'probe')} sent"
    if not waiting:
        return done
    oldest = min(waiting, key=lambda state: state.started)
    return f"{done}, probe {oldest.number} waits for {WAITING.get(oldest.awaiting or '', oldest.awaiting)}"


def _so_far(store: Store) -> str:
    made = [state.observation for state in store.probes.values()]
    seen = [one.judged.reached_app for one in made if was_sent(one)]
    untold = f", {seen.count('unknown')} not told" if "unknown" in seen else ""
    return f"{seen.count('yes')} reached the app, {seen.count('no')} did not{untold}" if seen else ""


def probes_of(store: Store, evidence: tuple[str, ...]) -> tuple[int, ...]:
    """Return the rows that evidence such as ``obs:o7#status`` speaks of, in order, each once."""
    ids = [item[4:].partition("#")[0] for item in evidence if item.startswith("obs:")]
    return tuple(sorted({number for made in ids if (number := store.number_of(made)) is not None}))


def _second(store: Store, render: Render, width: int) -> Line:
    verdict = store.case.verdict if store.case else None
    parts: list[tuple[str, str]] = []
    told = verdict is not None and _is_told(store, verdict)
    if told and verdict is not None:
        parts += [(verdict.finding, "muted"), ("  ", ""), (verdict.confidence, "")]
        numbers = probes_of(store, verdict.evidence)
        if numbers and width >= WIDE:
            parts.append((f" by {'probe' if len(numbers) == 1 else 'probes'} {' '.join(map(str, numbers))}", "muted"))
    elif store.busy:
        parts.append((_so_far(store), "muted"))
    elif store.over:
        parts.append(("r runs it again; what was seen is kept", "muted"))
    if store.checking is not None:
        parts += _fix(store.checking)
    elif verdict is not None and verdict.finding == INTERCEPTED:
        # The worst mistake would be to read what a proxy answered as if the site had.
        words = "nothing that was seen says anything" if width >= WIDE else "nothing seen here is"
        parts += [("    ! ", "warning"), (f"{words} about Azure", "")]
    if told and verdict is not None and verdict.also and width >= WIDE:
        parts += _also(store, render, verdict, width - cells(tuple(parts)))
    if store.checking is None and not (verdict is not None and verdict.finding == INTERCEPTED):
        parts += _unchecked(store, width, cells(tuple(parts)))
    return tuple(parts)


def _fix(check: Checking) -> Line:
    glyph, role = ("…", "primary") if check.running else ("✓", "success") if check.held else ("✗", "error")
    if check.opened:
        return ((f"    {glyph} ", role), ("the fix has opened the site to everybody", ""))
    return ((f"    {glyph} ", role), (f"fix: {check.streak} of {check.pace.streak} in a row", "muted"))


def _also(store: Store, render: Render, verdict: Verdict, room: int) -> Line:
    """Return what holds too, where ``room`` has place for it and for the count of what was not checked."""
    assert store.case is not None
    more = f" and {len(verdict.also) - 1} more" if len(verdict.also) > 1 else ""
    left = room - len("    also ") - len(more) - len("    ? 99 not checked")
    if left < LEAST:
        return ()
    title = render(verdict.also[0].finding, store.case).title
    return (("    also ", "muted"), (fit(title, min(left, 44)).rstrip(), ""), (more, "muted"))


def _unchecked(store: Store, width: int, after: int) -> Line:
    """Return what was not checked: the first of it in words where there is room, after ``after`` cells."""
    missing = store.case.unknown if store.case else ()
    if not missing:
        return ()
    gap = ("    " if after else "", "")
    more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
    room = width - after - len("    ? not checked: ") - len(more)
    if width >= WIDE and room >= LEAST:
        what = fit(missing[0].what, min(room, cell_len(missing[0].what)))
        return (gap, ("?", "warning"), (f" not checked: {what}{more}", "muted"))
    return (gap, ("?", "warning"), (f" {len(missing)} not checked", "muted"))


def plain_verdict(store: Store, render: Render) -> str:
    """Return the verdict in one line, to be copied."""
    _, words, _ = state_of(store)
    return f"{words}: {_sentence(store, render)}"
