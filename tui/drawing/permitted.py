"""What the settings permit beside what was seen on the wire, rule by rule."""

from dataclasses import dataclass, field

from probes.diagnosis.predict import outcomes
from probes.model import Case
from tui.drawing.parts import Line, crop, fit, text, titled_rule
from tui.store import Store

WORDS = {
    "asked:none": "never asked",
    "asked:handshake": "asked in the handshake",
    "asked:renegotiation": "asked after the request",
    "asked:post-handshake": "asked after the request",
    "request:reached": "reaches the app",
    "request:refused": "refused by the front end",
    "request:redirected": "redirected to https",
    "tls:taken": "TLS version taken",
    "tls:refused": "TLS version refused",
    "http:1.1": "HTTP/1.1",
    "http:2": "HTTP/2",
}


@dataclass
class Rule:
    """One rule with the numbers of the probes that followed it, and of those that did not."""

    words: str
    permitted: tuple[str, ...]
    certainty: str
    followed: list[int] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)
    seen: dict[str, None] = field(default_factory=dict)


def rules(store: Store, case: Case) -> list[Rule]:
    """Return every rule that decides something, with what was seen of it; those that permit both ends say nothing."""
    found: dict[tuple[str, tuple[str, ...]], Rule] = {}
    for one in case.predictions:
        aspect = one.permitted[0].partition(":")[0]
        if one.certainty == "inferred" or (aspect == "request" and len(one.permitted) > 1):
            continue
        rule = found.setdefault((one.rule, one.permitted), Rule(one.rule, one.permitted, one.certainty))
        state = store.probes.get(one.probe)
        if state is None or state.observation is None:
            continue
        for shown in sorted(outcomes(state.observation)):
            if shown.startswith(f"{aspect}:"):
                (rule.followed if shown in one.permitted else rule.broken).append(state.number)
                rule.seen[WORDS.get(shown, shown)] = None
    return list(found.values())


def permitted(store: Store, case: Case, width: int, *, wide: bool) -> list[Line]:
    """Return the rules in ``width`` cells; in a narrow terminal those that were broken, and a count of the others."""
    found = rules(store, case)
    if not found:
        return []
    checked = [rule for rule in found if rule.followed or rule.broken]
    broken = [rule for rule in checked if rule.broken]
    if not wide:
        good = f"✓ {len(checked) - len(broken)} rules of these settings, followed by all probes that they speak of"
        lines: list[Line] = [crop(text(good, "success"), width)] if len(checked) > len(broken) else []
        return [*lines, *(_row(rule, width) for rule in broken)]
    title, right = text("These settings permit", "italic muted"), text("seen on the wire", "italic muted")
    return [titled_rule(title, width, right), *(_row(rule, width) for rule in sorted(found, key=_rank))]


def _rank(rule: Rule) -> int:
    return 0 if rule.broken else 1 if rule.followed else 2


def _row(rule: Rule, width: int) -> Line:
    # Broken rules that are only reported contradict nobody's documentation.
    glyph, role = ("?", "warning")
    if rule.broken:
        glyph, role = ("✗", "error") if rule.certainty == "documented" else ("!", "warning")
    elif rule.followed:
        glyph, role = "✓", "success"
    numbers = sorted(set(rule.broken or rule.followed))
    probes = f"probes {' '.join(map(str, numbers[:6]))}{' …' if len(numbers) > 6 else ''}" if numbers else "not sent"
    allowed = " or ".join(dict.fromkeys(WORDS.get(one, one) for one in rule.permitted))
    words = rule.words.partition(" (")[0]
    rest = max(width - 2 - 24 - 24 - 22 - 6, 12)
    line: Line = (
        (f"{glyph} ", role),
        (fit(words, rest), "" if rule.broken else "muted"),
        ("  ", ""),
        (fit(allowed, 24), "muted"),
        ("  ", ""),
        (fit(" and ".join(rule.seen) or "–", 24), ""),
        ("  ", ""),
        (fit(probes, 22), "primary" if numbers else "faint"),
    )
    return crop(line, width)
