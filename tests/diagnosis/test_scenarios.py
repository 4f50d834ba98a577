"""Each finding is the verdict where its fault is, and does not hold in the nearest state without it."""

import msgspec
import pytest

from probes.diagnosis import evaluate, unknowns, verdict
from probes.model import Case, CredentialFacts, Observation, SiteConfig
from tests.diagnosis.build import (
    DISABLED,
    EXCLUDED,
    INTERACTIVE,
    OPTIONAL,
    REQUIRED,
    Site,
    make_case,
)

NOBODY = CredentialFacts()
KEYLESS = CredentialFacts(kind="pem", faults=("key-missing",), subject="CN=partner-a")
LATE = Site(when="renegotiation", tls13=False)
PLAIN = "http://contoso.azurewebsites.net"
PEM_ERROR = "Unable to load PEM file. MalformedFraming"

FAULTY: dict[str, Case] = {
    "server-certificate-expired": make_case(Site(verification=(10,)), config=REQUIRED),
    "server-certificate-wrong-host": make_case(Site(verification=(62,))),
    "server-certificate-untrusted": make_case(Site(verification=(20, 21))),
    "plain-http-request": make_case(Site(), config=REQUIRED, scheme_host=PLAIN),
    "certificate-without-key": make_case(Site(), config=REQUIRED, credential=KEYLESS),
    "client-certs-disabled": make_case(Site(when="none", insists=False), config=DISABLED),
    "path-excluded": make_case(
        Site(when="renegotiation", tls13=False, free_of_certificates=("/api", "/health")),
        path="/API/x",
        config=msgspec.structs.replace(REQUIRED, client_cert_exclusion_paths=("/api", "/health")),
    ),
    "renegotiation-impossible-tls13": make_case(
        Site(when="renegotiation", tls13_asks=False, insists=False), config=INTERACTIVE
    ),
    "certificate-missing": make_case(Site(), config=REQUIRED, credential=NOBODY),
    "client-sent-no-certificate": make_case(Site(insists=False), config=OPTIONAL, credential=NOBODY),
    "expect-not-awaited": make_case(LATE, config=EXCLUDED, client="postman"),
    "large-body-legacy-edge": make_case(LATE, config=REQUIRED),
    "large-body-renegotiation": make_case(LATE, config=EXCLUDED),
    "header-parsed-as-pem": make_case(Site(parse_error=PEM_ERROR), config=REQUIRED),
}
CONTROLS: dict[str, Case] = {
    "server-certificate-expired": make_case(Site(), config=REQUIRED),
    "server-certificate-wrong-host": make_case(Site(verification=(20,))),
    "server-certificate-untrusted": make_case(Site(verification=(62,))),
    "plain-http-request": make_case(Site(), config=REQUIRED),
    "certificate-without-key": make_case(Site(), config=REQUIRED, credential=NOBODY),
    "client-certs-disabled": make_case(Site(), config=REQUIRED),
    "path-excluded": make_case(Site(when="renegotiation", tls13=False), path="/API/x", config=EXCLUDED),
    "renegotiation-impossible-tls13": make_case(Site(when="renegotiation", insists=False), config=INTERACTIVE),
    "certificate-missing": make_case(Site(insists=False), config=OPTIONAL, credential=NOBODY),
    "client-sent-no-certificate": make_case(Site(), config=OPTIONAL),
    "expect-not-awaited": make_case(LATE, config=EXCLUDED, client="dotnet"),
    "large-body-legacy-edge": make_case(Site(), config=REQUIRED),
    "large-body-renegotiation": make_case(Site(), config=REQUIRED),
    "header-parsed-as-pem": make_case(Site(), config=REQUIRED),
}


@pytest.mark.parametrize("slug", FAULTY)
def test_the_fault_is_the_verdict(slug: str) -> None:
    found = verdict(FAULTY[slug])
    assert found.finding == slug
    assert found.confidence == "confirmed"
    assert found.evidence
    assert found.path[-1].node
    assert "healthy" not in {other.finding for other in found.also}


@pytest.mark.parametrize("slug", CONTROLS)
def test_it_does_not_hold_without_the_fault(slug: str) -> None:
    assert evaluate(slug, CONTROLS[slug]).state == "refuted"
    assert verdict(CONTROLS[slug]).finding != slug


@pytest.mark.parametrize("config", [REQUIRED, OPTIONAL])
def test_a_site_that_works_is_healthy(config: SiteConfig) -> None:
    found = verdict(make_case(Site(insists=config is REQUIRED), config=config))
    assert (found.finding, found.confidence, found.also) == ("healthy", "confirmed", ())


def test_also_names_only_what_is_true_of_the_state() -> None:
    assert [other.finding for other in verdict(FAULTY["expect-not-awaited"]).also] == ["large-body-renegotiation"]
    assert verdict(FAULTY["large-body-legacy-edge"]).also == ()
    assert verdict(FAULTY["certificate-without-key"]).also == ()


def test_unread_settings_leave_the_finding_and_name_the_setting_as_unknown() -> None:
    case = make_case(LATE)
    assert verdict(case).finding == "large-body-renegotiation"
    assert verdict(case).confidence == "confirmed"
    assert "which setting" in unknowns(case)[0].what


def test_settings_alone_are_likely_and_the_wire_confirms() -> None:
    alone = make_case(Site(), config=DISABLED, only=())
    assert (verdict(alone).finding, verdict(alone).confidence) == ("client-certs-disabled", "likely")


def test_the_wire_alone_makes_disabled_only_likely() -> None:
    found = verdict(make_case(Site(when="none", insists=False)))
    assert (found.finding, found.confidence) == ("client-certs-disabled", "likely")


def test_settings_that_the_wire_contradicts_name_nothing() -> None:
    assert evaluate("client-certs-disabled", make_case(Site(), config=DISABLED)).state == "refuted"


def test_without_a_client_the_site_stands() -> None:
    assert evaluate("expect-not-awaited", make_case(LATE, config=EXCLUDED)).state == "unknown"


def test_a_control_that_fails_is_not_the_user() -> None:
    """The forced TLS 1.2 probes meet the limit, the user's own request over TLS 1.3 does not."""
    case = make_case(Site(when="renegotiation", tls13_asks=False, insists=False), config=INTERACTIVE)
    assert evaluate("large-body-renegotiation", case).state == "refuted"


def test_post_handshake_servers_that_are_not_app_service() -> None:
    case = make_case(Site(when="post-handshake", refusal=413, limit=131_072))
    assert verdict(case).finding == "large-body-renegotiation"


def test_an_unverified_server_suspends_everything_unless_told_to_go_on() -> None:
    case = FAULTY["large-body-renegotiation"]
    bad = FAULTY["server-certificate-untrusted"].observations[0]
    mixed = msgspec.structs.replace(case, observations=(*case.observations, _as(bad, "odd")))
    assert verdict(mixed).finding == "server-certificate-untrusted"
    assert verdict(mixed).also == ()
    assert {line.result for line in verdict(mixed).clients} == {"unknown"}
    told = msgspec.structs.replace(mixed, run=msgspec.structs.replace(mixed.run, insecure=True))
    assert verdict(told).finding == "large-body-renegotiation"
    assert verdict(told).suspended_by == "server-certificate-untrusted"


def _as(seen: Observation, name: str) -> Observation:
    return msgspec.structs.replace(seen, id=name, probe=msgspec.structs.replace(seen.probe, id=name))


def test_tls13_is_not_the_cause_where_http11_on_it_is_asked() -> None:
    case = FAULTY["renegotiation-impossible-tls13"]
    asked = make_case(Site(when="post-handshake", insists=False), config=INTERACTIVE)
    on_13 = next(seen for seen in asked.observations if seen.probe.id == "get-13")
    seen = tuple(on_13 if one.probe.id == "get-13" else one for one in case.observations)
    assert (
        evaluate("renegotiation-impossible-tls13", msgspec.structs.replace(case, observations=seen)).state
        == "refuted"
    )
    without = tuple(one for one in case.observations if one.probe.id != "get-13")
    case = msgspec.structs.replace(case, observations=without)
    assert evaluate("renegotiation-impossible-tls13", case).state == "unknown"
