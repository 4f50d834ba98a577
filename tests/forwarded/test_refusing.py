"""Which rule refuses: the validators of Microsoft's samples, and what ASP.NET Core asks besides."""

import base64

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from probes.forwarded import Expected, chain_and_rules, decode_whole
from probes.forwarded.refusing import ORDER, WORDS, refusing, summary, unchecked
from probes.model import Check
from tests.forwarded.material import NOW, SERVER, der, intermediate, leaf, root

GOOD = leaf("ec", issuer=root(), common="client-good")
THUMBPRINT = GOOD.fingerprint(hashes.SHA1()).hex()
ROOT = root()[0]
ISSUER = "CN=root,O=Example\\, Inc."


def checks(one: x509.Certificate, expected: Expected, *cas: x509.Certificate) -> tuple[Check, ...]:
    decoded = decode_whole(base64.b64encode(der(one)).decode())
    return chain_and_rules(decoded, expected=expected, cas=cas, now=NOW)


SAMPLE = Expected(thumbprint=THUMBPRINT, subject="CN=client-good", issuer=ISSUER)


def test_a_certificate_that_keeps_every_rule_is_accepted() -> None:
    assert summary(checks(GOOD, SAMPLE, ROOT)) == "An app with these rules accepts it."


@pytest.mark.parametrize(
    ("one", "expected", "first"),
    [
        (GOOD, Expected(thumbprint="0" * 40, subject="CN=client-good", issuer=ISSUER), "thumbprint"),
        (GOOD, Expected(thumbprint=THUMBPRINT, subject="CN=another", issuer=ISSUER), "subject"),
        (GOOD, Expected(subject="CN=client-good", issuer="CN=root,O=Another Corp"), "issuer"),
        (leaf("ec", issuer=root(), common="client-old", days=(-20, -1)), Expected(), "not-after"),
        (leaf("ec", issuer=root(), common="client-new", days=(1, 20)), Expected(), "not-before"),
        (leaf("ec", issuer=root(), common="client-eku", eku=(SERVER,)), Expected(), "client-auth"),
        (leaf("ec", issuer=intermediate(), common="client-below"), Expected(), "chain"),
        (leaf("ec", common="client-alone"), Expected(), "chain"),
    ],
    ids=["thumbprint", "subject", "issuer", "expired", "not yet", "purpose", "no intermediate", "self-signed"],
)
def test_the_rule_that_refuses_is_named(one: x509.Certificate, expected: Expected, first: str) -> None:
    found = checks(one, expected, ROOT)
    assert [check.rule for check in refusing(found)] == [first]
    assert summary(found).startswith(f"An app with these rules refuses it by {WORDS[first]}")


def test_the_first_rule_that_a_validator_meets_comes_first() -> None:
    old = leaf("ec", issuer=root(), common="client-old", days=(-20, -1))
    found = checks(old, Expected(thumbprint="0" * 40, subject="CN=another"), ROOT)
    assert [check.rule for check in refusing(found)] == ["not-after", "subject", "thumbprint"]
    assert "would not pass either: the subject (not there: CN=another), the thumbprint." in summary(found)


def test_of_an_issuer_of_two_parts_the_missing_one_is_named() -> None:
    said = summary(checks(GOOD, Expected(issuer="CN=root,O=Another Corp"), ROOT))
    assert "not there: O=Another Corp" in said
    assert "CN=root" not in said


def test_what_could_not_be_checked_is_no_acceptance() -> None:
    found = checks(GOOD, SAMPLE)
    assert [check.rule for check in unchecked(found)] == ["chain"]
    assert summary(found) == "No rule that could be checked refuses it. Not checked: the chain."


def test_every_rule_has_a_place_and_words() -> None:
    found = checks(GOOD, SAMPLE, ROOT)
    assert {check.rule for check in found} <= set(ORDER)
    assert set(WORDS) == set(ORDER)
