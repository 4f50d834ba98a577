"""What the lab is told to be: the site's settings, the edge's manners, the app, and faults; all immutable."""

from typing import Annotated, Literal

import msgspec

from probes.lab.azure_state import Azure
from probes.lab.settings import IpRule, Settings

__all__ = ["App", "Edge", "Faults", "IpRule", "LabState", "Point", "Settings", "Validator"]

Point = Literal["accept", "handshake", "head", "body", "refusal", "answer"]
"""Where a fault strikes: on the new connection, after the ClientHello, after the request head, after the first
bytes of the body, in the place of the gentle close after an early refusal, or in the middle of the answer."""

ServerCertificateName = Literal["good", "expired", "not-yet-valid", "wrong-host", "untrusted", "self-signed"]
Damage = Literal["none", "truncated", "plus-became-space", "url-encoded", "folded", "doubled"]
"""What a hop can do to the value of the certificate header."""
_Seconds = Annotated[float, msgspec.Meta(ge=0, le=600)]
_Bytes = Annotated[int, msgspec.Meta(ge=0, le=64 * 1024 * 1024)]


class Edge(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the front end behaves where the platform's documents are silent; that is why each field is a parameter.

    - ``generation``: ``yarp`` refuses a body above the buffer at once; ``iis`` hangs, then refuses, and renegotiates
      for plain ``Required`` too, as was reported of the front end before 2022.
    - ``buffer_bytes``: body bytes held before a renegotiation. Microsoft Learn says 100 KB (Configure TLS mutual
      authentication, 2025-05-09), not which 100 KB, nor how a chunked body counts.
    - ``hang_seconds``: how long the ``iis`` generation hangs. ``renegotiation_seconds``: patience with a client that
      never answers a HelloRequest.
    - ``renegotiating_edge``: what a client meets that could speak TLS 1.3 or HTTP/2 to a site that renegotiates.
      Learn says only that it does not work. ``negotiate-down`` chooses TLS 1.2 and http/1.1; ``no-certificate``
      speaks 1.3 or h2 and never obtains one; ``reset`` resets after the request head; ``post-handshake`` uses TLS 1.3
      post-handshake authentication (RFC 8446 section 4.6.2) where the client offers it.
    - ``forged_header``: whether a caller's own X-ARR-ClientCert is stripped or reaches the app.
    - ``ca_names``: certificate authorities named in the CertificateRequest; App Service is reported to name none.
    - ``require_in_tls``: not App Service's way, but a gateway's: ``any`` refuses a missing certificate by TLS alert,
      ``verified`` also one that the lab's CA did not issue.
    - ``secure_renegotiation``: whether the server knows RFC 5746. One that does not is no App Service but something
      old in front of it; it speaks TLS 1.2 with one cipher suite, and no ``require_in_tls``.
    - ``unknown_sni``: the certificate shown for a name that is not bound. A client without SNI gets the site's.
    - ``plain_http``: whether ``Required`` refuses a request over http when httpsOnly is off.
    - ``interim``: what becomes of ``Expect: 100-continue``. ``pass`` answers it; ``swallow`` lets no interim answer
      through, as some proxies on the way do; ``refuse`` answers 417 (RFC 9110 section 15.5.18).
    - ``intercepted``: whether a proxy on the way ends TLS with a certificate of the foreign CA. It asks nobody for a
      certificate and has none for the site behind it.
    - ``stale_settings``: what the edge really does when it does not follow the settings.
    """

    generation: Literal["yarp", "iis"] = "yarp"
    buffer_bytes: _Bytes = 102_400
    hang_seconds: _Seconds = 5.0
    renegotiation_seconds: _Seconds = 10.0
    renegotiating_edge: Literal["negotiate-down", "no-certificate", "reset", "post-handshake"] = "negotiate-down"
    forged_header: Literal["strip", "pass"] = "strip"
    server_certificate: ServerCertificateName = "good"
    ca_names: tuple[Literal["lab", "foreign"], ...] = ()
    require_in_tls: Literal["no", "any", "verified"] = "no"
    secure_renegotiation: bool = True
    unknown_sni: Literal["default-certificate", "site-certificate"] = "default-certificate"
    plain_http: Literal["pass", "refuse"] = "pass"
    interim: Literal["pass", "swallow", "refuse"] = "pass"
    intercepted: bool = False
    stale_settings: Settings | None = None


class Validator(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule by which the app judges the certificate that it received, and the status when it does not like it.

    ``wanted`` is a SHA-1 thumbprint in hex, or an RFC 4514 subject or issuer; the other rules want nothing. ``chain``
    trusts the lab's root and knows the intermediate only with ``has_intermediate``, since the edge forwards the leaf
    alone. ``revocation`` insists on a revocation status, which the lab's certificates do not offer. ``says_why`` is
    whether the answer names the rule.
    """

    rule: Literal["thumbprint", "subject", "issuer", "dates", "purpose", "strength", "chain", "revocation"]
    wanted: str = ""
    status: Literal[401, 403, 500] = 403
    has_intermediate: bool = False
    says_why: bool = True


class App(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The debug app: how it prints, how its stack names headers, and what it makes of the certificate.

    ``parser`` ``pem`` and ``hex`` take the header for what it is not. ``parse_error_status`` is what the app's own
    routes then answer, None for 200 all the same. ``body_limit`` in bytes is the app's, answered with 413.
    ``routes`` are the paths that answer 200 beside ``/upload`` and ``/debug/headers``, exact and by case.
    ``damage`` is what a hop inside the app does to the certificate header before the app's code reads it.
    ``web_config_refuses`` is IIS's answer to an address that ``ipSecurity`` in web.config does not allow.
    ``functions_key`` is what the Functions host asks for on the app's own routes before the code runs.
    """

    shape: Literal["json", "text", "html"] = "json"
    naming: Literal["flask", "django", "express", "aspnetcore", "java", "php"] = "aspnetcore"
    parser: Literal["right", "pem", "hex"] = "right"
    parse_error_status: Literal[401, 403, 500] | None = None
    reads_header: str = "X-ARR-ClientCert"
    validator: Validator | None = None
    body_limit: _Bytes | None = None
    routes: tuple[str, ...] = ("/",)
    damage: Damage = "none"
    web_config_refuses: bool = False
    functions_key: str | None = None


class Faults(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What goes wrong on the way, on purpose.

    ``latency_ms`` is waited before every write, ``bandwidth`` bytes a second leave at most. ``reset``, ``half_close``
    (a FIN without close_notify), ``stall`` (silence) and ``garbage`` (bytes of no protocol) strike at a point.
    ``early_answer`` is a status that is answered to the head, without a look at the body. ``endless_header`` never
    ends the answer's head.
    """

    latency_ms: Annotated[int, msgspec.Meta(ge=0, le=60_000)] = 0
    bandwidth: Annotated[int, msgspec.Meta(ge=1)] | None = None
    reset: Point | None = None
    half_close: Point | None = None
    stall: Point | None = None
    garbage: Point | None = None
    early_answer: Annotated[int, msgspec.Meta(ge=200, le=599)] | None = None
    endless_header: bool = False


class LabState(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that can be read and changed through the control endpoint."""

    settings: Settings = Settings()
    edge: Edge = Edge()
    app: App = App()
    faults: Faults = Faults()
    azure: Azure = Azure()

    @property
    def in_effect(self) -> Settings:
        """The settings that the edge follows."""
        return self.edge.stale_settings or self.settings
