"""The finding's text: cause, what to do now, the lasting fix, what it costs, and what was not checked."""

from probes.model import Case
from tui.drawing.parts import Line, Part, cells, crop, fit, text, wrap
from tui.drawing.prose import code_lines, prose_lines
from tui.finding import FindingText

_RESULTS = {
    "fails": "Hit",
    "fails-at-any-size": "Worse",
    "works-if": "If",
    "works": "Spared",
    "unknown": "Unknown",
}
"""What a client's result is called; ``If``: it works if something is done that stands beside its name."""


def advice(case: Case, found: FindingText, width: int, *, wide: bool, fix: int = 0) -> list[Line]:
    """Return the text of the verdict's finding in ``width`` cells; ``fix`` is the tab that is open."""
    assert case.verdict is not None
    gap: list[Line] = [()] if wide else []
    head = wrap(found.title, width, "bold")
    if wide:
        head.append(_how(case, width))
    lines = [*head, *gap, *prose_lines(found.cause, width, "" if wide else "muted")]
    if clients := _clients(case, width):
        lines += [*gap, *clients]
    if wide:
        for label, words in (("Now", found.now), ("Lasting", found.lasting)):
            lines += [*gap, *_section(label, words, width)] if words else []
    if ways := ways_of(found, wide=wide):
        lines += [*gap, *_ways(ways, width, fix)]
    if found.costs:
        lines += [*gap, *_section("Costs and gains", found.costs, width)]
    if found.verify_command:
        lines += [*gap, text("Verify", "muted"), *code_lines(found.verify_command, width)]
    return [*lines, *_unchecked(case, width, gap)]


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
    for result, label in _RESULTS.items():
        hit = [client for client in verdict.clients if client.result == result]
        told = [f"{one.name} ({one.because})" if result == "works-if" else one.name for one in hit]
        if told:
            lines += _labelled(label, ", ".join(told), width)
    return lines


def ways_of(found: FindingText, *, wide: bool) -> tuple[tuple[str, str], ...]:
    """Return the tabs with their texts; in a narrow terminal what else stands above them is a tab too."""
    first = () if wide else (("Now", found.now), ("Lasting", found.lasting))
    return (*((name, words) for name, words in first if words), *found.ways)


def _ways(ways: tuple[tuple[str, str], ...], width: int, fix: int) -> list[Line]:
    chosen = fix % len(ways)
    tabs: list[Part] = []
    rule: list[Part] = []
    for place, (label, _) in enumerate(ways):
        here = place == chosen
        tabs += [(label, "bold" if here else "muted"), ("  ", "")]
        rule += [(("━" if here else "─") * len(label), "primary" if here else "line"), ("──", "line")]
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
