"""The timeline of one probe: events on one clock, and the timing by phase that follows from them."""

import time
from collections.abc import Callable
from typing import Literal

from probes.model import Direction, Event, Timing

EVENT_LIMIT = 600
"""More events than this are not kept: a hostile server must not fill the memory with alerts or 1xx answers."""

EventKind = Literal["tcp", "tls", "alert", "http"]


class Trace:
    """Collects the events of one connection; times are milliseconds since the trace was made."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._began = clock()
        self.events: list[Event] = []
        self.dropped = 0

    def now_ms(self) -> float:
        """Return the milliseconds since the probe began, to a microsecond."""
        return round((self._clock() - self._began) * 1000, 3)

    def add(self, direction: Direction, kind: EventKind, name: str, size: int = 0) -> None:
        """Note that something of ``size`` bytes happened now."""
        if len(self.events) < EVENT_LIMIT:
            self.events.append(Event(at_ms=self.now_ms(), direction=direction, kind=kind, name=name, bytes=size))
        else:
            self.dropped += 1


RESOLVED = "resolved"
CONNECTED = "connected"
PROXY_ASKED = "CONNECT"
PROXY_CONNECTED = "proxy connected"
HANDSHAKE_DONE = "handshake done"
RENEGOTIATION_BEGAN = "renegotiation began"
RENEGOTIATION_DONE = "renegotiation done"
REQUEST_HEAD = "request head"
REQUEST_BODY = "request body"
REQUEST_DONE = "request done"
WAITING = "waiting for 100"
WAITED = "wait for 100 over"
INTERIM = "interim response"
RESPONSE_HEAD = "response head"
RESPONSE_DONE = "response done"


def _at(events: list[Event], name: str, *, last: bool = False) -> float | None:
    found = [event.at_ms for event in events if event.name == name]
    if not found:
        return None
    return found[-1] if last else found[0]


def _between(start: float | None, end: float | None) -> float | None:
    return None if start is None or end is None else round(end - start, 3)


def timing(events: list[Event], total_ms: float) -> Timing:
    """Derive the timing by phase; phases may overlap, and a phase that did not happen is None.

    With two exchanges (HEAD first) send and first byte are those of the last one.
    """
    resolved, connected = _at(events, RESOLVED), _at(events, CONNECTED)
    proxied = _at(events, PROXY_CONNECTED)
    ready = proxied if proxied is not None else connected
    head = _at(events, REQUEST_HEAD, last=True)
    return Timing(
        dns=resolved,
        connect=_between(resolved, connected),
        proxy=_between(_at(events, PROXY_ASKED), proxied),
        handshake=_between(ready, _at(events, HANDSHAKE_DONE)),
        renegotiation=_between(
            _at(events, RENEGOTIATION_BEGAN, last=True), _at(events, RENEGOTIATION_DONE, last=True)
        ),
        continue_=_between(_at(events, WAITING, last=True), _at(events, WAITED, last=True)),
        send=_between(head, _at(events, REQUEST_DONE, last=True)),
        first_byte=_between(head, _at(events, RESPONSE_HEAD, last=True)),
        total=round(total_ms, 3),
    )
