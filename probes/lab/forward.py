"""The headers that the edge adds for the app, X-ARR-ClientCert before all."""

import base64
import uuid

import msgspec

from probes.lab.messages import Request
from probes.lab.rules import rules_of
from probes.lab.state import LabState

CLIENT_CERT = "X-ARR-ClientCert"
SITE_NAME = "lab-site"


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who is at the other end. ``certificate`` is the leaf's DER; ``tls_version`` None over plain http."""

    ip: str
    port: int
    https_port: int
    tls_version: str | None = None
    cipher: tuple[str, int] = ("", 0)
    certificate: bytes | None = None


def forwarded(state: LabState, request: Request, caller: Caller) -> Request:
    """Return the request as the app receives it.

    X-ARR-ClientCert is the Base64 of the leaf's DER on one line, only over TLS, only where client certificates are on
    and the path is not excluded (Microsoft Learn, Configure TLS mutual authentication, 2025-05-09). The names of the
    other headers are those of the App Service documentation; the forms of X-ARR-SSL and X-Forwarded-TlsVersion are
    not documented.
    """
    added = _addresses(request, caller) + _site(state, request) + _transport(caller)
    wanted = rules_of(state).wants_certificate(request.target)
    if wanted and caller.certificate is not None:
        added.append((CLIENT_CERT, base64.b64encode(caller.certificate).decode("ascii")))
    taken = {name.lower() for name, _ in added}
    if state.edge.forged_header == "strip":
        taken.add(CLIENT_CERT.lower())
    kept = [(name, value) for name, value in request.headers if name.lower() not in taken]
    return msgspec.structs.replace(request, headers=(*kept, *added))


def _addresses(request: Request, caller: Caller) -> list[tuple[str, str]]:
    before = request.first("x-forwarded-for")
    own = f"[{caller.ip}]:{caller.port}" if ":" in caller.ip else f"{caller.ip}:{caller.port}"
    return [
        ("X-Forwarded-For", f"{before}, {own}" if before else own),
        ("CLIENT-IP", own),
        ("X-Client-IP", caller.ip),
        ("X-Client-Port", str(caller.port)),
    ]


def _site(state: LabState, request: Request) -> list[tuple[str, str]]:
    default = state.settings.host_names[0] if state.settings.host_names else "localhost"
    return [
        ("X-ARR-LOG-ID", str(uuid.uuid4())),
        ("WAS-DEFAULT-HOSTNAME", default),
        ("DISGUISED-HOST", request.first("host") or default),
        ("X-SITE-DEPLOYMENT-ID", SITE_NAME),
        ("X-Original-URL", request.target),
        ("X-WAWS-Unencoded-URL", request.target),
        ("Max-Forwards", "10"),
    ]


def _transport(caller: Caller) -> list[tuple[str, str]]:
    if caller.tls_version is None:
        return [("X-Forwarded-Proto", "http"), ("X-AppService-Proto", "http")]
    name, bits = caller.cipher
    return [
        ("X-Forwarded-Proto", "https"),
        ("X-AppService-Proto", "https"),
        ("X-ARR-SSL", f"2048|{bits}|{name}|CN=localhost"),
        ("X-Forwarded-TlsVersion", caller.tls_version),
    ]
