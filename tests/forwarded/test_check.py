"""The rules judge as an app does; for the chain OpenSSL's own program is the second opinion."""

import base64
import hashlib
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from probes.forwarded import Expected, chain_and_rules, decode_whole
from probes.model import Check
from tests.forwarded.material import NOW, SERVER, der, intermediate, leaf, pem, root
from tests.peers.need import need


def _rules(
    one: x509.Certificate,
    expected: Expected | None = None,
    cas: tuple[x509.Certificate, ...] = (),
    now: datetime = NOW,
) -> dict[str, Check]:
    decoded = decode_whole(base64.b64encode(der(one)).decode())
    return {
        check.rule: check for check in chain_and_rules(decoded, expected=expected or Expected(), cas=cas, now=now)
    }


def test_a_good_certificate_passes_and_the_chain_is_unknown_without_a_ca() -> None:
    rules = _rules(leaf("ec", issuer=root(), common="client-good"))
    chain = rules.pop("chain")
    assert chain.ok is None
    assert all(check.ok for check in rules.values()), rules


@pytest.mark.parametrize(
    ("one", "broken"),
    [
        (leaf("ec", common="client-old", days=(-20, -1)), "not-after"),
        (leaf("ec", common="client-new", days=(1, 20)), "not-before"),
        (leaf("ec", common="client-eku", eku=(SERVER,)), "client-auth"),
        (leaf("rsa1024", common="weak"), "key-strength"),
    ],
    ids=["expired", "not yet", "eku", "rsa 1024"],
)
def test_each_rule_alone_fails_for_its_own_fault(one: x509.Certificate, broken: str) -> None:
    assert [rule for rule, check in _rules(one).items() if check.ok is False] == [broken]


def test_what_a_truncated_value_does_not_hold_is_unknown() -> None:
    decoded = decode_whole(base64.b64encode(der(leaf("rsa"))).decode()[:-200])
    rules = {
        check.rule: check.ok for check in chain_and_rules(decoded, expected=Expected(thumbprint="0" * 40), now=NOW)
    }
    assert rules["thumbprint"] is None
    assert rules["client-auth"] is None
    assert rules["not-after"] is True
    assert rules["key-strength"] is True


SHA1 = leaf("ec").fingerprint(hashes.SHA1()).hex()


@pytest.mark.parametrize(
    ("wanted", "ok"),
    [
        (SHA1, True),
        (SHA1.upper(), True),
        ("\u200e" + " ".join(SHA1[at : at + 2] for at in range(0, 40, 2)), True),
        (leaf("ec").fingerprint(hashes.SHA1()).hex(":"), True),
        (hashlib.sha256(der(leaf("ec"))).hexdigest(), True),
        (SHA1[::-1], False),
        ("abc", None),
    ],
    # The certificate is made anew in each process, and xdist wants the same names everywhere.
    ids=["lower", "upper", "spaced", "colons", "sha256", "other", "too-short"],
)
def test_thumbprints_compare_however_they_were_copied(wanted: str, ok: bool | None) -> None:
    assert _rules(leaf("ec"), Expected(thumbprint=wanted))["thumbprint"].ok is ok


@pytest.mark.parametrize(
    ("wanted", "ok"),
    [
        ("client", True),
        ("CN=client", True),
        ("cn = client", True),
        ("CN=client,O=Example\\, Inc.,C=DE", True),
        ('C=DE, O="Example\\, Inc.", CN=client', True),
        ("/C=DE/O=Example, Inc./CN=client", True),
        ("O=Example\\, Inc.", True),
        ("CN=Client", False),
        ("CN=clien", False),
        ("CN=client,OU=x", False),
        ("DE", False),
        ("=", False),
    ],
)
def test_names_compare_part_by_part(wanted: str, ok: bool) -> None:
    assert _rules(leaf("ec"), Expected(subject=wanted))["subject"].ok is ok


def test_the_issuer_is_compared_with_the_issuer() -> None:
    rules = _rules(leaf("ec", issuer=root(), common="client-i"), Expected(issuer="CN=root", subject="CN=root"))
    assert (rules["issuer"].ok, rules["subject"].ok) == (True, False)


CHAINS = {
    "from the root": (leaf("ec", issuer=root(), common="client-a"), (root()[0],), True),
    "intermediate missing": (leaf("ec", issuer=intermediate(), common="client-b"), (root()[0],), False),
    "with the intermediate": (
        leaf("ec", issuer=intermediate(), common="client-b"),
        (intermediate()[0], root()[0]),
        True,
    ),
    "root missing": (leaf("ec", issuer=intermediate(), common="client-b"), (intermediate()[0],), False),
    "foreign ca": (leaf("ec", issuer=root(), common="client-a"), (leaf("ec", common="foreign", ca=True),), False),
    "self-signed": (leaf("ec", common="client-self"), (root()[0],), False),
    "self-signed and trusted": (leaf("ec", common="client-self"), (leaf("ec", common="client-self"),), True),
}


@pytest.mark.parametrize("case", CHAINS)
def test_the_chain_is_judged_as_openssl_verify_judges_it(case: str, tmp_path: Path) -> None:
    one, cas, ok = CHAINS[case]
    assert _rules(one, cas=cas)["chain"].ok is ok
    (tmp_path / "leaf.pem").write_text(pem(one))
    (tmp_path / "cas.pem").write_text("".join(map(pem, cas)))
    call = [need("openssl"), "verify", "-purpose", "sslclient", "-attime", str(int(NOW.timestamp()))]
    call += ["-no-CApath", "-no-CAstore", "-CAfile", str(tmp_path / "cas.pem"), str(tmp_path / "leaf.pem")]
    told = subprocess.run(call, capture_output=True, check=False, timeout=30)
    assert (told.returncode == 0) is ok, told


def test_a_ca_of_the_same_name_with_another_key_does_not_count() -> None:
    impostor = leaf("rsa", common="root", ca=True, eku=None)
    assert impostor.subject == root()[0].subject
    assert _rules(leaf("ec", issuer=root(), common="client-a"), cas=(impostor,))["chain"].ok is False


def test_an_expired_ca_fails_the_chain_and_an_expired_leaf_does_not() -> None:
    one = leaf("ec", issuer=root(), common="client-a")
    later = _rules(one, cas=(root()[0],), now=NOW + timedelta(days=400))
    assert later["chain"].ok is False
    assert "expired" in (later["chain"].saw or "")
    old = _rules(leaf("ec", issuer=root(), common="client-old2", days=(-20, -1)), cas=(root()[0],))
    assert (old["chain"].ok, old["not-after"].ok) == (True, False)
