"""The finding's text: cause, what to do now, the lasting fix, what it costs, and what was not checked."""

from probes.model import Case
from probes.personas import CLIENTS
from tui.drawing.parts import Line, Part, cells, crop, fit, text, wrap
from tui.drawing.prose import blocks, code_lines, prose_lines
from tui.finding import FindingText

_RESULTS = {
    "fails": "Hit",
    "fails-at-any-size": "Worse",
    "works-if": "Depends",
    "works": "Spared",
    "unknown": "Unknown",
}
"""What a client's result is called; ``Depends``: it works if something is done, which the tab Clients names."""


CAUSE_LINES = 5
"""Lines of the cause that stand above the tabs; the tab Why has the rest."""


def advice(
    case: Case, found: FindingText, width: int, *, wide: bool, fix: int = 0, verifying: list[Line] | None = None
) -> list[Line]:
    """Return the text of the verdict's finding in ``width`` cells; ``fix`` is the tab that is open.

    ``verifying`` is how the verification of the fix goes, None when there is none.
    """
    assert case.verdict is not None
    gap: list[Line] = [()] if wide else []
    head = wrap(found.title, width, "bold")
    if wide:
        head.append(_how(case, width))
    if verifying:
        head += [*gap, *verifying]
    lines = [*head, *gap, *_short(found.cause, width, CAUSE_LINES if wide else 2, "" if wide else "muted")]
    if wide and (clients := _clients(case, width)):
        lines += [*gap, *clients]
    if ways := ways_of(case, found):
        lines += [*gap, *_ways(ways, width, fix)]
    if found.costs:
        lines += [*gap, *_section("Costs and gains", found.costs, width)]
    if found.verify_command:
        lines += [*gap, text("Verify", "muted"), *code_lines(found.verify_command, width)]
    return [*lines, *_unchecked(case, width, gap)]


def _short(words: str, width: int, most: int, roles: str) -> list[Line]:
    first = next((block for kind, block in blocks(words) if kind == "prose"), "")
    lines = wrap(first.replace("**", "").replace("`", ""), width, roles)
    if len(lines) <= most:
        return lines
    *kept, last = lines[:most]
    return [*kept, crop((*last, (" …", roles)), width)]


def _section(label: str, words: str, width: int) -> list[Line]:
    return [text(label, "muted"), *prose_lines(words, width)]


def _how(case: Case, width: int) -> Line:
    verdict = case.verdict
    assert verdict is not None
    seen = any(item.startswith("obs:") for item in verdict.evidence)
    how = "seen on the wire" if seen else "not seen on the wire"
    return crop(text(f"{verdict.finding}  ·  {verdict.confidence}  ·  {how}", "muted"), width)


def _labelled(label: str, words: str, width: int, role: str = "muted") -> list[Line]:
    room = 9
    rest = wrap(words, width - room) or [()]
    first: Line = ((fit(label, room), role), *rest[0])
    return [first, *(((" " * room, ""), *line) for line in rest[1:])]


def _clients(case: Case, width: int) -> list[Line]:
    verdict = case.verdict
    assert verdict is not None
    lines: list[Line] = []
    groups = {result: [one.name for one in verdict.clients if one.result == result] for result in _RESULTS}
    for result, label in _RESULTS.items():
        named = groups[result]
        if named and result != "unknown":
            # Worse than what, where nobody is merely hit?
            shown = _RESULTS["fails"] if result == "fails-at-any-size" and not groups["fails"] else label
            everybody = len(named) == len(verdict.clients) > 1
            lines += _labelled(shown, "every client" if everybody else ", ".join(named), width)
    return lines


def _reasons(case: Case) -> str:
    verdict = case.verdict
    clients = verdict.clients if verdict else ()
    return "\n".join(
        f"- {_RESULTS[one.result]}: {CLIENTS[one.name].title if one.name in CLIENTS else one.name}: {one.because}"
        for one in sorted(clients, key=lambda one: list(_RESULTS).index(one.result))
    )


def ways_of(case: Case, found: FindingText) -> tuple[tuple[str, str], ...]:
    """Return the tabs with their texts, the first for whoever can act."""
    first, *more = found.ways or (("", ""),)
    here = (("Now", found.now), ("Lasting", found.lasting))
    tabs = (first, *here, *more, ("Clients", _reasons(case)), ("Why", found.cause))
    return tuple((name, words) for name, words in tabs if words)


def _ways(ways: tuple[tuple[str, str], ...], width: int, fix: int) -> list[Line]:
    chosen = fix % len(ways)
    tabs: list[Part] = []
    rule: list[Part] = []
    between = 2 if sum(len(label) + 2 for label, _ in ways) - 2 <= width else 1
    for place, (label, _) in enumerate(ways):
        here = place == chosen
        after = between if place < len(ways) - 1 else 0
        tabs += [(label, "bold" if here else "muted"), (" " * after, "")]
        rule += [(("━" if here else "─") * len(label), "primary" if here else "line"), ("─" * after, "line")]
    rule.append(("─" * max(width - cells(tuple(rule)), 0), "line"))
    return [crop(tuple(tabs), width), crop(tuple(rule), width), *prose_lines(ways[chosen][1], width)]


def _unchecked(case: Case, width: int, gap: list[Line]) -> list[Line]:
    if not case.unknown:
        return []
    lines: list[Line] = [*gap, text("Not checked", "muted")]
    for missing in case.unknown:
        words = f"{missing.what}: {missing.why.replace('-', ' ')}. {missing.how_to_get}"
        wrapped = wrap(words, width - 2)
        lines += [(("? ", "warning"), *wrapped[0]), *((("  ", ""), *line) for line in wrapped[1:])]
    return lines
