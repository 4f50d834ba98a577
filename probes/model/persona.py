"""How one HTTP client behaves, as far as client certificates depend on it."""

from probes.model.base import Value
from probes.model.probe import HttpChoice


class Persona(Value, frozen=True, kw_only=True):
    """The properties of one client that decide whether a client certificate gets through.

    ``expect_above`` is the body size in bytes above which it sends ``Expect: 100-continue`` by itself, None for
    never. ``expect_on_request`` says whether a user can make it send the header. ``waits_ms`` is how long it then
    holds the body back, None when it never does. ``writes_together`` puts head and small body into one TLS record.
    ``renegotiates`` answers a TLS 1.2 HelloRequest, ``offers_pha`` offers TLS 1.3 post-handshake authentication,
    ``retries_http11`` repeats a request by itself on HTTP_1_1_REQUIRED, ``reuses_after_head`` sends a POST on the
    connection of a HEAD before it. ``source`` says how it is known.
    """

    name: str
    title: str
    expect_above: int | None = None
    expect_on_request: bool = True
    waits_ms: int | None = None
    writes_together: bool = False
    renegotiates: bool = True
    offers_pha: bool = False
    http: HttpChoice = "1.1"
    retries_http11: bool = False
    reuses_after_head: bool = True
    source: str = ""
