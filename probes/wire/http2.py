"""HTTP/2 exchanges over h2, one stream after the other."""

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions

from probes.printable import printable
from probes.wire.http import INTERIM_LIMIT, Headers, RequestHead, ResponseHead, ResponseSoFar

HTTP_1_1_REQUIRED = int(h2.errors.ErrorCodes.HTTP_1_1_REQUIRED)


def error_code_name(code: int) -> str:
    """Return the registered name of an HTTP/2 error code (RFC 9113 section 7)."""
    try:
        return h2.errors.ErrorCodes(code).name
    except ValueError:
        return f"error code {code}"


class Http2:
    """One HTTP/2 connection as a client (RFC 9113)."""

    version = "2"

    def __init__(self) -> None:
        config = h2.config.H2Configuration(client_side=True, header_encoding=None)
        self._h2 = h2.connection.H2Connection(config=config)
        self._h2.initiate_connection()
        self._stream = 0
        self.response = ResponseSoFar()
        self.failed: str | None = None
        self.reset_code: int | None = None
        self.goaway = False

    @property
    def open(self) -> bool:
        """Whether another stream may be opened (RFC 9113 section 6.8)."""
        return not self.goaway and self.failed is None

    def head(self, request: RequestHead, *, has_body: bool) -> bytes:
        """Begin an exchange on a new stream; returns the bytes of its HEADERS frame and what was waiting."""
        self._stream = self._h2.get_next_available_stream_id()
        self.response = ResponseSoFar()
        pseudo: Headers = (
            (b":method", request.method.encode("ascii")),
            (b":scheme", request.scheme.encode("ascii")),
            (b":authority", request.authority.encode("ascii")),
            (b":path", request.target.encode("latin-1")),
        )
        # RFC 9113 section 8.2.2: connection-specific fields have no place here; names are lower case.
        fields = [(name.lower(), value) for name, value in request.headers if name.lower() != b"connection"]
        self._h2.send_headers(self._stream, [*pseudo, *fields], end_stream=not has_body)
        return self._h2.data_to_send()

    def data(self, chunk: bytes) -> bytes:
        """Return the DATA frames that carry a piece of the body; at most :meth:`room` bytes."""
        size = self._h2.max_outbound_frame_size
        for at in range(0, len(chunk), size):
            self._h2.send_data(self._stream, chunk[at : at + size])
        return self._h2.data_to_send()

    def end(self) -> bytes:
        """Return the frame that ends the body."""
        self._h2.end_stream(self._stream)
        return self._h2.data_to_send()

    def room(self) -> int:
        """Return how many body bytes flow control allows now."""
        if self.failed or self.reset_code is not None or self.goaway:
            return 0
        return max(0, self._h2.local_flow_control_window(self._stream))

    def outgoing(self) -> bytes:
        """Return acknowledgements and window updates."""
        return self._h2.data_to_send()

    def receive(self, data: bytes) -> None:
        """Take plaintext from the peer; ``b""`` is the end of the stream."""
        if self.failed or not data:
            return
        try:
            for event in self._h2.receive_data(data):
                self._event(event)
        except h2.exceptions.ProtocolError as fault:
            self.failed = printable(f"not valid HTTP/2: {fault}", limit=200)

    def _event(self, event: h2.events.Event) -> None:
        if isinstance(event, h2.events.ConnectionTerminated):
            self.goaway = True
            return
        if getattr(event, "stream_id", None) not in (self._stream, 0):
            return
        if isinstance(event, h2.events.InformationalResponseReceived):
            self.response.interim.append(_status(event.headers or ()))
            if len(self.response.interim) > INTERIM_LIMIT:
                self.failed = f"more than {INTERIM_LIMIT} interim responses"
        elif isinstance(event, h2.events.ResponseReceived):
            fields = tuple((bytes(n), bytes(v)) for n, v in event.headers or () if not bytes(n).startswith(b":"))
            self.response.head = ResponseHead(
                status=_status(event.headers or ()), reason=None, version="2", headers=fields
            )
        elif isinstance(event, h2.events.DataReceived):
            self.response.add_body(event.data or b"")
            if event.flow_controlled_length:
                self._h2.acknowledge_received_data(event.flow_controlled_length, self._stream)
        elif isinstance(event, h2.events.StreamEnded):
            self.response.done = True
        elif isinstance(event, h2.events.StreamReset):
            self.reset_code = int(event.error_code or 0)


def _status(headers: object) -> int:
    for name, value in headers:  # type: ignore[attr-defined]
        if bytes(name) == b":status" and bytes(value).isdigit():
            return int(value)
    return 0
