"""Values for the tests of the app: a plan and made-up observations of it; no wire fact is claimed."""

from typing import Any

import msgspec

from probes.diagnosis import predict
from probes.model import (
    Answer,
    Body,
    Case,
    CertificateRequest,
    ClientVerdict,
    Connection,
    Continue,
    CredentialFacts,
    Event,
    Exchange,
    Judged,
    Observation,
    Probe,
    Run,
    SiteConfig,
    Step,
    Target,
    Timing,
    TlsFacts,
    Unknown,
    Verdict,
)
from probes.plan import Plan, PlanRequest, standard_plan

URL = "https://contoso.azurewebsites.net/upload"
LIMIT = 102_400


def plan(**more: Any) -> Plan:
    """Return the standard plan with an upload path that is the same in every run."""
    request: dict[str, Any] = {"url": URL, "identity": "given", "upload_path": "/upload/mtls-triage-1a2b3c4d"}
    return standard_plan(PlanRequest(**(request | more)))


def case(**more: Any) -> Case:
    """Return a case in which nothing was seen yet."""
    fields: dict[str, Any] = {
        "run": Run(id="r1", started="2026-11-22T14:03:00.000Z", tool="0", openssl="-", symptom="upload-403"),
        "target": Target(url=URL),
        "credential": CredentialFacts(
            kind="pfx",
            subject="CN=partner-a,O=Contoso",
            issuer="CN=Partner CA",
            thumbprint_sha1="AB" * 20,
            not_before="2025-03-01T00:00:00Z",
            not_after="2027-03-01T00:00:00Z",
            key="RSA 2048",
            chain=1,
        ),
    }
    return Case(**(fields | more))


def configuration() -> SiteConfig:
    """Return settings that exclude a path."""
    return SiteConfig(
        source="file",
        client_cert_enabled=True,
        client_cert_mode="Required",
        client_cert_exclusion_paths=("/health",),
        https_only=True,
        http20_enabled=False,
        min_tls_version="1.2",
        state="Running",
    )


def _passes(probe: Probe) -> bool:
    if probe.identity == "none" or probe.tls == "1.3" or probe.http == "2":
        return False
    return probe.body_bytes <= LIMIT or probe.expect == "wait" or probe.head_first


def observation(probe: Probe, number: int = 1, **more: Any) -> Observation:
    """Return what a site that renegotiates above 100 kB would have shown to ``probe``."""
    passes = _passes(probe)
    status = (404 if probe.body_bytes else 200) if passes else 403
    asked = (probe.tls != "1.3" and probe.http != "2") and (passes or not probe.body_bytes)
    sent = asked and probe.identity != "none"
    fields: dict[str, Any] = {
        "id": f"o{number}",
        "attempt": 1,
        "at": "2026-11-22T14:03:07.412Z",
        "probe": probe,
        "outcome": "response",
        "status": status,
        "connection": Connection(
            ip="20.105.216.4", port=443, addresses=("20.105.216.4",), canonical_name="waws-prod-am2-401"
        ),
        "tls": _tls(probe, asked=asked, sent=sent),
        "exchanges": (_exchange(probe, status, passes),),
        "events": _events(probe, passes),
        "timing_ms": Timing(dns=0.6, connect=10.8, handshake=16.5, total=44.1 + (90 if sent else 0)),
        "judged": Judged(
            reached_app="yes" if passes else "no",
            by="app" if passes else "edge",
            expected="refused" if probe.identity == "none" else "reached",
            as_expected=passes == (probe.identity != "none"),
        ),
    }
    return Observation(**(fields | more))


def _tls(probe: Probe, *, asked: bool, sent: bool) -> TlsFacts:
    return TlsFacts(
        version="TLSv1.3" if probe.tls == "1.3" else "TLSv1.2",
        alpn="h2" if probe.http == "2" else "http/1.1",
        certificate_request="renegotiation" if asked else "none",
        certificate_requests=(
            (CertificateRequest(when="renegotiation", answered="certificate" if sent else "empty"),) if asked else ()
        ),
        certificate_sent="yes" if sent else "no",
        renegotiation="completed" if asked else "none",
    )


def _exchange(probe: Probe, status: int, passes: bool) -> Exchange:
    written = probe.body_bytes if passes else probe.body_bytes * 43 // 100
    state: Any = {"none": "not-asked", "wait": "received", "header-only": "not-awaited"}[probe.expect]
    return Exchange(
        method=probe.method,
        path=probe.path,
        continue_=Continue(state=state, waited_ms=88.0 if probe.expect == "wait" else None),
        body=Body(declared=probe.body_bytes, written=written, acknowledged=written),
        status=status,
        http_version="HTTP/1.1",
        reason="Not Found" if status == 404 else None,
        body_bytes=1892,
    )


def _events(probe: Probe, passes: bool) -> tuple[Event, ...]:
    times = [(0.6, "resolved"), (11.4, "connected"), (27.9, "handshake done"), (28.0, "request head")]
    if probe.body_bytes:
        times.append((33.0, "request done" if passes else "request body"))
    else:
        times.append((28.1, "request done"))
    times += [(43.0, "response head"), (44.1, "response done")]
    return tuple(Event(at_ms=at, direction="out", kind="http", name=name) for at, name in times)


def verdict(finding: str = "large-body-renegotiation", **more: Any) -> Verdict:
    """Return a verdict with a walk over the observations of :func:`observations`."""
    fields: dict[str, Any] = {
        "finding": finding,
        "confidence": "confirmed",
        "path": (
            Step(node="answers", question="Is it the site that answers?", answer="yes", evidence=("obs:o2#tls",)),
            Step(
                node="small", question="Does a small body reach the app?", answer="yes", evidence=("obs:o9#status",)
            ),
            Step(node="large", question="Does a large one?", answer="no", evidence=("obs:o12#status",)),
            Step(
                node="when",
                question="When is the certificate asked for?",
                answer="after the request",
                evidence=("obs:o9#tls.renegotiation",),
            ),
            Step(
                node="settings",
                question="Do the settings explain it?",
                answer="yes",
                evidence=("config:client_cert_exclusion_paths",),
            ),
        ),
        "evidence": ("obs:o9#status", "obs:o12#status", "config:client_cert_exclusion_paths"),
        "clients": (
            ClientVerdict(name="postman", result="fails", because="does not wait"),
            ClientVerdict(name="dotnet", result="works", because="waits"),
        ),
    }
    return Verdict(**(fields | more))


def observations(of: Plan) -> tuple[Observation, ...]:
    """Return one observation for every probe of a plan, numbered from 1."""
    return tuple(observation(probe, number) for number, probe in enumerate(of.probes, start=1))


def whole_case(of: Plan) -> Case:
    """Return a case at its end: settings, observations, verdict, and one thing that was not checked."""
    return case(
        configuration=configuration(),
        predictions=predict(configuration(), of.probes),
        observations=observations(of),
        verdict=verdict(),
        unknown=(Unknown(what="access rules", why="not-run", how_to_get="az webapp config show"),),
        answers=(Answer(node="small", answer="yes", by="evidence"),),
    )


def renamed(probe: Probe, **more: Any) -> Probe:
    """Return ``probe`` with other fields."""
    return msgspec.structs.replace(probe, **more)
