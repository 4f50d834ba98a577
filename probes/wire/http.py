"""What HTTP/1.1 and HTTP/2 have in common for one exchange: the request's head, what came back, and its bounds."""

from typing import Protocol

from probes.model import Value

BODY_KEPT = 262_144
"""Bytes of a response body that are kept; a debug endpoint's answer is far smaller."""
BODY_READ = 4 * 1_048_576
"""Bytes of a response body after which reading stops."""
HEAD_LIMIT = 65_536
"""Bytes of a response head after which it counts as endless."""
INTERIM_LIMIT = 50
"""1xx answers after which a server is not believed any more."""
FIRST_KEPT = 512
"""First bytes from the peer that are kept for protocol errors."""

Headers = tuple[tuple[bytes, bytes], ...]


class RequestHead(Value, frozen=True, kw_only=True):
    """Method, target exactly as it goes on the wire, and all headers but Host and the HTTP/2 pseudo headers."""

    method: str
    scheme: str
    authority: str
    target: str
    headers: Headers = ()


class ResponseHead(Value, frozen=True, kw_only=True):
    """Status, reason phrase (HTTP/1.1 only), version and headers in the order of the wire."""

    status: int
    reason: str | None
    version: str
    headers: Headers


class ResponseSoFar:
    """What has come back for one request; filled by the protocol's state machine."""

    def __init__(self) -> None:
        self.interim: list[int] = []
        self.head: ResponseHead | None = None
        self.body = bytearray()
        self.body_bytes = 0
        self.done = False

    def add_body(self, data: bytes) -> None:
        """Count body bytes and keep the first of them."""
        self.body_bytes += len(data)
        room = BODY_KEPT - len(self.body)
        if room > 0:
            self.body += data[:room]


class HttpMachine(Protocol):
    """A sans-IO state machine for exchanges on one connection, one after the other.

    ``failed`` is what the peer did wrong, ``reset_code`` the HTTP/2 error code of a reset stream (RFC 9113
    section 7), ``goaway`` whether the peer ended the connection in HTTP/2's own way.
    """

    response: ResponseSoFar
    failed: str | None
    reset_code: int | None
    goaway: bool
    version: str

    @property
    def open(self) -> bool:
        """Whether another exchange may begin on the connection."""

    def head(self, request: RequestHead, *, has_body: bool) -> bytes:
        """Begin an exchange; returns the bytes of the request's head."""

    def data(self, chunk: bytes) -> bytes:
        """Return the bytes that carry a piece of the body."""

    def end(self) -> bytes:
        """Return the bytes that end the body."""

    def room(self) -> int:
        """Return how many body bytes may be sent now (HTTP/2 flow control)."""

    def receive(self, data: bytes) -> None:
        """Take plaintext from the peer; ``b""`` is the end of the stream."""

    def outgoing(self) -> bytes:
        """Return bytes that the machine itself wants to send (HTTP/2 acknowledgements)."""
