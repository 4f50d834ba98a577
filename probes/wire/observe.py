"""Makes the observation of a call: redacted, printable, bounded, from what the call holds when it ended."""

from datetime import datetime
from typing import Literal

from probes.model import (
    Body,
    Connection,
    Continue,
    ErrorFacts,
    Exchange,
    Observation,
    Outcome,
    Value,
)
from probes.printable import printable, printable_bytes
from probes.redact import Redactor
from probes.wire.call import Call
from probes.wire.exchange import ExchangeRun
from probes.wire.trace import timing

EXCERPT = 4096
"""Characters of an answer's body that are kept."""
_HEADERS_KEPT = 100
_VALUE_KEPT = 2048


class Ending(Value, frozen=True, kw_only=True):
    """How the call ended."""

    outcome: Outcome
    error: ErrorFacts | None = None


def make_observation(
    call: Call,
    ending: Ending,
    redactor: Redactor,
    observation_id: str,
    *,
    attempt: int,
    began: datetime,
    closed_by_us: bool,
) -> Observation:
    """Return what was seen on the call's connection; ``began`` is aware UTC."""
    exchanges = tuple(_exchange(method, run, call, redactor) for method, run in call.exchanges)
    answered = ending.outcome == "response"
    error = ending.error
    if error is not None:
        error = ErrorFacts(kind=printable(error.kind), message=printable(redactor.text(error.message), limit=400))
    return Observation(
        id=observation_id,
        attempt=attempt,
        at=began.strftime("%Y-%m-%dT%H:%M:%S.") + f"{began.microsecond // 1000:03d}Z",
        probe=call.probe,
        outcome=ending.outcome,
        awaiting=None if answered else call.awaited,
        status=exchanges[-1].status if answered and exchanges else None,
        connection=_connection(call, closed_by_us),
        tls=call.tls.facts() if call.tls is not None and call.channel is not None else None,
        exchanges=exchanges,
        events=tuple(call.clock.events),
        timing_ms=timing(call.clock.events, call.clock.now_ms()),
        error=error,
    )


def _connection(call: Call, closed_by_us: bool) -> Connection | None:
    reached = call.reached
    if reached is None:
        return None
    ended: Literal["fin", "reset", "alert", "goaway", "us"] | None = None
    if call.machine is not None and call.machine.goaway:
        ended = "goaway"
    elif closed_by_us:
        ended = "us"
    elif call.channel is not None:
        ended = call.channel.ended
    return Connection(
        ip=reached.ip,
        port=reached.port,
        addresses=reached.addresses,
        canonical_name=reached.canonical_name,
        reused=len(call.exchanges) > 1,
        ended_by=ended,
    )


def _exchange(method: str, run: ExchangeRun, call: Call, redactor: Redactor) -> Exchange:
    response = run.response
    head = response.head
    headers: list[tuple[str, str]] = []
    for name, value in head.headers[:_HEADERS_KEPT] if head else ():
        label = printable_bytes(name.lower(), limit=100)
        text = printable(value.decode("utf-8", "replace"), limit=_VALUE_KEPT)
        headers.append((label, redactor.header(label, text)))
    excerpt = printable_bytes(bytes(response.body[: EXCERPT * 4]), lines=True)
    return Exchange(
        method=method,
        path=call.probe.path,
        continue_=Continue(state=run.continue_state, waited_ms=run.waited_ms),
        body=Body(declared=run.shape.declared, written=run.body_written, acknowledged=run.body_acknowledged),
        status=head.status if head else None,
        http_version=head.version if head else None,
        reason=printable(redactor.text(head.reason), limit=100) if head and head.reason else None,
        headers=tuple(headers),
        body_bytes=response.body_bytes,
        # Redacted before it is cut: a secret must not survive because the cut took its name away.
        body_excerpt=redactor.text(excerpt)[:EXCERPT],
        truncated=response.body_bytes > EXCERPT or (head is not None and not response.done),
    )
