"""Two probes side by side: what they sent and what came of it, the differences that matter marked."""

from collections.abc import Callable

from probes.model import Observation, Probe
from tui.compare import DIFFERENCES, differences
from tui.drawing.parts import Line, crop, fit, text, titled_rule, wrap
from tui.drawing.rows import certificate_phrase, tls_label
from tui.drawing.words import clock_time, kilobytes, milliseconds, outcome_glyph, outcome_words
from tui.store import ProbeState

LABEL = 16
_SENT: tuple[tuple[str, str, Callable[[Probe], str]], ...] = (
    ("origin", "origin", lambda probe: probe.origin),
    ("way", "way", lambda probe: probe.via or probe.connect_to or "direct"),
    ("method", "method", lambda probe: probe.method),
    ("path", "path", lambda probe: probe.path),
    ("body_bytes", "body", lambda probe: f"{kilobytes(probe.body_bytes)}, {probe.body_bytes:,} bytes"),
    ("identity", "certificate", lambda probe: probe.identity),
    ("expect", "Expect", lambda probe: {"none": "–", "wait": "waited", "header-only": "not waited"}[probe.expect]),
    ("head_first", "HEAD first", lambda probe: "yes" if probe.head_first else "no"),
    ("tls", "TLS", lambda probe: probe.tls),
    ("http", "HTTP", lambda probe: probe.http),
    ("renegotiate", "renegotiates", lambda probe: "yes" if probe.renegotiate else "refuses"),
    ("offer_pha", "offers PHA", lambda probe: "yes" if probe.offer_pha else "no"),
    ("writes", "writes", lambda probe: probe.writes),
    ("ciphers", "ciphers", lambda probe: probe.ciphers or "default"),
    ("canary", "canary", lambda probe: "yes" if probe.canary else "no"),
)
_ALWAYS = ("method", "path", "body_bytes", "identity", "expect", "tls", "http")


def versus(one: ProbeState, other: ProbeState, width: int) -> list[Line]:
    """Return both probes in two columns of ``width`` cells together."""
    half = (width - LABEL - 6) // 2
    differs = differences(one.probe, other.probe)
    head = (("  " + fit("", LABEL), ""), ("  ", ""), (fit(f"Probe {one.number}", half), "bold"), ("  ", ""))
    lines: list[Line] = [*_sentence(one, other, differs, width), ()]
    lines += [(*head, (f"Probe {other.number}", "bold")), titled_rule(text("sent", "italic muted"), width)]
    for name, label, of in _SENT:
        if name in differs or name in _ALWAYS:
            lines += [_pair(label, of(one.probe), of(other.probe), half, marked=name in differs)]
    lines += [titled_rule(text("seen", "italic muted"), width), *_seen(one, other, half)]
    lines += [titled_rule(text("answered with", "italic muted"), width), *_headers(one, other, half)]
    return [crop(line, width) for line in lines]


def _sentence(one: ProbeState, other: ProbeState, differs: tuple[str, ...], width: int) -> list[Line]:
    labels = {name: label for name, label, _ in _SENT}
    if not differs:
        return wrap("Both send the same; what differs is what came of it.", width, "bold")
    named = ", ".join(labels[name] for name in DIFFERENCES if name in differs)
    if len(differs) > 1:
        words = f"They differ in {len(differs)} things ({named}): neither alone explains a different outcome."
        return wrap(words, width, "bold")
    seen = [state.observation.judged.reached_app if state.observation else "unknown" for state in (one, other)]
    if set(seen) == {"yes", "no"}:
        return wrap(
            f"They differ in one thing, {named}, and only one of them reaches the app: that decides.", width, "bold"
        )
    return wrap(f"They differ in one thing, {named}, and it makes no difference to who answers.", width, "bold")


def _pair(label: str, left: str, right: str, half: int, *, marked: bool) -> Line:
    role = "bold" if marked else "muted"
    return (
        ("! " if marked else "  ", "warning"),
        (fit(label, LABEL), "" if marked else "muted"),
        ("  ", ""),
        (fit(left, half), role),
        ("  ", ""),
        (fit(right, half), role),
    )


def _seen(one: ProbeState, other: ProbeState, half: int) -> list[Line]:
    rows: list[tuple[str, Callable[[ProbeState, Observation], str], bool]] = [
        ("outcome", lambda _, made: f"{outcome_glyph(made)[0]} {outcome_words(made)}", True),
        ("certificate", lambda _, made: certificate_phrase(made), True),
        ("spoken", tls_label, True),
        ("because", lambda _, made: made.judged.because or "–", True),
        ("body that left", lambda _, made: _left(made), True),
        ("took", lambda _, made: f"{milliseconds(made.timing_ms.total)} ms", False),
        ("front end", lambda _, made: made.connection.ip or "–" if made.connection else "–", True),
        ("at", lambda _, made: clock_time(made.at), False),
    ]
    lines: list[Line] = []
    for label, of, matters in rows:
        left, right = (of(state, state.observation) if state.observation else "not sent" for state in (one, other))
        lines += [_pair(label, left, right, half, marked=matters and left != right)]
    return lines


def _left(made: Observation) -> str:
    if not made.exchanges or not made.exchanges[-1].body.declared:
        return "no body"
    body = made.exchanges[-1].body
    return f"{body.written:,} of {body.declared:,} bytes"


def _headers(one: ProbeState, other: ProbeState, half: int) -> list[Line]:
    found = [_answer(state.observation) for state in (one, other)]
    names = list(dict.fromkeys([*found[0], *found[1]]))
    if not names:
        return [text("  no answer", "muted")]
    # What changes with every answer says nothing about the difference.
    always = {"date", "x-ms-request-id", "x-arr-log-id", "etag", "set-cookie"}
    return [
        _pair(
            name,
            found[0].get(name, "–"),
            found[1].get(name, "–"),
            half,
            marked=name not in always and found[0].get(name) != found[1].get(name),
        )
        for name in names
    ]


def _answer(made: Observation | None) -> dict[str, str]:
    return dict(made.exchanges[-1].headers) if made and made.exchanges else {}
