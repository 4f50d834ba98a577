"""What a reproduction in the lab is made of: the customer's settings, his command, and what could be changed."""

from typing import Any, Literal

import msgspec

from probes.curlline import CurlCall
from probes.model import Case, Confidence, Observation, Probe, SiteConfig, Unknown, Value, Verdict
from probes.personas import CLIENTS
from probes.plan import CLIENT, origin_of, path_of

Side = Literal["site", "client"]
ASSUMED = (
    "a front end of today, which holds 102,400 bytes of a body before it asks for a certificate",
    "a front end that asks after the request speaks TLS 1.2 and HTTP/1.1 to do so",
    "an app that takes every certificate",
    "certificates of the lab in the place of the customer's",
)
"""What the lab takes for granted where the platform's documents are silent or the customer's files are not here."""


class Change(Value, frozen=True, kw_only=True):
    """One thing that could be changed. ``patch`` is merged into the lab's state, ``command`` changes the request."""

    side: Side
    words: str
    patch: dict[str, Any] | None = None
    command: dict[str, Any] | None = None


class Replay(Value, frozen=True, kw_only=True):
    """The customer's request in the lab, before anything was changed (``change`` None) or after one change."""

    change: Change | None
    passes: bool | None
    certificate_sent: bool
    evidence: str
    observation: Observation


class Reproduction(Value, frozen=True, kw_only=True):
    """The whole result; evidence in ``case`` is written ``lab:``, because nothing of it was seen on the site."""

    case: Case
    replays: tuple[Replay, ...]
    assumed: tuple[str, ...] = ASSUMED


def lab_settings(config: SiteConfig) -> dict[str, Any]:
    """Return the lab's settings that stand for ``config``; what was not read keeps the lab's default."""
    paths = config.client_cert_exclusion_paths
    found: dict[str, Any] = {
        "clientCertEnabled": config.client_cert_enabled,
        "clientCertMode": config.client_cert_mode,
        "httpsOnly": config.https_only,
        "http20Enabled": config.http20_enabled,
        "minTlsVersion": config.min_tls_version if config.min_tls_version in ("1.0", "1.1", "1.2", "1.3") else None,
        "minTlsCipherSuite": config.min_tls_cipher_suite,
        "publicNetworkAccess": config.public_network_access,
        "state": config.state if config.state in ("Running", "Stopped") else None,
    }
    settings = {name: value for name, value in found.items() if value is not None}
    return settings | ({"clientCertExclusionPaths": ";".join(paths) or None} if paths is not None else {})


def request_of(call: CurlCall, url: str, *, given: bool) -> Probe:
    """Return the customer's own request, sent to ``url`` in the lab; ``given`` when his command has a certificate."""
    persona = CLIENTS["curl"].told(call.own_expect)
    size = (call.body.size or 0) if call.body else 0
    expects = persona.expects(size) and size > 0
    return Probe(
        id="replay",
        question=CLIENT,
        origin=origin_of(url),
        path=path_of(url),
        method=call.method,
        body_bytes=size,
        identity="given" if given and url.startswith("https://") else "none",
        expect="wait" if expects else "none",
        wait_ms=persona.waits_ms,
        http=call.http,
        tls=call.tls,
        ciphers=call.ciphers,
        persona=persona.name,
    )


def changes(config: SiteConfig, probe: Probe, https: str) -> tuple[Change, ...]:
    """Return what could be changed, the site's settings first; ``https`` is the lab's origin for https."""
    return (*_site(config), *_client(probe, https))


def _site(config: SiteConfig) -> tuple[Change, ...]:
    found: list[Change] = []

    def add(words: str, **settings: Any) -> None:
        found.append(Change(side="site", words=words, patch={"settings": settings}))

    if config.client_cert_enabled is False:
        add("clientCertEnabled=true", clientCertEnabled=True)
    interactive = config.client_cert_mode == "OptionalInteractiveUser"
    if config.client_cert_enabled is not False and (interactive or config.client_cert_exclusion_paths):
        mode = {"clientCertMode": "Optional"} if interactive else {}
        words = "clientCertMode=Optional " if interactive else ""
        add(f"{words}clientCertExclusionPaths= (empty)", clientCertExclusionPaths=None, **mode)
    if config.min_tls_version == "1.3":
        add("minTlsVersion=1.2", minTlsVersion="1.2")
    if config.http20_enabled:
        add("http20Enabled=false", http20Enabled=False)
    if config.state == "Stopped":
        add("the site is started", state="Running")
    if config.public_network_access == "Disabled":
        add("publicNetworkAccess=Enabled", publicNetworkAccess="Enabled")
    return tuple(found)


def _client(probe: Probe, https: str) -> tuple[Change, ...]:
    found: list[Change] = []

    def add(words: str, **command: Any) -> None:
        found.append(Change(side="client", words=words, command=command))

    if probe.origin.startswith("http://"):
        add("https instead of http", origin=https, identity="given")
        return tuple(found)
    if probe.identity == "none":
        add("--cert with a certificate and its key", identity="given")
    if probe.body_bytes and probe.expect == "none":
        add("-H 'Expect: 100-continue'", expect="wait")
    if probe.body_bytes:
        add("a HEAD request first on the same connection", head_first=True)
    if probe.tls in ("free", "1.3"):
        add("--tls-max 1.2", tls="1.2")
    if probe.tls in ("1.0", "1.1"):
        add("TLS 1.2 and newer", tls="free")
    if probe.http != "1.1":
        add("--http1.1", http="1.1")
    return tuple(found)


def from_lab(verdict: Verdict) -> Verdict:
    """Return a verdict of the lab as one about the customer's site: ``lab:`` evidence, at most likely."""

    def lab(evidence: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(f"lab:{one.removeprefix('obs:')}" if one.startswith("obs:") else one for one in evidence)

    def lower(confidence: Confidence) -> Confidence:
        return "likely" if confidence == "confirmed" else confidence

    return msgspec.structs.replace(
        verdict,
        confidence=lower(verdict.confidence),
        evidence=lab(verdict.evidence),
        path=tuple(msgspec.structs.replace(step, evidence=lab(step.evidence)) for step in verdict.path),
        also=tuple(
            msgspec.structs.replace(one, evidence=lab(one.evidence), confidence=lower(one.confidence))
            for one in verdict.also
        ),
    )


def about_the_site(case: Case, url: str, unknown: tuple[Unknown, ...]) -> Case:
    """Return the lab's case as one about ``url``, with everything that it does not prove."""
    assert case.verdict is not None
    not_seen = Unknown(
        what="whether the site itself does what the lab did with its settings",
        why="not-run",
        how_to_get="mtls-triage diagnose, or mtls-triage script for the customer's own machine",
    )
    return msgspec.structs.replace(
        case,
        target=msgspec.structs.replace(case.target, url=url),
        verdict=from_lab(case.verdict),
        unknown=(not_seen, *unknown, *(one for one in case.unknown if one not in unknown)),
    )
