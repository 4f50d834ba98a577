"""The verification strip: one glyph an attempt, what is left, and what may be said of it."""

from itertools import groupby

from tui.checking import Checking, passed
from tui.drawing.parts import Line, Part, crop, text, wrap
from tui.store import Store

LABEL = 12


def verify_strip(store: Store, width: int) -> list[Line]:
    """Return the strip and the sentence under it in ``width`` cells; nothing when nothing is verified."""
    check = store.checking
    if check is None:
        return []
    glyph, word, role = _state(check)
    lines: list[Line] = [crop(((f"{glyph} {word:<{LABEL - 2}}", role), *_glyphs(check, width - LABEL)), width)]
    lines += [((" " * LABEL, ""), *line) for line in wrap(progress(store, check), width - LABEL, "muted")]
    if check.result is not None:
        said = [((" " * LABEL, ""), *line) for line in wrap(check.result.statement, width - LABEL)]
        control = _control(check, width)
        # Whoever reads one line only must not miss that everybody gets in.
        lines += [*control, *said] if check.opened else [*said, *control]
    return lines


def _state(check: Checking) -> tuple[str, str, str]:
    if check.running:
        return "…", "verifying", "primary"
    if check.held:
        return "✓", "fixed", "success"
    if check.result is not None and check.result.outcome == "did-not-hold":
        return "✗", "not fixed", "error"
    return "?", "stopped" if check.stopped else "not known", "warning"


def _glyphs(check: Checking, width: int) -> Line:
    left = max(check.pace.streak - check.streak, 0) if check.running else 0
    room = max(width - left, 10)
    parts: list[Part] = []
    for good, run in groupby(passed(attempt) for attempt in check.attempts[-room:]):
        parts += [(("✓" if good else "✗") * len(list(run)), "success" if good else "error")]
    return (*parts, ("·" * min(left, width), "faint"))


def progress(store: Store, check: Checking) -> str:
    """Return ``11 of 20 in a row, 3:10 of 10:00, last 403 14:11:46``."""
    words = [f"{check.streak} of {check.pace.streak} in a row"]
    if check.running:
        words += [f"{_minutes(store.clock - check.began)} of {_minutes(check.pace.for_s)}"]
    failed = [attempt for attempt in check.attempts if not passed(attempt)]
    if failed:
        words += [f"last failure {failed[-1].at[11:19]} ({failed[-1].outcome.removeprefix('failed: ')})"]
    return check.fault or ", ".join(words)


def _minutes(seconds: float) -> str:
    whole = max(int(seconds), 0)
    return f"{whole // 60}:{whole % 60:02}"


def _control(check: Checking, width: int) -> list[Line]:
    assert check.result is not None
    refused = check.result.control_still_refused
    words, role = {
        True: ("✓ a request without a certificate is still refused", "success"),
        False: ("✗ the fix has opened the site: a request without a certificate gets through", "error"),
        None: (
            "– no control: without a certificate nothing was refused before either, or it could not be told",
            "muted",
        ),
    }[refused]
    return [((" " * LABEL, ""), *line) for line in wrap(words, width - LABEL, role)] or [text("")]
