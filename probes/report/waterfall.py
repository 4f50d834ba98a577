"""The phases of one connection as bars on one time line, from the observation's events."""

from collections.abc import Callable

from probes.model import Observation
from probes.report.document import Bar, Waterfall

_At = Callable[..., float | None]
_CONTINUE = {
    "received": "100 Continue came",
    "timed-out": "none came, the body was sent all the same",
    "final-first": "a final answer came instead",
}
_ASKED = {
    "handshake": "the certificate was asked for",
    "renegotiation": "no certificate asked for yet",
    "post-handshake": "no certificate asked for yet",
    "none": "no certificate asked for",
}


def waterfall(seen: Observation, title: str) -> Waterfall | None:
    """Return the bars of an observation, in the order in which they began; None when nothing is known of it."""
    bars = sorted(_bars(seen), key=lambda bar: (bar.start, bar.end))
    if not bars:
        return None
    total = max([bar.end for bar in bars] + [seen.timing_ms.total or 0.0])
    return Waterfall(title=title, total=total, bars=tuple(bars)) if total > 0 else None


def _bars(seen: Observation) -> list[Bar]:
    at = _clock(seen)
    tls, last = seen.tls, seen.exchanges[-1] if seen.exchanges else None
    found: list[Bar] = []

    def add(label: str, start: float | None, end: float | None, role: str, what: str = "") -> None:
        if start is not None and end is not None and 0 <= start <= end:
            found.append(Bar(label=label, start=start, end=end, role=role, what=what))  # type: ignore[arg-type]

    ready = at("proxy connected") or at("connected")
    add("DNS", 0.0, at("resolved"), "network")
    add(
        "TCP connect", at("resolved"), at("connected"), "network", seen.connection.ip or "" if seen.connection else ""
    )
    add("proxy", at("CONNECT"), at("proxy connected"), "network")
    asked = _ASKED.get(tls.certificate_request or "", "") if tls else ""
    add("TLS handshake", ready, at("handshake done"), "tls", asked)
    held = last.continue_.state if last else ""
    add(
        "wait for 100", at("waiting for 100", True), at("wait for 100 over", True), "request", _CONTINUE.get(held, "")
    )
    add("renegotiation", at("renegotiation began", True), at("renegotiation done", True), "certificate", _sent(seen))
    add("request", *_sending(at), "request", _left(seen))
    add("answer", _answer_begins(at), at("response done", True) or seen.timing_ms.total, "answer", _answer(seen))
    return found


def _clock(seen: Observation) -> _At:
    def at(name: str, last: bool = False) -> float | None:
        times = [event.at_ms for event in seen.events if event.name == name]
        return (times[-1] if last else times[0]) if times else None

    return at


def _sending(at: _At) -> tuple[float | None, float | None]:
    start = at("request head", True)
    end = at("request done", True) or at("request body", True) or start
    held = at("wait for 100 over", True)
    # The wait for 100 Continue has a bar of its own; the body begins after it.
    if start is not None and end is not None and held is not None and start <= held <= end:
        start = held
    return start, end


def _answer_begins(at: _At) -> float | None:
    head = at("response head", True)
    if head is None:
        return None
    before = [
        time for name in ("request done", "request body", "request head") if (time := at(name, True)) is not None
    ]
    return max((time for time in before if time <= head), default=head)


def _sent(seen: Observation) -> str:
    words = {"yes": "certificate sent", "no": "no certificate sent", "unknown": "not known what was sent"}
    return words[seen.tls.certificate_sent] if seen.tls else ""


def _left(seen: Observation) -> str:
    if not seen.exchanges or not seen.exchanges[-1].body.declared:
        return "no body"
    body = seen.exchanges[-1].body
    if body.acknowledged is not None:
        return f"{body.acknowledged:,} of {body.declared:,} bytes acknowledged"
    return f"{body.written:,} of {body.declared:,} bytes handed to the system"


def _answer(seen: Observation) -> str:
    if seen.status is None:
        return seen.outcome.replace("-", " ")
    return f"{seen.status}, answered by {seen.judged.by}" if seen.judged.by != "unknown" else str(seen.status)
