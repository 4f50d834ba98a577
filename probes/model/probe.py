"""One probe: everything that makes it the probe it is."""

from typing import Literal

from probes.model.base import Value

Identity = Literal["none", "given", "throwaway", "gateway"]
ExpectMode = Literal["none", "wait", "header-only"]
HttpChoice = Literal["1.1", "2", "free"]
TlsChoice = Literal["1.0", "1.1", "1.2", "1.3", "free"]
OwnExpect = Literal["client", "always", "never"]
"""Whether Expect is left to the user's client, or it was told to send it with every body, or never."""


class Probe(Value, frozen=True, kw_only=True):
    """What is sent on one fresh connection; two probes that are equal send the same.

    ``origin`` is ``scheme://host:port`` of the site; ``connect_to`` is ``host:port`` when another address is
    to be contacted; ``via`` is the proxy's ``scheme://host:port``. ``body_bytes`` is the declared length.
    ``renegotiate`` False refuses a TLS 1.2 renegotiation; ``offer_pha`` offers TLS 1.3 post-handshake
    authentication (RFC 8446 section 4.6.2). ``wait_ms`` is how long ``expect: wait`` holds the body back
    before it sends it all the same; None waits until the deadline. ``canary`` puts a certificate
    of ours into the caller's own X-ARR-ClientCert. ``wave`` orders the plan.
    """

    id: str
    question: str
    origin: str
    path: str
    method: str = "GET"
    connect_to: str | None = None
    via: str | None = None
    route: Literal["direct", "gateway"] = "direct"
    body_bytes: int = 0
    identity: Identity = "none"
    canary: bool = False
    expect: ExpectMode = "none"
    wait_ms: int | None = 5000
    head_first: bool = False
    http: HttpChoice = "1.1"
    tls: TlsChoice = "free"
    ciphers: str | None = None
    persona: str | None = None
    writes: Literal["separate", "together"] = "separate"
    renegotiate: bool = True
    offer_pha: bool = True
    wave: int = 1
