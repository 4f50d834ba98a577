"""One probe on its time line: a bar for each phase, and what happened in it."""

from collections.abc import Callable
from dataclasses import dataclass

from probes.model import Observation
from tui.compare import counterpart
from tui.drawing.parts import Line, crop, fit, text, titled_rule
from tui.drawing.words import (
    WAITING,
    clock_time,
    kilobytes,
    outcome_glyph,
    outcome_words,
    request_words,
)
from tui.store import Store

LABEL, MS = 10, 6


@dataclass(frozen=True)
class Bar:
    """One phase: its label, from when to when in milliseconds, its role, and what happened."""

    label: str
    start: float
    end: float
    role: str
    what: str


def bars(made: Observation) -> list[Bar]:
    """Return the phases that happened, in the order of their beginning; from the events, which share one clock."""
    at = _clock(made)
    found: list[Bar] = []

    def add(label: str, start: float | None, end: float | None, role: str, what: str) -> None:
        if start is not None and end is not None and end >= start:
            found.append(Bar(label, start, end, role, what))

    ready = at("proxy connected") or at("connected")
    add("dns", 0.0, at("resolved"), "faint", _resolved(made))
    add("connect", at("resolved"), at("connected"), "faint", _connected(made))
    add("proxy", at("CONNECT"), at("proxy connected"), "faint", made.probe.via or "")
    add("TLS", ready, at("handshake done"), "faint", _handshake(made))
    add("100", at("waiting for 100", True), at("wait for 100 over", True), "primary", _waited(made))
    add("reneg.", at("renegotiation began", True), at("renegotiation done", True), "primary", _renegotiated(made))
    add("send", *_sending(made, at), "primary", _sent(made))
    role = outcome_glyph(made)[1]
    add("answer", _answer_begins(at), at("response done", True) or made.timing_ms.total, role, _answered(made))
    return sorted(found, key=lambda bar: (bar.start, bar.end))


def _clock(made: Observation) -> Callable[..., float | None]:
    def at(name: str, last: bool = False) -> float | None:
        times = [event.at_ms for event in made.events if event.name == name]
        return (times[-1] if last else times[0]) if times else None

    return at


def _sending(made: Observation, at: Callable[..., float | None]) -> tuple[float | None, float | None]:
    start, end = at("request head", True), at("request done", True)
    if start is not None and end is None:
        end = at("request body", True) or start
    # A body that was held back starts when the wait is over: the wait has a bar of its own.
    held = at("wait for 100 over", True)
    if start is not None and end is not None and held is not None and start <= held <= end:
        start = held
    return start, end


def _answer_begins(at: Callable[..., float | None]) -> float | None:
    head = at("response head", True)
    if head is None:
        return None
    before = [time for name in ("request done", "request body", "request head") if (time := at(name, True))]
    return max((time for time in before if time <= head), default=head)


def _resolved(made: Observation) -> str:
    where = made.connection
    if where is None:
        return ""
    more = f", {len(where.addresses)} addresses" if len(where.addresses) > 1 else ""
    address = where.ip or next(iter(where.addresses), "no address")
    return f"{where.canonical_name + ' → ' if where.canonical_name else ''}{address}{more}"


def _connected(made: Observation) -> str:
    where = made.connection
    way = f"by {made.probe.via}" if made.probe.via else "direct"
    return f"port {where.port}, {way}" if where and where.port else way


def _handshake(made: Observation) -> str:
    tls = made.tls
    if tls is None or tls.version is None:
        return "no ServerHello came"
    words = {
        "handshake": "certificate asked for",
        "renegotiation": "no certificate asked for yet",
        "post-handshake": "no certificate asked for yet",
        None: "not known whether it asked",
    }
    asked = words.get(tls.certificate_request, "no certificate asked for")
    return f"{tls.version.removeprefix('TLSv')}, {asked}"


def _waited(made: Observation) -> str:
    state = made.exchanges[-1].continue_.state if made.exchanges else "not-asked"
    return {
        "received": "100 Continue came, then the body",
        "timed-out": "none came, body sent all the same",
        "final-first": "a final answer came instead",
    }.get(state, state)


def _renegotiated(made: Observation) -> str:
    tls = made.tls
    if tls is None:
        return ""
    sent = {"yes": "certificate sent", "no": "no certificate sent", "unknown": "not known what was sent"}
    return f"{tls.renegotiation}, {sent[tls.certificate_sent]}"


def _sent(made: Observation) -> str:
    if not made.exchanges:
        return ""
    body = made.exchanges[-1].body
    if not body.declared:
        return "no body"
    left = body.acknowledged if body.acknowledged is not None else body.written
    return f"{left:,} of {body.declared:,} bytes had left"


def _answered(made: Observation) -> str:
    if not made.exchanges or made.status is None:
        return outcome_words(made)
    last = made.exchanges[-1]
    if last.body.declared and last.body.written < last.body.declared:
        return f"{made.status}, before the body was in"
    reason = f" {last.reason}" if last.reason else ""
    return f"{made.status}{reason}, {kilobytes(last.body_bytes)}"


def detail(store: Store, made: Observation, number: int, width: int, *, rows: int, wide: bool) -> list[Line]:
    """Return the detail of one probe in at most ``rows`` lines of ``width`` cells."""
    title: Line = ((f"Probe {number}", "bold"), (f"  {request_words(made.probe)}", ""))
    lines = [titled_rule(title, width, text(clock_time(made.at), "muted"))]
    phases = bars(made)
    lane = 56 if wide else 26
    total = max([bar.end for bar in phases] + [made.timing_ms.total or 0.0, 0.001])
    but = _but(store, made) if wide else None
    room = rows - len(lines) - (1 if wide else 0) - (1 if but else 0)
    if not phases:
        return [*lines, crop(_nothing_happened(made), width)]
    if wide:
        lines.append(_scale(total, lane))
    lines += [crop(_bar_line(bar, total, lane), width) for bar in _fewer(phases, room)]
    if but:
        lines.append(crop((("but       ", "muted"), (but, "")), width))
    return lines


def _fewer(phases: list[Bar], room: int) -> list[Bar]:
    while len(phases) > max(room, 1):
        first, second, *rest = phases
        phases = [Bar(second.label, first.start, second.end, second.role, second.what), *rest]
    return phases


def _scale(total: float, lane: int) -> Line:
    step = next(
        step for power in range(12) for step in (10**power, 2 * 10**power, 5 * 10**power) if total / step <= 5
    )
    ruler = [" "] * (lane + 6)
    for tick in range(0, int(total) + 1, step):
        place = round(tick / total * lane)
        ruler[place : place + len(str(tick))] = str(tick)
    line = "".join(ruler)[:lane]
    return ((" " * LABEL, ""), (line, "faint"), (fit("ms", MS, right=True), "faint"))


def _bar_line(bar: Bar, total: float, lane: int) -> Line:
    first = min(round(bar.start / total * lane * 2), lane * 2 - 1)
    last = min(max(round(bar.end / total * lane * 2), first + 1), lane * 2)
    body = ""
    for cell in range(first // 2, (last + 1) // 2):
        left, right = cell * 2 >= first, cell * 2 + 1 < last
        body += "━" if left and right else "╸" if left else "╺"
    before = " " * (first // 2)
    return (
        (fit(bar.label, LABEL), "muted"),
        (before, ""),
        (fit(body, lane - len(before)), bar.role),
        (fit(f"{bar.end - bar.start:.1f}", MS, right=True), ""),
        ("  ", ""),
        (bar.what, "" if bar.role != "faint" else "muted"),
    )


def _nothing_happened(made: Observation) -> Line:
    why = made.error.message if made.error else f"{outcome_words(made)}, no event was recorded"
    where = f" while waiting for {WAITING[made.awaiting]}" if made.awaiting else ""
    return text(f"{why}{where}", "muted")


_BUT = {
    "expect": "holds its body back until 100 Continue",
    "head_first": "sends a HEAD on the same connection before it",
    "identity": "shows another identity",
    "renegotiate": "takes part in a renegotiation",
    "offer_pha": "offers post-handshake authentication",
    "origin": "goes to another origin",
    "way": "goes another way",
    "ciphers": "offers other cipher suites",
    "writes": "writes head and body otherwise",
    "canary": "leaves the canary out",
}


def _but(store: Store, made: Observation) -> str | None:
    found = counterpart(made, [state.observation for state in store.probes.values() if state.observation])
    if found is None:
        return None
    other, name = found
    probe = other.probe
    words = {
        "body_bytes": f"is {kilobytes(probe.body_bytes)} instead of {kilobytes(made.probe.body_bytes)}",
        "tls": f"speaks TLS {probe.tls}" if probe.tls != "free" else "is free to choose the TLS version",
        "http": f"speaks HTTP/{probe.http}" if probe.http != "free" else "is free to choose the HTTP version",
        "path": f"goes to {probe.path}",
        "method": f"is a {probe.method}",
    }
    if name == "identity" and probe.identity == "none":
        words["identity"] = "has no certificate"
    if name == "expect" and probe.expect != "wait":
        words["expect"] = "has no Expect" if probe.expect == "none" else "sends Expect without waiting"
    state = store.probes[probe.id]
    return f"probe {state.number} is the same request, {words.get(name) or _BUT[name]}, and reaches the app"
