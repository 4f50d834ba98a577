"""How one HTTP client behaves, as far as client certificates depend on it."""

from typing import Self

import msgspec

from probes.model.base import Value
from probes.model.probe import HttpChoice, OwnExpect, TlsChoice


class Persona(Value, frozen=True, kw_only=True):
    """The properties of one client that decide whether a client certificate gets through.

    ``expect_above`` is the body size in bytes above which it sends ``Expect: 100-continue`` by itself, None for
    never. ``expect_on_request`` says whether a user can make it send the header. ``waits_ms`` is how long it then
    holds the body back before it sends it all the same; ``waits_for_ever`` holds it back until an answer or its own
    deadline. A client with neither does not wait. ``writes_together`` puts head and small body into one TLS record.
    ``renegotiates`` answers a TLS 1.2 HelloRequest, ``offers_pha`` offers TLS 1.3 post-handshake authentication,
    ``obeys_ca_list`` keeps its certificate back when the server's CertificateRequest names authorities and none of
    them issued it. ``tls`` ``1.2`` is a client that rarely speaks more, ``http`` what it offers by itself.
    ``retries_http11`` repeats a request by itself on HTTP_1_1_REQUIRED, ``pools`` sends later requests on
    connections that it kept, ``reuses_after_head`` sends a POST on the connection of a HEAD before it.
    ``needs_rfc5746`` refuses to connect where the server does not know secure renegotiation; None is not known.
    ``source`` says how all this is known.
    """

    name: str
    title: str
    expect_above: int | None = None
    expect_on_request: bool = True
    waits_ms: int | None = None
    waits_for_ever: bool = False
    writes_together: bool = False
    renegotiates: bool = True
    offers_pha: bool = False
    obeys_ca_list: bool = False
    tls: TlsChoice = "free"
    http: HttpChoice = "1.1"
    retries_http11: bool = False
    pools: bool = True
    reuses_after_head: bool = True
    needs_rfc5746: bool | None = None
    source: str = ""

    def told(self, expect: OwnExpect) -> Self:
        """Return the client as it was told to behave, for example by ``-H 'Expect:'``."""
        if expect == "client":
            return self
        return msgspec.structs.replace(self, expect_above=0 if expect == "always" else None)

    @property
    def waits(self) -> bool:
        """Whether it holds a body back once it has sent ``Expect: 100-continue`` (RFC 9110 section 10.1.1)."""
        return self.waits_for_ever or self.waits_ms is not None

    def expects(self, size: int) -> bool:
        """Whether it sends ``Expect: 100-continue`` by itself with a body of ``size`` bytes."""
        return self.expect_above is not None and size > self.expect_above
