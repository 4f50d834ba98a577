"""The oracle itself: each fault alone is the one answer, and a tool that dodges or guesses is caught."""

import pytest

from probes.lab.scenarios import scenarios
from probes.model import Also, Verdict
from tests.random_states.example import Example
from tests.random_states.judging import complaints
from tests.random_states.true_of import RULES
from tests.random_states.truth import truth

NOT_DRAWN = {
    # It takes a server that is none of the lab's front ends.
    "unsafe-legacy-renegotiation",
    # It takes the user's word of what he meant by the upload.
    "uploaded-cer-is-no-trust-list",
}
OUTCOMES = {"healthy", "inconclusive"}


def lab(part: str, **more: object) -> dict[str, object]:
    return {part: more}


ALONE = {
    "network-unreachable": Example(origin="refusing"),
    "server-certificate-wrong-host": Example(state=lab("edge", server_certificate="wrong-host")),
    "server-certificate-untrusted": Example(trusted=False),
    "server-certificate-expired": Example(state=lab("edge", server_certificate="not-yet-valid")),
    "tls-version-refused": Example(state=lab("settings", minTlsVersion="1.3"), own_tls="1.2"),
    "plain-http-request": Example(state=lab("settings", httpsOnly=False), origin="http"),
    "http-redirected": Example(origin="http"),
    "site-stopped": Example(state=lab("settings", state="Stopped")),
    "public-access-disabled": Example(state=lab("settings", publicNetworkAccess="Disabled")),
    "access-restricted": Example(state=lab("settings", ipSecurityRestrictionsDefaultAction="Deny")),
    "client-certs-disabled": Example(state=lab("settings", clientCertEnabled=False)),
    "plan-too-small": Example(state=lab("settings", clientCertEnabled=False, sku="Free")),
    "easy-auth-refused": Example(state=lab("settings", auth={"enabled": True})),
    "certificate-without-key": Example(sent="public"),
    "certificate-missing": Example(sent="none"),
    "client-sent-no-certificate": Example(state=lab("settings", clientCertMode="Optional"), sent="none"),
    "issuer-not-acceptable": Example(state=lab("edge", ca_names=["foreign"]), client="dotnet"),
    "renegotiation-refused-by-client": Example(
        state=lab("settings", clientCertMode="OptionalInteractiveUser"), client="go"
    ),
    "expect-not-awaited": Example(state=lab("settings", clientCertExclusionPaths="/health"), client="postman"),
    "curl-below-threshold": Example(state=lab("settings", clientCertExclusionPaths="/health"), client="curl"),
    "large-body-renegotiation": Example(state=lab("settings", clientCertExclusionPaths="/health")),
    "large-body-legacy-edge": Example(state=lab("edge", generation="iis")),
    "expect-blocked-on-the-way": Example(state=lab("edge", interim="refuse")),
    "app-body-limit": Example(state=lab("app", body_limit=200_000)),
    "app-reads-wrong-header": Example(state=lab("app", reads_header="X-Client-Cert")),
    "header-parsed-as-pem": Example(state=lab("app", parser="pem")),
    "header-parsed-as-hex": Example(state=lab("app", parser="hex")),
    "header-damaged": Example(state=lab("app", damage="doubled")),
    "web-config-ip-security": Example(state=lab("app", web_config_refuses=True)),
    "certificate-expired": Example(sent="expired"),
    "certificate-not-yet-valid": Example(sent="not_yet_valid"),
    "certificate-wrong-eku": Example(sent="no_client_auth"),
    "weak-certificate": Example(sent="weak"),
    "app-rejects-certificate": Example(state=lab("app", validator={"rule": "revocation"})),
    "chain-incomplete": Example(state=lab("app", validator={"rule": "chain"})),
    "self-signed-refused": Example(state=lab("app", validator={"rule": "chain"}), sent="self_signed"),
    "healthy": Example(),
}


def verdict(finding: str, *also: str) -> Verdict:
    beside = tuple(Also(finding=slug, confidence="confirmed") for slug in also)
    return Verdict(finding=finding, confidence="confirmed", also=beside)


@pytest.mark.parametrize("slug", ALONE)
def test_a_fault_alone_is_the_one_answer(slug: str) -> None:
    expected = truth(ALONE[slug])
    assert (expected.must, expected.permitted) == (slug, frozenset({slug}))
    assert slug == "healthy" or slug in expected.true
    assert complaints(verdict(slug), expected) == []


@pytest.mark.parametrize("slug", ALONE)
def test_always_inconclusive_and_always_something_else_are_caught(slug: str) -> None:
    expected = truth(ALONE[slug])
    for other in (OUTCOMES | set(RULES)) - {slug}:
        assert complaints(verdict(other), expected)


def test_what_is_not_true_beside_a_right_verdict_is_caught() -> None:
    expected = truth(ALONE["app-body-limit"])
    assert complaints(verdict("app-body-limit", "large-body-renegotiation"), expected)


def test_where_the_settings_are_not_known_inconclusive_is_honest() -> None:
    example = Example(state=lab("settings", clientCertEnabled=False), read="none")
    assert complaints(verdict("inconclusive"), truth(example)) == []
    assert complaints(verdict("healthy"), truth(example))


def test_what_stands_before_a_fault_hides_it() -> None:
    both = {"settings": {"state": "Stopped", "clientCertExclusionPaths": "/health"}}
    assert truth(Example(state=both)).permitted == {"site-stopped"}


def test_every_finding_has_its_rule() -> None:
    named = {scenario.expected_finding for scenario in scenarios().values()}
    assert set(RULES) | NOT_DRAWN | OUTCOMES >= named
    assert set(RULES) <= named
