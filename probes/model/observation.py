"""What was seen on one connection: its exchanges, its TLS, and its events on one clock."""

from typing import Literal

from probes.model.base import Value
from probes.model.forwarded import Echo
from probes.model.probe import Probe

Outcome = Literal[
    "response",
    "dns-failure",
    "connect-failure",
    "proxy-failure",
    "tls-failure",
    "stream-reset",
    "closed",
    "reset",
    "timeout",
    "protocol-error",
    "cancelled",
    "not-run",
]
Awaiting = Literal["connect", "handshake", "renegotiation", "continue", "response-head", "response-body"]
RequestedWhen = Literal["handshake", "renegotiation", "post-handshake"]
Direction = Literal["in", "out"]


class Event(Value, frozen=True, kw_only=True):
    """One thing that happened, in milliseconds since the probe began."""

    at_ms: float
    direction: Direction
    kind: Literal["tcp", "tls", "alert", "http"]
    name: str
    bytes: int = 0


class Alert(Value, frozen=True, kw_only=True):
    """One TLS alert by its registered name (RFC 8446 section 6, RFC 5246 section 7.2)."""

    at_ms: float
    direction: Literal["received", "sent"]
    level: Literal["fatal", "warning"]
    name: str


class CertificateRequest(Value, frozen=True, kw_only=True):
    """One CertificateRequest message and how it was answered; ``answered`` None means not at all."""

    when: RequestedWhen
    issuers: tuple[str, ...] = ()
    signature_algorithms: tuple[str, ...] = ()
    answered: Literal["certificate", "empty", "refused"] | None = None


class VerificationError(Value, frozen=True, kw_only=True):
    """One reason why the server's chain does not verify; ``code`` is OpenSSL's X509_V_ERR number."""

    code: int
    name: str
    depth: int


class Verification(Value, frozen=True, kw_only=True):
    """Whether the server's certificate verified, every reason against it, and whose roots it leads to."""

    ok: bool
    errors: tuple[VerificationError, ...] = ()
    trusted_by: Literal["public", "system", "given", "none", "unknown"] = "none"


class ServerCertificate(Value, frozen=True, kw_only=True):
    """The leaf that the server sent; times in UTC with ``Z``, thumbprints upper-case hex."""

    subject: str
    issuer: str
    not_before: str | None = None
    not_after: str | None = None
    san: tuple[str, ...] = ()
    thumbprint_sha1: str | None = None
    thumbprint_sha256: str | None = None
    chain: tuple[str, ...] = ()


class TlsFacts(Value, frozen=True, kw_only=True):
    """What the TLS layer showed. ``version`` is None until a ServerHello came.

    ``secure_renegotiation`` is whether the server's hello says that it knows RFC 5746; None where that was not seen,
    and on TLS 1.3, which has no renegotiation.
    """

    version: str | None = None
    cipher: str | None = None
    alpn: str | None = None
    verification: Verification | None = None
    server_certificate: ServerCertificate | None = None
    certificate_request: Literal["none", "handshake", "renegotiation", "post-handshake"] | None = None
    certificate_requests: tuple[CertificateRequest, ...] = ()
    certificate_sent: Literal["yes", "no", "unknown"] = "unknown"
    renegotiation: Literal["none", "completed", "refused", "failed"] = "none"
    secure_renegotiation: bool | None = None
    alerts: tuple[Alert, ...] = ()
    client_hello_bytes: int | None = None
    seen_by: Literal["message-callback", "state-callback", "curl-trace"] = "message-callback"


class Continue(Value, frozen=True, kw_only=True):
    """What came of ``Expect: 100-continue``; ``waited_ms`` is None when nothing was waited for."""

    state: Literal["not-asked", "not-awaited", "received", "timed-out", "final-first"] = "not-asked"
    waited_ms: float | None = None


class Body(Value, frozen=True, kw_only=True):
    """Bytes of the request body: declared, handed to the kernel, acknowledged by the peer's TCP (None: not told)."""

    declared: int = 0
    written: int = 0
    acknowledged: int | None = None


class Exchange(Value, frozen=True, kw_only=True, rename={"continue_": "continue"}):
    """One request and its answer; header names are lower case, values printable and redacted."""

    method: str
    path: str
    continue_: Continue
    body: Body
    status: int | None = None
    http_version: str | None = None
    reason: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body_bytes: int = 0
    body_excerpt: str = ""
    truncated: bool = False


class Connection(Value, frozen=True, kw_only=True):
    """Where the connection went and how it ended; ``addresses`` is all that the name resolved to."""

    ip: str | None = None
    port: int | None = None
    addresses: tuple[str, ...] = ()
    canonical_name: str | None = None
    reused: bool = False
    ended_by: Literal["fin", "reset", "alert", "goaway", "us"] | None = None


class Timing(Value, frozen=True, kw_only=True, rename={"continue_": "continue"}):
    """Milliseconds by phase, derived from the events; None where the phase did not happen."""

    dns: float | None = None
    connect: float | None = None
    proxy: float | None = None
    handshake: float | None = None
    renegotiation: float | None = None
    continue_: float | None = None
    send: float | None = None
    first_byte: float | None = None
    total: float | None = None


class Judged(Value, frozen=True, kw_only=True):
    """Whether the request reached the app, who answered, why that is said, and whether it was expected."""

    reached_app: Literal["yes", "no", "unknown"] = "unknown"
    by: Literal["edge", "app", "gateway", "proxy", "unknown"] = "unknown"
    because: str = ""
    expected: Literal["reached", "refused"] | None = None
    as_expected: bool | None = None


class ErrorFacts(Value, frozen=True, kw_only=True):
    """Why there is no answer, in one printable line."""

    kind: str
    message: str


class Observation(Value, frozen=True, kw_only=True):
    """One connection with its exchanges. ``at`` is UTC with milliseconds and ``Z``; ``attempt`` counts from 1."""

    id: str
    attempt: int
    at: str
    probe: Probe
    outcome: Outcome
    awaiting: Awaiting | None = None
    status: int | None = None
    connection: Connection | None = None
    tls: TlsFacts | None = None
    exchanges: tuple[Exchange, ...] = ()
    echo: Echo | None = None
    events: tuple[Event, ...] = ()
    timing_ms: Timing = Timing()
    judged: Judged = Judged()
    error: ErrorFacts | None = None
