"""Builds synthetic cases: observations of the real plan's probes, as a site of a given kind would answer them.

They claim nothing about the wire; they only give the predicates and the tree something to decide about.
"""

from collections.abc import Iterable
from typing import Any, Literal

import msgspec

from probes.model import (
    Body,
    Case,
    CertificateRequest,
    Continue,
    CredentialFacts,
    Echo,
    ErrorFacts,
    Exchange,
    ForwardedCertificate,
    Judged,
    Observation,
    Probe,
    Run,
    SiteConfig,
    Symptom,
    Target,
    TlsFacts,
    Verification,
    VerificationError,
)
from probes.personas import CLIENTS
from probes.plan import PlanRequest, standard_plan

HOST = "https://contoso.azurewebsites.net"
GIVEN = CredentialFacts(kind="pem", subject="CN=partner-a")
REQUIRED = SiteConfig(
    source="file",
    name="contoso",
    client_cert_enabled=True,
    client_cert_mode="Required",
    client_cert_exclusion_paths=(),
)
EXCLUDED = msgspec.structs.replace(REQUIRED, client_cert_exclusion_paths=("/health",))
INTERACTIVE = msgspec.structs.replace(REQUIRED, client_cert_mode="OptionalInteractiveUser")
OPTIONAL = msgspec.structs.replace(REQUIRED, client_cert_mode="Optional")
DISABLED = msgspec.structs.replace(REQUIRED, client_cert_enabled=False)

When = Literal["none", "handshake", "renegotiation", "post-handshake"]


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """How the imagined site behaves; ``limit`` is the body that fits before a late request for the certificate."""

    when: When = "handshake"
    insists: bool = True
    limit: int = 102_400
    tls13: bool = True
    tls13_asks: bool = True
    free_of_certificates: tuple[str, ...] = ()
    verification: tuple[int, ...] = ()
    parse_error: str | None = None
    waits_help: bool = True
    head_helps: bool = True
    refusal: int = 403


def make_case(
    site: Site,
    *,
    path: str = "/",
    config: SiteConfig | None = None,
    credential: CredentialFacts = GIVEN,
    client: str | None = None,
    symptom: Symptom = "unknown",
    insecure: bool = False,
    scheme_host: str = HOST,
    debug: bool = True,
    only: Iterable[str] | None = None,
) -> Case:
    """Return the case that the whole plan would give on ``site``; ``only`` keeps the probes of those names."""
    url = scheme_host + path
    usable = credential.kind != "none" and "key-missing" not in credential.faults
    request = PlanRequest(
        url=url,
        identity="given" if usable else "none",
        debug_path="/debug/headers" if debug else None,
        upload_path=path.rstrip("/") + "/mtls-triage-0000",
        client=CLIENTS.get(client or ""),
    )
    probes = standard_plan(request).probes
    wanted = None if only is None else set(only)
    chosen = [probe for probe in probes if wanted is None or probe.id in wanted]
    return Case(
        run=Run(
            id="r1",
            started="2026-01-01T00:00:00.000Z",
            tool="0",
            openssl="0",
            client=client,
            symptom=symptom,
            insecure=insecure,
        ),
        target=Target(url=url),
        credential=credential,
        configuration=config or SiteConfig(),
        observations=tuple(observe(site, probe, number) for number, probe in enumerate(chosen, 1)),
    )


def observe(site: Site, probe: Probe, number: int) -> Observation:
    """Return what one probe would show on ``site``."""
    base: dict[str, Any] = {"id": f"o{number}", "attempt": 1, "at": "2026-01-01T00:00:00.000Z", "probe": probe}
    if probe.origin.startswith("http://"):
        return _answer(base, 200, "yes", None, probe)
    version = "TLSv1.3" if site.tls13 and probe.tls in ("free", "1.3") else "TLSv1.2"
    if probe.tls == "1.3" and not site.tls13:
        return Observation(**base, outcome="tls-failure", error=ErrorFacts(kind="alert", message="protocol_version"))
    if site.verification:
        errors = tuple(VerificationError(code=code, name=str(code), depth=0) for code in site.verification)
        bad = TlsFacts(version=version, verification=Verification(ok=False, errors=errors))
        return Observation(**base, outcome="tls-failure", tls=bad, judged=Judged(reached_app="no"))
    return _over_tls(site, probe, base, version)


def _over_tls(site: Site, probe: Probe, base: dict[str, Any], version: str) -> Observation:
    when: When = site.when
    if any(probe.path.lower().startswith(entry) for entry in site.free_of_certificates):
        when = "none"
    late = when in ("renegotiation", "post-handshake")
    if version == "TLSv1.3" and late:
        when = "post-handshake" if site.tls13_asks else "none"
    has = probe.identity in ("given", "throwaway")
    reached, status = True, 200
    early_enough = probe.body_bytes <= site.limit or (probe.expect == "wait" and site.waits_help)
    early_enough |= probe.head_first and site.head_helps
    if probe.expect == "header-only" and probe.writes == "separate":
        early_enough = False
    blocked = late and when != "none" and probe.body_bytes > 0 and not early_enough
    unable = when == "renegotiation" and not probe.renegotiate
    gets = has and when != "none" and not unable
    free = any(probe.path.lower().startswith(entry) for entry in site.free_of_certificates) or site.when == "none"
    if blocked or unable or (site.insists and not gets and not free):
        reached, status = False, site.refusal
    shown: When = "none" if blocked else when
    asked = () if shown == "none" else (CertificateRequest(when=shown, answered="certificate" if has else "empty"),)
    tls = TlsFacts(
        version=version,
        alpn="http/1.1" if probe.http != "2" else "h2",
        verification=Verification(ok=True, trusted_by="public"),
        certificate_request=shown,
        certificate_requests=asked,
        certificate_sent="yes" if gets and not blocked else "no",
        renegotiation="refused" if unable else "none",
    )
    return _answer(base, status if reached else site.refusal, "yes" if reached else "no", tls, probe, site, gets)


def _answer(
    base: dict[str, Any],
    status: int,
    reached: Literal["yes", "no"],
    tls: TlsFacts | None,
    probe: Probe,
    site: Site | None = None,
    gets: bool = False,
) -> Observation:
    expected = _expected(probe)
    judged = Judged(
        reached_app=reached,
        by="app" if reached == "yes" else "edge",
        expected=expected,
        as_expected=None if expected is None else (reached == "yes") == (expected == "reached"),
    )
    echo = None
    if probe.path == "/debug/headers" and reached == "yes":
        certificate = ForwardedCertificate(header="X-ARR-ClientCert", encoding="base64-der") if gets else None
        echo = Echo(certificate=certificate, parse_error=site.parse_error if site and gets else None)
    turn = Exchange(
        method=probe.method,
        path=probe.path,
        continue_=Continue(),
        body=Body(declared=probe.body_bytes),
        status=status,
    )
    return Observation(
        **base, outcome="response", status=status, tls=tls, exchanges=(turn,), echo=echo, judged=judged
    )


def _expected(probe: Probe) -> Literal["reached", "refused"] | None:
    own = probe.identity == "given" and probe.tls == "free" and probe.http != "2" and probe.persona is None
    return "reached" if own else None
