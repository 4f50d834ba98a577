"""What the settings permit each probe beside what was seen of it; a rule that is not documented says so."""

from collections.abc import Iterator
from dataclasses import dataclass

from probes.diagnosis.predict import outcomes
from probes.model import Case, Prediction
from tui.drawing.parts import Line, Part, cells, crop, fit, text, titled_rule, wrap
from tui.drawing.words import count, kilobytes, outcome_words
from tui.store import ProbeState, Store

WORDS = {
    "asked:none": "never asked",
    "asked:handshake": "asked in handshake",
    "asked:renegotiation": "asked after request",
    "asked:post-handshake": "asked after request",
    "request:reached": "reaches the app",
    "request:refused": "refused",
    "request:redirected": "sent on to https",
    "tls:taken": "TLS version taken",
    "tls:refused": "TLS version refused",
    "http:1.1": "HTTP/1.1",
    "http:2": "HTTP/2",
}
ASPECTS = ("asked", "request", "tls", "http")
CERTAINTY = ("documented", "reported", "inferred")
"""How sure a rule is, the surest first."""
UNSURE = "~"
"""Stands for the certainty in a narrow terminal, where a rule is not documented."""
PREFIX = "seen:"
"""Begins the name of a probe's line on the page."""


@dataclass(frozen=True)
class Told:
    """What the rules permit of one aspect of a probe, and whether it was so; ``held`` None where it was not seen.

    ``certainty`` is that of the rule that was broken, else of the one that permits the least.
    """

    permitted: tuple[str, ...]
    certainty: str
    seen: tuple[str, ...]
    held: bool | None


@dataclass(frozen=True)
class Row:
    """One probe: what its settings permit, aspect by aspect, and the rules behind it."""

    state: ProbeState
    told: tuple[Told, ...]
    rules: tuple[Prediction, ...]

    @property
    def sent(self) -> bool:
        """Whether there is something to compare with."""
        return self.state.observation is not None

    @property
    def telling(self) -> tuple[Told, ...]:
        """What decides something: a rule that permits either end does not, and HTTP/1.1 goes without saying."""
        return tuple(one for one in self.told if self._decides(one))

    def _decides(self, one: Told) -> bool:
        if one.held is False:
            return True
        aspect = _aspect(one.permitted[0])
        if aspect == "http":
            return self.state.probe.http == "2"
        return aspect != "request" or len(one.permitted) == 1

    @property
    def held(self) -> bool | None:
        """Whether all that was seen is permitted; None where nothing was seen that a rule decides."""
        found = [one.held for one in self.telling if one.held is not None]
        return all(found) if found else None


def rows(store: Store, case: Case) -> list[Row]:
    """Return a row for each probe that a rule speaks of, in the order of their numbers."""
    by_probe: dict[str, list[Prediction]] = {}
    for one in case.predictions:
        by_probe.setdefault(one.probe, []).append(one)
    found = []
    for state in sorted(store.probes.values(), key=lambda state: state.number):
        rules = by_probe.get(state.probe.id, [])
        if rules:
            found.append(Row(state, tuple(_told(state, rules)), tuple(rules)))
    return found


def _told(state: ProbeState, rules: list[Prediction]) -> Iterator[Told]:
    shown = outcomes(state.observation) if state.observation is not None else frozenset()
    for aspect in ASPECTS:
        speaking = [one for one in rules if _aspect(one.permitted[0]) == aspect]
        if not speaking:
            continue
        seen = tuple(sorted(one for one in shown if _aspect(one) == aspect))
        broken = [one for one in speaking if any(other not in one.permitted for other in seen)]
        decides = min(broken or speaking, key=lambda one: (len(one.permitted), CERTAINTY.index(one.certainty)))
        yield Told(decides.permitted, decides.certainty, seen, not broken if seen else None)


def _aspect(outcome: str) -> str:
    return outcome.partition(":")[0]


def _words(outcomes_: tuple[str, ...]) -> str:
    names = list(dict.fromkeys(WORDS.get(one, one) for one in outcomes_))
    if len(names) > 1 and _aspect(outcomes_[0]) == "request":
        return "let in or not"
    if len(names) > 1:
        names = ["never" if name == WORDS["asked:none"] else name.removeprefix("asked ") for name in names]
    return " or ".join(names)


def summary(store: Store, case: Case) -> Line:
    """Return in one line how many probes showed what the settings permit; nothing without predictions."""
    found = rows(store, case)
    if not found:
        return ()
    followed, broken = (sum(1 for row in found if row.held is held) for held in (True, False))
    parts: list[Part] = []
    if followed:
        parts += [(f"✓ {count(followed, 'probe')} as these settings permit", "success")]
    if broken:
        parts += [("   " if parts else "", ""), (f"✗ {broken} otherwise", _severity(found)[1])]
    left = len(found) - followed - broken
    if left:
        parts += [("   " if parts else "", ""), (f"– {left} not sent or not decided", "muted")]
    return tuple(parts)


def _severity(found: list[Row]) -> Part:
    documented = any(told.held is False and told.certainty == "documented" for row in found for told in row.told)
    return ("✗", "error") if documented else ("!", "warning")


def permitted(
    store: Store, case: Case, width: int, *, wide: bool, chosen: str | None = None
) -> tuple[list[Line], dict[str, int]]:
    """Return the table in ``width`` cells and the line of each probe; the rules of the chosen one stand below it."""
    found = rows(store, case)
    if not found:
        return [], {}
    lines: list[Line] = [titled_rule(summary(store, case), width), _header(width, wide=wide)]
    places: dict[str, int] = {}
    for row in found:
        name = f"{PREFIX}{row.state.probe.id}"
        places[name] = len(lines)
        lines.append(_row(row, width, wide=wide))
        if name == chosen:
            lines += [line for rule in row.rules for line in _rule(rule, width)]
    return lines, places


def _columns(*, wide: bool) -> tuple[int, int]:
    """Return the cells of the request and of what is permitted; what was seen takes the rest."""
    return (26, 50) if wide else (16, 29)


def _header(width: int, *, wide: bool) -> Line:
    request, allowed = _columns(wide=wide)
    title = "permitted" if wide else f"permitted ({UNSURE} undocumented)"
    return crop(text(f"{'':<6}{fit('request', request)}  {fit(title, allowed)}  seen on the wire", "faint"), width)


def _row(row: Row, width: int, *, wide: bool) -> Line:
    request, allowed = _columns(wide=wide)
    glyph, role = ("–", "muted")
    if row.held is not None:
        glyph, role = ("✓", "success") if row.held else _severity([row])
    tone = "" if row.held is False else "muted"
    parts: list[Part] = [
        (f"{glyph} ", role),
        (f"{row.state.number:>2}  ", "faint"),
        (fit(_request(row), request), tone),
    ]
    parts += [("  ", ""), *_permitted(row, allowed, wide=wide), ("  ", "")]
    return crop((*parts, (_seen(row, wide=wide), "" if row.sent else "faint")), width)


def _permitted(row: Row, width: int, *, wide: bool) -> Line:
    telling = row.telling or row.told
    parts: list[Part] = []
    for place, one in enumerate(telling):
        parts += [(", " if parts else "", "muted"), (_short(_words(one.permitted), wide=wide), "muted")]
        # One word for all where they are equally sure.
        last = place + 1 == len(telling) or telling[place + 1].certainty != one.certainty
        if last and one.certainty != "documented":
            parts += [(f" ({one.certainty})" if wide else f" {UNSURE}", "faint")]
    shown = crop(tuple(parts), width)
    return (*shown, (" " * (width - cells(shown)), ""))


def _short(words: str, *, wide: bool) -> str:
    """Return the words for a narrow terminal, where the column says what they speak of."""
    return words if wide else words.replace("asked ", "").replace("reaches the app", "let in")


def _request(row: Row) -> str:
    probe = row.state.probe
    words = [probe.method, kilobytes(probe.body_bytes) if probe.body_bytes else ""]
    words += ["" if probe.body_bytes or probe.path == "/" else probe.path]
    words += [{"none": "no certificate", "throwaway": "throwaway"}.get(probe.identity, "")]
    words += [f"TLS {probe.tls}" if probe.tls not in ("free", "1.2") else "", "h2" if probe.http == "2" else ""]
    words += [{"wait": "waits", "header-only": "not waited"}.get(probe.expect, "")]
    words += ["HEAD first" if probe.head_first else "", f"as {probe.persona}" if probe.persona else ""]
    return " ".join(word for word in words if word)


def _seen(row: Row, *, wide: bool) -> str:
    made = row.state.observation
    if made is None:
        return "waiting" if row.state.running else "not sent"
    words = [" ".join(outcome_words(made).split())]
    for one in row.told:
        aspect = _aspect(one.permitted[0])
        if one.seen and (aspect in ("asked", "tls") or (aspect == "http" and one.held is False)):
            words.append(_short(_words(one.seen), wide=wide))
    return ", ".join(words)


def _rule(rule: Prediction, width: int) -> list[Line]:
    words = f"{rule.certainty}: {rule.rule}; permitted: {_words(rule.permitted)}"
    first, *more = wrap(words, width - 8, "muted")
    return [(("    ├─○ ", "primary"), *first), *((("    │   ", "primary"), *line) for line in more)]
