"""Apps, certificates and Expect: each finding where its fault is, and neither beside it nor without it."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from probes.diagnosis import evaluate, finding, render, verdict
from probes.diagnosis.facts import Facts
from probes.diagnosis.walk import walk
from probes.model import Case, CredentialFacts, Echo, Exchange, ForwardedCertificate, Judged, Observation, SiteConfig
from tests.diagnosis.build import EXCLUDED, GIVEN, REQUIRED, Site, make_case

LATE = Site(when="renegotiation", tls13=False)
FUNCTIONS = msgspec.structs.replace(REQUIRED, kind="functionapp,linux")
Change = Callable[[Observation], Observation]


def changed(case: Case, change: Change, wanted: Callable[[Observation], bool]) -> Case:
    seen = tuple(change(one) if wanted(one) else one for one in case.observations)
    return msgspec.structs.replace(case, observations=seen)


def answered(status: int, text: str = "", by: str = "app", **more: Any) -> Change:
    def change(seen: Observation) -> Observation:
        turn: Exchange = msgspec.structs.replace(
            seen.exchanges[-1], status=status, body_excerpt=text, body_bytes=len(text), **more
        )
        reached = {"app": "yes", "edge": "no"}.get(by, "unknown")
        judged: Judged = msgspec.structs.replace(seen.judged, reached_app=reached, by=by, as_expected=None)
        return msgspec.structs.replace(seen, status=status, exchanges=(turn,), judged=judged)

    return change


def waited(state: str) -> Change:
    def change(seen: Observation) -> Observation:
        turn = seen.exchanges[-1]
        pause = msgspec.structs.replace(turn.continue_, state=state, waited_ms=5000.0)
        return msgspec.structs.replace(seen, exchanges=(msgspec.structs.replace(turn, continue_=pause),))

    return change


def echoed(error: str | None = None, **certificate: Any) -> Change:
    facts: dict[str, Any] = {"subject": "CN=partner-a", "issuer": "CN=issuing", "encoding": "base64-der"}
    echo = Echo(
        certificate=ForwardedCertificate(header="X-ARR-ClientCert", **(facts | certificate)), parse_error=error
    )
    return lambda seen: msgspec.structs.replace(seen, echo=echo)


def own(seen: Observation) -> bool:
    return seen.probe.path == "/" and seen.probe.identity == "given"


def debug(seen: Observation) -> bool:
    return seen.probe.id == "debug"


def large(seen: Observation) -> bool:
    return seen.probe.body_bytes > 200_000 and seen.probe.identity == "given"


def mine(seen: Observation) -> bool:
    return seen.probe.identity == "given"


def healthy(config: SiteConfig = REQUIRED, credential: CredentialFacts = GIVEN, **more: Any) -> Case:
    return changed(make_case(Site(), config=config, credential=credential, **more), echoed(), debug)


def refusing(text: str, status: int = 403, **certificate: Any) -> Case:
    case = changed(healthy(), echoed(**certificate), debug)
    return changed(case, answered(status, text), own)


def on_a_kept_connection(case: Case, *, passes: bool) -> Case:
    """Add the upload of the user's client on a connection that it has used before."""
    fresh = next(seen for seen in case.observations if seen.probe.id == "as-dotnet-large")
    probe = msgspec.structs.replace(fresh.probe, id="as-dotnet-large-kept", head_first=True)
    judged = msgspec.structs.replace(fresh.judged, reached_app="yes" if passes else "no", as_expected=passes)
    kept = msgspec.structs.replace(fresh, id="kept", probe=probe, judged=judged, status=404 if passes else 403)
    return msgspec.structs.replace(case, observations=(*case.observations, kept))


SENTENCE = "You do not have permission to view this directory or page."
DATED = "the client certificate's dates are not accepted"
CHAIN = "certificate chain: PartialChain (unable to get local issuer certificate)"
SELF = "certificate chain: UntrustedRoot"
FAULTY: dict[str, Case] = {
    "functions-key-missing": changed(healthy(FUNCTIONS), answered(401, by="unknown"), own),
    "web-config-ip-security": changed(make_case(Site(), config=REQUIRED, debug=False), answered(403, SENTENCE), mine),
    "app-body-limit": changed(healthy(), answered(413, "too large"), large),
    "certificate-expired": refusing(DATED, not_after="2025-12-31T00:00:00Z"),
    "certificate-not-yet-valid": refusing(DATED, not_before="2026-02-01T00:00:00Z"),
    "certificate-wrong-eku": refusing("certificate purpose", eku=("serverAuth",)),
    "weak-certificate": refusing("certificate: key too small", key="RSA 1024"),
    "header-parsed-as-hex": changed(healthy(), echoed("non-hexadecimal number found in fromhex()"), debug),
    "header-damaged": changed(healthy(), echoed("Only base64 data is allowed", faults=("truncated",)), debug),
    "chain-incomplete": refusing(CHAIN),
    "self-signed-refused": refusing(SELF, issuer="CN=partner-a"),
    "app-rejects-certificate": refusing("the client certificate's thumbprint is not accepted"),
    "expect-blocked-on-the-way": changed(
        healthy(), waited("timed-out"), lambda seen: seen.probe.id == "post-large-wait"
    ),
    "curl-below-threshold": make_case(LATE, config=EXCLUDED, client="curl"),
    "reused-connection-hides-it": on_a_kept_connection(
        make_case(LATE, config=EXCLUDED, client="dotnet", symptom="sometimes"), passes=True
    ),
}
CONTROLS: dict[str, Case] = {
    "functions-key-missing": changed(healthy(REQUIRED), answered(401, "sign in"), own),
    "web-config-ip-security": changed(healthy(), answered(403, SENTENCE), own),
    "app-body-limit": changed(
        changed(healthy(), answered(413, "buffer"), lambda seen: seen.probe.id == "post-large-own"),
        answered(404),
        lambda seen: seen.probe.id == "post-large-wait",
    ),
    "certificate-expired": refusing(DATED, not_after="2027-12-31T00:00:00Z"),
    "certificate-not-yet-valid": refusing(DATED, not_before="2025-02-01T00:00:00Z"),
    "certificate-wrong-eku": refusing("certificate purpose", eku=("serverAuth", "clientAuth")),
    "weak-certificate": refusing("certificate", key="RSA 2048", signature="sha256WithRSAEncryption"),
    "header-parsed-as-hex": changed(healthy(), echoed("no start line"), debug),
    "header-damaged": changed(healthy(), echoed("no start line"), debug),
    "chain-incomplete": refusing(SELF, issuer="CN=partner-a"),
    "self-signed-refused": refusing(CHAIN),
    "app-rejects-certificate": changed(healthy(), echoed("no start line"), debug),
    "expect-blocked-on-the-way": changed(
        healthy(), waited("received"), lambda seen: seen.probe.id == "post-large-wait"
    ),
    "curl-below-threshold": make_case(LATE, config=EXCLUDED, client="dotnet"),
    "reused-connection-hides-it": on_a_kept_connection(
        make_case(LATE, config=EXCLUDED, client="dotnet", symptom="sometimes"), passes=False
    ),
}
WHY = ("certificate-expired", "certificate-not-yet-valid", "certificate-wrong-eku", "weak-certificate")


@pytest.mark.parametrize("slug", FAULTY)
def test_the_fault_is_the_verdict_and_the_leaf(slug: str) -> None:
    found = verdict(FAULTY[slug])
    assert (found.finding, found.confidence) == (slug, finding(slug).confidence)
    assert walk(Facts(FAULTY[slug])).leaf == slug
    also = {other.finding for other in found.also}
    if slug in (*WHY, "chain-incomplete", "self-signed-refused"):
        assert also == {"app-rejects-certificate"}
    else:
        assert also == ({"large-body-renegotiation"} if finding(slug).supersedes else set())


@pytest.mark.parametrize("slug", CONTROLS)
def test_it_does_not_hold_without_the_fault(slug: str) -> None:
    assert evaluate(slug, CONTROLS[slug]).state == "refuted"
    assert verdict(CONTROLS[slug]).finding != slug


@pytest.mark.parametrize("slug", FAULTY)
def test_the_text_speaks_of_this_case_and_verifies_by_name(slug: str) -> None:
    text = render(slug, FAULTY[slug])
    assert text.verify_command.startswith("mtls-triage verify ")
    assert f"--finding {slug}" in text.verify_command
    assert "contoso.azurewebsites.net" in text.verify_command + text.cause


def test_a_certificate_that_nobody_saw_arrive_is_only_likely() -> None:
    credential = CredentialFacts(kind="pem", subject="CN=partner-a", faults=("expired",))
    found = verdict(make_case(Site(), config=REQUIRED, credential=credential, debug=False))
    assert (found.finding, found.confidence) == ("certificate-expired", "likely")


def test_the_same_case_says_the_same_after_the_certificate_has_run_out() -> None:
    """The date of the observation counts, not today's."""
    later = changed(healthy(), echoed(not_after="2026-01-01T00:00:01Z"), debug)
    assert evaluate("certificate-expired", later).state == "refuted"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("certificate thumbprint mismatch", "the thumbprint"),
        ("issuer of the certificate is unknown to us", "the issuer"),
        ("certificate subject not on the list", "the subject"),
        ("certificate expired", "the dates"),
        ("certificate: extended key usage", "the purpose (extended key usage)"),
        ("RevocationStatusUnknown, OfflineRevocation", "the revocation check"),
        (CHAIN, "the chain to an authority"),
        ("certificate refused", "not named by the app"),
    ],
)
def test_the_rule_that_refuses_is_named(text: str, rule: str) -> None:
    case = refusing(text)
    assert evaluate("app-rejects-certificate", case).holds
    assert f"The rule that refuses: {rule}" in render("app-rejects-certificate", case).cause.replace("<", "").replace(
        ">", ""
    )


def test_an_app_that_never_got_the_header_did_not_judge_it() -> None:
    case = changed(make_case(Site(when="none", insists=False), config=REQUIRED), answered(403, DATED), own)
    assert evaluate("app-rejects-certificate", case).state == "refuted"


def test_another_way_to_sign_in_is_not_about_the_certificate() -> None:
    headers = (("www-authenticate", "Bearer"),)
    case = changed(healthy(), answered(401, "no certificate of yours here", headers=headers), own)
    assert evaluate("app-rejects-certificate", case).state == "refuted"
    assert evaluate("functions-key-missing", changed(case, lambda seen: seen, own)).state == "refuted"


def test_an_unknown_kind_of_site_leaves_the_key_open() -> None:
    case = changed(make_case(Site()), answered(401, by="unknown"), own)
    assert evaluate("functions-key-missing", case).state == "unknown"


def test_a_slow_way_is_not_a_silent_one() -> None:
    case = FAULTY["expect-blocked-on-the-way"]
    slow = changed(
        case,
        lambda seen: msgspec.structs.replace(
            seen, timing_ms=msgspec.structs.replace(seen.timing_ms, first_byte=4000.0)
        ),
        own,
    )
    assert evaluate("expect-blocked-on-the-way", slow).state == "unknown"


def test_findings_about_a_client_are_not_named_without_one() -> None:
    case = make_case(LATE, config=EXCLUDED)
    for slug in ("curl-below-threshold", "reused-connection-hides-it"):
        assert evaluate(slug, case).state == "unknown"
    assert verdict(case).finding == "large-body-renegotiation"
