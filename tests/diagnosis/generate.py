"""Hypothesis strategies for cases: sane sites with gaps, and observations in which nothing fits together."""

import typing
from typing import Any

import msgspec
from hypothesis import strategies as st

from probes.model import (
    Alert,
    Answer,
    Case,
    CertificateRequest,
    CredentialFacts,
    Echo,
    ErrorFacts,
    Exchange,
    ForwardedCertificate,
    Judged,
    Observation,
    Run,
    ServerCertificate,
    SiteConfig,
    Symptom,
    Target,
    TlsChoice,
    TlsFacts,
    Verification,
    VerificationError,
)
from probes.model.case import SCHEMA
from probes.model.observation import Body, Continue, Outcome
from probes.personas import CLIENTS
from probes.plan import PlanRequest, standard_plan
from tests.diagnosis.build import Site, make_case

SYMPTOMS = typing.get_args(Symptom)
CREDENTIALS = st.sampled_from(
    [
        CredentialFacts(),
        *[CredentialFacts(kind="pem", subject="CN=partner-a", issuers=("CN=ours",))] * 4,
        CredentialFacts(kind="pem", faults=("key-missing",)),
        CredentialFacts(kind="pfx", faults=("expired", "weak-key")),
    ]
)
CONFIGS = st.builds(
    SiteConfig,
    source=st.sampled_from(["file", "none"]),
    name=st.sampled_from([None, "contoso", "x; rm -rf /", "a'b\"c`d$(e)"]),
    client_cert_enabled=st.sampled_from([None, True, False]),
    client_cert_mode=st.sampled_from([None, "Required", "Optional", "OptionalInteractiveUser"]),
    client_cert_exclusion_paths=st.sampled_from([None, (), ("/api",), ("/health",), ("/",)]),
    kind=st.sampled_from([None, "app", "functionapp,linux"]),
    public_certificates=st.sampled_from([None, (), ("A" * 40,)]),
)
TARGETS = [
    ("https://contoso.azurewebsites.net", "/"),
    ("https://contoso.azurewebsites.net", "/"),
    ("https://contoso.azurewebsites.net", "/API/x"),
    ("http://contoso.azurewebsites.net", "/"),
]
CLIENT_NAMES = st.sampled_from([None, "java", *CLIENTS])
ANSWERS = st.lists(
    st.builds(
        Answer,
        node=st.sampled_from(
            [
                "settings",
                "client",
                "small",
                "when",
                "reached",
                "who-answers",
                "prompted",
                "http2",
                "uploaded",
                "nonsense",
            ]
        ),
        answer=st.sampled_from(
            [
                "after the request",
                "in-the-handshake",
                "it waits",
                "it does not wait",
                "it does",
                "it is refused",
                "x",
                "a proxy that opens TLS",
                "it is",
                "it did not",
            ]
        ),
        by=st.sampled_from(["user", "option", "evidence"]),
    ),
    max_size=2,
).map(tuple)

SITES = st.builds(
    Site,
    when=st.sampled_from(["none", "handshake", "renegotiation", "renegotiation", "post-handshake"]),
    insists=st.booleans(),
    limit=st.sampled_from([0, 102_400, 102_400, 10_000_000]),
    tls13=st.booleans(),
    tls13_asks=st.booleans(),
    free_of_certificates=st.sampled_from([(), ("/api",), ("/health",)]),
    verification=st.sampled_from([*[()] * 16, (10,), (62,), (20, 21), (62, 10)]),
    parse_error=st.sampled_from([None, "no start line", "non-hexadecimal digit", "PartialChain", "odd"]),
    waits_help=st.booleans(),
    head_helps=st.booleans(),
    refusal=st.sampled_from([403, 413]),
)


@st.composite
def sane_cases(draw: st.DrawFn, answers: bool = False) -> Case:
    """Return the case of one imagined site, with some of its observations missing or cut short."""
    host, path = draw(st.sampled_from(TARGETS))
    case = make_case(
        draw(SITES),
        path=path,
        scheme_host=host,
        config=draw(CONFIGS),
        credential=draw(CREDENTIALS),
        client=draw(CLIENT_NAMES),
        symptom=draw(st.sampled_from(SYMPTOMS)),
        insecure=draw(st.booleans()),
        debug=draw(st.booleans()),
    )
    whole = draw(st.booleans())
    ends = st.sampled_from(["keep"] if whole else ["keep"] * 6 + ["drop", "cancelled", "timeout", "reset"])
    kept = draw(st.lists(ends, min_size=len(case.observations), max_size=len(case.observations)))
    seen = tuple(_kept(one, how) for one, how in zip(case.observations, kept, strict=True) if how != "drop")
    return msgspec.structs.replace(case, observations=seen, answers=draw(ANSWERS) if answers else ())


def _kept(seen: Observation, how: str) -> Observation:
    if how == "keep":
        return seen
    error = ErrorFacts(kind=how, message="cut short")
    return msgspec.structs.replace(
        seen, outcome=how, status=None, tls=None, echo=None, judged=Judged(), exchanges=(), error=error
    )


WHENS = st.sampled_from(["handshake", "renegotiation", "post-handshake"])
TLS = st.builds(
    TlsFacts,
    version=st.sampled_from([None, "TLSv1.2", "TLSv1.3"]),
    alpn=st.sampled_from([None, "", "h2", "http/1.1"]),
    verification=st.none()
    | st.builds(
        Verification,
        ok=st.sampled_from([True, True, False]),
        trusted_by=st.sampled_from(["public", "public", "given", "system", "none"]),
        errors=st.lists(
            st.builds(
                VerificationError, code=st.sampled_from([9, 10, 18, 20, 62]), name=st.just("x"), depth=st.just(0)
            ),
            max_size=2,
        ).map(tuple),
    ),
    server_certificate=st.none() | st.builds(ServerCertificate, subject=st.text(), issuer=st.text()),
    certificate_request=st.none() | st.just("none") | WHENS,
    certificate_requests=st.lists(
        st.builds(
            CertificateRequest,
            when=WHENS,
            issuers=st.sampled_from([(), (), ("CN=ours",), ("CN=theirs",)]),
            answered=st.sampled_from([None, "certificate", "empty", "refused"]),
        ),
        max_size=2,
    ).map(tuple),
    renegotiation=st.sampled_from(["none", "completed", "refused", "failed"]),
    alerts=st.just(())
    | st.builds(
        Alert,
        at_ms=st.just(1.0),
        direction=st.sampled_from(["sent", "received"]),
        level=st.just("fatal"),
        name=st.sampled_from(["x", "protocol_version", "handshake_failure", "unknown_ca"]),
    ).map(lambda alert: (alert,)),
    client_hello_bytes=st.sampled_from([None, 517]),
    secure_renegotiation=st.sampled_from([None, True, False]),
)
ECHO = st.builds(
    Echo,
    certificate=st.none()
    | st.builds(
        ForwardedCertificate,
        encoding=st.sampled_from([None, "base64-der", "pem", "hex"]),
        matches_sent=st.sampled_from([None, True, False]),
        faults=st.sampled_from([(), (), ("truncated",), ("empty",)]),
        subject=st.sampled_from([None, "CN=partner-a"]),
        issuer=st.sampled_from([None, "CN=partner-a", "CN=issuing"]),
        not_after=st.sampled_from([None, "2025-01-01T00:00:00Z", "2030-01-01T00:00:00Z"]),
        eku=st.sampled_from([None, (), ("serverAuth",)]),
        key=st.sampled_from([None, "RSA 1024", "RSA 2048"]),
    ),
    parse_error=st.sampled_from([None, "no start line", "non-hexadecimal digit", "PartialChain", "odd"]),
    says_none=st.sampled_from([None, True, False]),
)
SAID = st.sampled_from(
    [
        "",
        "hello",
        "the certificate's thumbprint is not accepted",
        "certificate chain: PartialChain",
        "UntrustedRoot",
        "You do not have permission to view this directory or page.",
    ]
)


@st.composite
def wild_cases(draw: st.DrawFn, answers: bool = False) -> Case:
    """Return a case of which nothing need fit together."""
    host, path = draw(st.sampled_from(TARGETS))
    client = draw(CLIENT_NAMES)
    held: list[TlsChoice] = ["free", "free", "1.2"]
    own_tls = draw(st.sampled_from(held))
    own_ciphers = draw(st.sampled_from([None, None, "AES128-SHA"]))
    request = PlanRequest(
        url=host + path,
        identity="given",
        debug_path="/debug/headers",
        upload_path=path.rstrip("/") + "/up",
        client=CLIENTS.get(client or ""),
        repeat=draw(st.sampled_from([1, 2])),
        own_tls=own_tls,
        own_ciphers=own_ciphers,
        check_forgery=draw(st.booleans()),
    )
    probes = standard_plan(request).probes
    count = draw(st.integers(0, 14))
    seen = []
    for number in range(count):
        probe = draw(st.sampled_from(probes))
        turn = Exchange(
            method=probe.method,
            path=probe.path,
            continue_=Continue(state=draw(st.sampled_from(["not-asked", "received", "timed-out"]))),
            body=Body(),
            body_bytes=draw(st.sampled_from([0, 20])),
            body_excerpt=draw(SAID),
        )
        facts: dict[str, Any] = {
            "outcome": draw(st.sampled_from(typing.get_args(Outcome))),
            "awaiting": draw(st.sampled_from([None, "connect", "response-head"])),
            "status": draw(st.sampled_from([None, 200, 301, 401, 403, 404, 413, 417])),
            "tls": draw(st.none() | TLS),
            "echo": draw(st.none() | ECHO),
            "judged": Judged(
                reached_app=draw(st.sampled_from(["yes", "no", "unknown"])),
                by=draw(st.sampled_from(["edge", "app", "unknown"])),
                as_expected=draw(st.sampled_from([None, True, False])),
            ),
            "error": draw(st.none() | st.builds(ErrorFacts, kind=st.just("x"), message=st.text(max_size=20))),
        }
        at = "2026-01-01T00:00:00.000Z"
        seen.append(
            Observation(
                id=f"o{number}", attempt=draw(st.integers(1, 3)), at=at, probe=probe, exchanges=(turn,), **facts
            )
        )
    run = Run(
        id="r",
        started="2026-01-01T00:00:00.000Z",
        tool="0",
        openssl="0",
        client=client,
        symptom=draw(st.sampled_from(SYMPTOMS)),
        insecure=draw(st.booleans()),
        own_tls=own_tls,
        own_ciphers=own_ciphers,
    )
    return Case(
        run=run,
        target=Target(url=host + path),
        schema=SCHEMA,
        credential=draw(CREDENTIALS),
        configuration=draw(CONFIGS),
        observations=tuple(seen),
        answers=draw(ANSWERS) if answers else (),
    )


def any_case(answers: bool = False) -> st.SearchStrategy[Case]:
    """Return sane and wild cases, mixed."""
    return sane_cases(answers) | wild_cases(answers)
