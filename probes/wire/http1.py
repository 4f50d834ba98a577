"""HTTP/1.1 exchanges over h11, with the bounds that hostile servers need."""

import h11

from probes.printable import printable
from probes.wire.http import HEAD_LIMIT, INTERIM_LIMIT, RequestHead, ResponseHead, ResponseSoFar


class Http1:
    """One HTTP/1.1 connection as a client (RFC 9112)."""

    version = "1.1"

    def __init__(self) -> None:
        self._h11 = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD_LIMIT)
        self.response = ResponseSoFar()
        self.failed: str | None = None
        self.reset_code: int | None = None
        self.goaway = False
        self._head_bytes = 0

    @property
    def open(self) -> bool:
        """Whether another exchange may begin: nothing was said about closing (RFC 9112 section 9.6)."""
        return self._h11.our_state is h11.IDLE or (
            self._h11.our_state is h11.DONE and self._h11.their_state is h11.DONE
        )

    def head(self, request: RequestHead, *, has_body: bool) -> bytes:
        """Begin an exchange; returns the request's head as it goes on the wire.

        A second exchange on the connection is allowed once the first is complete (RFC 9112 section 9.3).
        """
        if self._h11.our_state is h11.DONE:
            self._h11.start_next_cycle()
            self.response = ResponseSoFar()
        headers = [(b"Host", request.authority.encode("ascii")), *request.headers]
        event = h11.Request(method=request.method, target=request.target, headers=headers)
        data = self._h11.send(event) or b""
        return data if has_body else data + (self._h11.send(h11.EndOfMessage()) or b"")

    def data(self, chunk: bytes) -> bytes:
        """Return the bytes that carry a piece of the body."""
        return self._h11.send(h11.Data(data=chunk)) or b""

    def end(self) -> bytes:
        """Return the bytes that end the body (none when its length was declared)."""
        return self._h11.send(h11.EndOfMessage()) or b""

    def room(self) -> int:
        """HTTP/1.1 has no flow control of its own."""
        return 1 << 30

    def outgoing(self) -> bytes:
        """HTTP/1.1 sends nothing by itself."""
        return b""

    def receive(self, data: bytes) -> None:
        """Take plaintext from the peer; ``b""`` is the end of the stream."""
        if self.failed or self.response.done:
            return
        try:
            self._h11.receive_data(data)
            self._events()
        except h11.RemoteProtocolError as fault:
            self.failed = printable(f"not valid HTTP/1.1: {fault}", limit=200)

    def _events(self) -> None:
        while True:
            event = self._h11.next_event()
            if isinstance(event, h11.InformationalResponse):
                self.response.interim.append(event.status_code)
                if len(self.response.interim) > INTERIM_LIMIT:
                    self.failed = f"more than {INTERIM_LIMIT} interim responses"
                    return
            elif isinstance(event, h11.Response):
                self.response.head = ResponseHead(
                    status=event.status_code,
                    reason=event.reason.decode("latin-1"),
                    version=event.http_version.decode("ascii", "replace"),
                    headers=tuple(event.headers.raw_items()),
                )
            elif isinstance(event, h11.Data):
                self.response.add_body(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage):
                self.response.done = True
                return
            else:
                return
