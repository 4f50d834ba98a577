"""Which probes answer which question, in waves, and what each costs the site."""

import secrets
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import msgspec

from probes.model import HttpChoice, Identity, Probe, Symptom, TlsChoice, Value
from probes.model.persona import Persona
from probes.model.probe import OwnExpect
from probes.personas import spoken

WHEN = "Does the site answer, and when does it ask for the certificate?"
PATHS = "Does the path matter?"
SIZE = "Does the size of the body matter?"
THROUGH = "What lets it through?"
APP = "Is it the app?"
PLAIN = "What happens without TLS?"
CLIENT = "What would the client see?"
FORGED = "Does a certificate that a caller only claims reach the app?"
ORIGIN = "Does the site itself answer otherwise than its gateway?"

DECIDING = frozenset({"get-own", "get-12", "post-small", "post-large", "post-large-wait", "post-large-head-first"})
"""The probes that ``--repeat`` sends more than once; the repetitions are called ``ID-2``, ``ID-3`` …"""
UPLOAD_SYMPTOMS: frozenset[Symptom] = frozenset({"unknown", "upload-403", "sometimes", "slow"})

SMALL_BYTES = 1024
LARGE_BYTES = 307_200
BELOW_LIMIT_BYTES = 92_160
ABOVE_LIMIT_BYTES = 112_640
"""Around the documented 100 KB of App Service, whichever of 100,000 and 102,400 bytes that is."""


class PlanRequest(Value, frozen=True, kw_only=True):
    """What the plan is made for. Paths are as the user wrote them; sizes in bytes.

    ``identity`` is ``given`` when a client certificate with its key was given. ``upload_path`` None means a path
    below the target's that does not exist. ``own_origin`` is the site's own ``https://host:port`` when the target is
    a gateway in front of it. ``repeat`` is how often each deciding probe is sent. ``own_tls``, ``own_ciphers`` (an
    OpenSSL cipher list) and ``own_http`` are what the user's client speaks; the user's own requests then do too.
    ``own_expect`` says whether ``client`` was told to send Expect. ``check_forgery`` adds requests with a canary in
    the caller's own X-ARR-ClientCert.
    """

    url: str
    identity: Identity = "none"
    connect_to: str | None = None
    via: str | None = None
    own_origin: str | None = None
    debug_path: str | None = None
    excluded_path: str | None = None
    upload_path: str | None = None
    real_path: bool = False
    method: str = "POST"
    large_bytes: int = LARGE_BYTES
    repeat: int = 1
    client: Persona | None = None
    own_tls: TlsChoice = "free"
    own_ciphers: str | None = None
    own_http: HttpChoice = "free"
    own_expect: OwnExpect = "client"
    check_forgery: bool = False


class Plan(Value, frozen=True, kw_only=True):
    """The probes of one run; ``upload_path`` is where its uploads go."""

    probes: tuple[Probe, ...]
    upload_path: str

    @property
    def uploads(self) -> tuple[Probe, ...]:
        """The probes that send a body."""
        return tuple(probe for probe in self.probes if probe.body_bytes)

    @property
    def upload_bytes(self) -> int:
        """The bytes of all bodies, if every one of them is sent whole."""
        return sum(probe.body_bytes for probe in self.probes)

    @property
    def requests(self) -> int:
        """How many requests the plan sends; HEAD first counts as one more."""
        return sum(2 if probe.head_first else 1 for probe in self.probes)


def origin_of(url: str) -> str:
    """Return ``scheme://host:port`` of a URL, with the port always written."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}:{parts.port or (443 if parts.scheme == 'https' else 80)}"


def path_of(url: str) -> str:
    """Return path and query of a URL, ``/`` when it has none."""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def upload_path_below(path: str) -> str:
    """Return a path below ``path`` that no app serves, so that an upload writes nothing."""
    return f"{path.partition('?')[0].rstrip('/')}/mtls-triage-{secrets.token_hex(4)}"


class _Maker:
    """Builds the probes of one request, which share origin, way and identity."""

    def __init__(self, request: PlanRequest) -> None:
        self.request = request
        self.path = path_of(request.url)
        self.upload_path = request.upload_path or upload_path_below(self.path)
        if request.real_path:
            self.upload_path = self.path
        self._base = Probe(
            id="",
            question="",
            origin=origin_of(request.url),
            path=self.path,
            connect_to=request.connect_to,
            via=request.via,
            route="gateway" if request.own_origin else "direct",
            identity=request.identity,
            tls="1.2",
        )

    @property
    def own(self) -> dict[str, Any]:
        """How the user's client speaks TLS and HTTP."""
        request = self.request
        tls, http = spoken(request.client, request.own_tls, request.own_http)
        return {"tls": tls, "ciphers": request.own_ciphers, "http": http}

    def get(self, name: str, question: str, **more: Any) -> Probe:
        return msgspec.structs.replace(self._base, id=name, question=question, **more)

    def post(self, name: str, question: str, size: int, **more: Any) -> Probe:
        shape: dict[str, Any] = {"path": self.upload_path, "method": self.request.method, "wave": 2}
        return self.get(name, question, body_bytes=size, **(shape | more))


def _when(make: _Maker) -> Iterable[Probe]:
    yield make.get("get-own", WHEN, **make.own)
    if make.request.identity != "none":
        yield make.get("get-12", WHEN)
    yield make.get("get-none", WHEN, identity="none")
    yield make.get("get-throwaway", WHEN, identity="throwaway")
    yield make.get("get-13", WHEN, tls="1.3")
    yield make.get("get-h2", WHEN, tls="free", http="2")
    if make.path != "/":
        yield make.get("get-root", WHEN, path="/")


def _paths(make: _Maker) -> Iterable[Probe]:
    request = make.request
    if request.debug_path:
        yield make.get("debug", PATHS, path=request.debug_path, **make.own)
    if request.excluded_path:
        excluded = request.excluded_path
        yield make.get("excluded-none", PATHS, path=excluded, identity="none", wave=2)
        if request.identity != "none":
            yield make.get("excluded-given", PATHS, path=excluded, wave=2)
        yield make.get("excluded-case", PATHS, path=excluded.swapcase(), identity="none", wave=2)
        yield make.get("excluded-longer", PATHS, path=excluded.rstrip("/") + "x", identity="none", wave=2)


def _sizes(make: _Maker) -> Iterable[Probe]:
    large = make.request.large_bytes
    yield make.post("post-small", SIZE, SMALL_BYTES)
    yield make.post("post-90k", SIZE, BELOW_LIMIT_BYTES)
    yield make.post("post-110k", SIZE, ABOVE_LIMIT_BYTES)
    yield make.post("post-large", SIZE, large)
    yield make.post("post-large-wait", THROUGH, large, expect="wait", wave=3)
    yield make.post("post-large-header-only", THROUGH, large, expect="header-only", wave=3)
    yield make.post("post-large-head-first", THROUGH, large, head_first=True, wave=3)
    if make.request.identity != "none":
        yield make.post("post-large-none", APP, large, identity="none", wave=3)
    yield make.post("post-large-own", APP, large, **make.own, wave=3)
    yield make.post("post-large-13-wait", APP, large, tls="1.3", expect="wait", wave=3)


def _plain(make: _Maker) -> Iterable[Probe]:
    parts = urlsplit(make.request.url)
    if (parts.port or 443) == 443:
        plain = origin_of(f"http://{parts.netloc.rpartition('@')[2].removesuffix(':443')}")
        yield make.get("http-get", PLAIN, identity="none", origin=plain)
        yield make.post("http-post", PLAIN, SMALL_BYTES, identity="none", origin=plain)


def _over_http(make: _Maker) -> Iterable[Probe]:
    yield make.get("get-own", PLAIN, identity="none")
    if make.request.debug_path:
        yield make.get("debug", PATHS, path=make.request.debug_path, identity="none")
    yield make.post("post-small", PLAIN, SMALL_BYTES, identity="none")


def _beside(make: _Maker, own_origin: str) -> Iterable[Probe]:
    shape: dict[str, Any] = {"origin": own_origin, "route": "direct", "connect_to": None}
    yield make.get("origin-get-own", ORIGIN, **make.own, **shape)
    yield make.get("origin-get-none", ORIGIN, identity="none", **shape)
    if make.request.debug_path:
        yield make.get("origin-debug", ORIGIN, path=make.request.debug_path, **make.own, **shape)
    yield make.post("origin-post-large", ORIGIN, make.request.large_bytes, **shape)


def _forged(make: _Maker) -> Iterable[Probe]:
    shape: dict[str, Any] = {"identity": "none", "canary": True, "wave": 2}
    request, parts = make.request, urlsplit(make.request.url)
    yield make.get("forged-target", FORGED, **shape)
    if request.debug_path:
        yield make.get("forged-debug", FORGED, path=request.debug_path, **shape)
    if request.excluded_path:
        yield make.get("forged-excluded", FORGED, path=request.excluded_path, **shape)
    if parts.scheme == "https" and (parts.port or 443) == 443:
        plain = origin_of(f"http://{parts.netloc.rpartition('@')[2].removesuffix(':443')}")
        path = request.debug_path or make.path
        yield make.get("forged-http", FORGED, path=path, origin=plain, **shape)


def _as_client(make: _Maker, client: Persona, *, sometimes: bool = False) -> Iterable[Probe]:
    client = client.told(make.request.own_expect)
    large = make.request.large_bytes
    shape: dict[str, Any] = {
        "persona": client.name,
        **make.own,
        "renegotiate": client.renegotiates,
        "offer_pha": client.offers_pha,
        "writes": "together" if client.writes_together else "separate",
        "wave": 3,
    }
    yield make.get(f"as-{client.name}-get", CLIENT, **shape)
    yield make.post(f"as-{client.name}-small", CLIENT, SMALL_BYTES, **shape, **_expect(client, SMALL_BYTES))
    yield make.post(f"as-{client.name}-large", CLIENT, large, **shape, **_expect(client, large))
    if client.expect_on_request and not client.expects(large):
        yield make.post(f"as-{client.name}-large-expect", CLIENT, large, **shape, **_expect(client, None))
    if sometimes and client.pools and client.reuses_after_head:
        kept = shape | _expect(client, large) | {"head_first": True}
        yield make.post(f"as-{client.name}-large-kept", CLIENT, large, **kept)


def _expect(client: Persona, size: int | None) -> dict[str, Any]:
    """Return what this client does with a body of ``size`` bytes; None: as it does when it is told to send Expect."""
    if size is not None and not client.expects(size):
        return {"expect": "none"}
    if not client.waits:
        return {"expect": "header-only"}
    return {"expect": "wait", "wait_ms": client.waits_ms}


def _repeated(probes: Iterable[Probe], times: int) -> Iterable[Probe]:
    for probe in probes:
        yield probe
        if probe.id in DECIDING:
            for number in range(2, times + 1):
                yield msgspec.structs.replace(probe, id=f"{probe.id}-{number}")


def standard_plan(request: PlanRequest, symptom: Symptom = "unknown") -> Plan:
    """Return the probes that separate the causes of ``symptom``, cheapest first.

    Without a symptom it is the whole plan; symptoms that size cannot explain leave the uploads out.
    """
    make = _Maker(request)
    if request.url.startswith("http://"):
        probes = list(_over_http(make))
    else:
        probes = [*_when(make), *_paths(make)]
        if symptom in UPLOAD_SYMPTOMS:
            probes += [*_sizes(make)]
        probes += [*_plain(make)] if symptom in ("unknown", "header-missing") else []
    if request.own_origin:
        probes += _beside(make, request.own_origin)
    if request.client and not request.url.startswith("http://"):
        sometimes = symptom == "sometimes" or request.repeat > 1
        probes += _as_client(make, request.client, sometimes=sometimes)
    if request.check_forgery:
        probes += _forged(make)
    ordered = sorted(_repeated(probes, request.repeat), key=lambda probe: probe.wave)
    return Plan(probes=tuple(ordered), upload_path=make.upload_path)


def base_upload(request: PlanRequest) -> Probe:
    """Return the upload that a search for a size limit varies: the user's identity, any TLS, HTTP/1.1."""
    return _Maker(request).post("limit", SIZE, 1, tls="free")
