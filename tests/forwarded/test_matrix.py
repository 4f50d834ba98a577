"""Every encoding with every fault and every kind of key: the fault is named and the fields are still read."""

import base64
import hashlib
import re
from collections.abc import Callable
from urllib.parse import quote, quote_plus, unquote_plus

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from probes.forwarded import decode
from probes.model import ForwardedCertificate
from tests.forwarded.material import KINDS, der, leaf, pem, with_plus


def _b64(one: x509.Certificate) -> str:
    return base64.b64encode(der(one)).decode("ascii")


def _xfcc(one: x509.Certificate) -> str:
    digest = hashlib.sha256(der(one)).hexdigest()
    return f'By=spiffe://mesh/app;Hash={digest};Cert="{quote(pem(one), safe="")}";Subject="CN=client";URI=spiffe://c'


def _lines(text: str, width: int, gap: str) -> str:
    return gap.join(text[at : at + width] for at in range(0, len(text), width))


CLEAN: dict[str, tuple[str, Callable[[x509.Certificate], str]]] = {
    "base64": ("base64-der", _b64),
    "base64 over lines": ("base64-der", lambda one: _lines(_b64(one), 76, "\n")),
    "base64 with blanks for line ends": ("base64-der", lambda one: _lines(_b64(one), 64, " ")),
    "pem": ("pem", pem),
    "pem crlf": ("pem", lambda one: pem(one).replace("\n", "\r\n")),
    "pem with blanks": ("pem", lambda one: pem(one).strip().replace("\n", " ")),
    "pem without line ends": ("pem", lambda one: pem(one).replace("\n", "")),
    "url-encoded pem": ("url-encoded-pem", lambda one: quote(pem(one), safe="")),
    "url-encoded pem, + / = kept": ("url-encoded-pem", lambda one: quote(pem(one), safe="+/=")),
    "form-encoded pem": ("url-encoded-pem", lambda one: quote_plus(pem(one))),
    "hex": ("hex", lambda one: der(one).hex()),
    "hex upper with colons": ("hex", lambda one: der(one).hex(":").upper()),
    "hex with blanks": ("hex", lambda one: der(one).hex(" ")),
    "hex 0x": ("hex", lambda one: "0x" + der(one).hex()),
    "xfcc": ("xfcc", _xfcc),
    "xfcc chain": ("xfcc", lambda one: f'Hash=00;Chain="{quote(pem(one) + pem(leaf("ec", common="ca")), safe="")}"'),
    "xfcc of two proxies": ("xfcc", lambda one: f"{_xfcc(one)},By=spiffe://mesh/b;Hash={'0' * 64}"),
    "rfc 9440": ("rfc9440", lambda one: f":{_b64(one)}:"),
}

FAULTY: dict[str, tuple[str, set[str], Callable[[x509.Certificate], str]]] = {
    "quoted": ("base64-der", {"quoted"}, lambda one: f'"{_b64(one)}"'),
    "quoted with comma": ("base64-der", {"quoted"}, lambda one: f"'{_b64(one)}',"),
    "python bytes": ("base64-der", {"quoted"}, lambda one: repr(_b64(one).encode())),
    "plus": ("base64-der", {"plus-became-space"}, lambda one: _b64(one).replace("+", " ")),
    "plus in pem": ("pem", {"plus-became-space"}, lambda one: unquote_plus(quote(pem(one), safe="+/="))),
    "plus in pem on one line": (
        "pem",
        {"plus-became-space"},
        lambda one: pem(one).strip().replace("\n", " ").replace("+", " "),
    ),
    "padding": ("base64-der", {"padding-missing"}, lambda one: _b64(one).rstrip("=")),
    "base64url": ("base64-der", {"base64url"}, lambda one: base64.urlsafe_b64encode(der(one)).decode()),
    "base64url bare": (
        "base64-der",
        {"base64url", "padding-missing"},
        lambda one: base64.urlsafe_b64encode(der(one)).decode().rstrip("="),
    ),
    "url-encoded": ("base64-der", {"url-encoded"}, lambda one: quote(_b64(one), safe="")),
    "url-encoded twice": (
        "url-encoded-pem",
        {"url-encoded-twice"},
        lambda one: quote(quote(pem(one), safe=""), safe=""),
    ),
    "doubled": ("base64-der", {"doubled"}, lambda one: _b64(one) * 2),
    "doubled with comma": ("base64-der", {"doubled"}, lambda one: f"{_b64(one)}, {_b64(one)}"),
    "doubled pem": ("pem", {"doubled"}, lambda one: pem(one) * 2),
    "doubled hex": ("hex", {"doubled"}, lambda one: der(one).hex() * 2),
    "two": ("base64-der", {"two-certificates"}, lambda one: f"{_b64(one)},{_b64(leaf('ec', common='other'))}"),
    "two in der": (
        "base64-der",
        {"two-certificates"},
        lambda one: base64.b64encode(der(one) + der(leaf("ec", common="other"))).decode(),
    ),
    "two pem": ("pem", {"two-certificates"}, lambda one: pem(one) + pem(leaf("ec", common="other"))),
    "folded": ("base64-der", {"folded"}, lambda one: _lines(_b64(one), 120, "\r\n ")),
    "folded pem": ("pem", {"folded"}, lambda one: pem(one).strip().replace("\n", "\n\t")),
    "escaped line ends": ("pem", {"escaped-line-breaks"}, lambda one: pem(one).replace("\n", "\\n")),
    "json escapes": (
        "base64-der",
        {"json-escaped"},
        lambda one: _b64(one).replace("+", "\\u002B").replace("/", "\\/"),
    ),
    "html escapes": ("base64-der", {"html-escaped"}, lambda one: _b64(one).replace("+", "&#x2B;")),
    "foreign": ("base64-der", {"illegal-characters"}, lambda one: f"{_b64(one)[:90]}*{_b64(one)[90:]}"),
    "trailing": ("base64-der", {"trailing-data"}, lambda one: base64.b64encode(der(one) + b"\x01\x02").decode()),
    "wrong hash": ("xfcc", {"hash-mismatch"}, lambda one: re.sub("Hash=[0-9a-f]+", f"Hash={'1' * 64}", _xfcc(one))),
}

CUT: dict[str, tuple[str, Callable[[x509.Certificate], str]]] = {
    "base64": ("base64-der", lambda one: _b64(one)[: len(_b64(one)) - 41]),
    "base64 shown shortened": ("base64-der", lambda one: _b64(one)[: len(_b64(one)) - 40] + "..."),
    "pem": ("pem", lambda one: pem(one)[: len(pem(one)) - 90]),
    "pem after the last line": ("pem", lambda one: pem(one).partition("-----END")[0][:-12]),
    "hex": ("hex", lambda one: der(one).hex()[:-33]),
    "rfc 9440": ("rfc9440", lambda one: f":{_b64(one)}:"[:-40]),
    "url-encoded pem": ("url-encoded-pem", lambda one: quote(pem(one), safe="")[:-99]),
    "xfcc": ("xfcc", lambda one: _xfcc(one).partition("Subject")[0][:-99]),
}


def _same_fields(found: ForwardedCertificate, one: x509.Certificate) -> None:
    assert found.serial == f"{one.serial_number:X}".rjust(len(found.serial or ""), "0")
    assert found.subject is not None
    assert "O=Example\\, Inc.,C=DE" in found.subject
    assert found.not_before == one.not_valid_before_utc.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert found.not_after == one.not_valid_after_utc.strftime("%Y-%m-%dT%H:%M:%SZ")


def _whole(found: ForwardedCertificate, one: x509.Certificate) -> None:
    _same_fields(found, one)
    assert found.thumbprint_sha1 == one.fingerprint(hashes.SHA1()).hex().upper()
    assert found.thumbprint_sha256 == one.fingerprint(hashes.SHA256()).hex().upper()
    assert found.matches_sent is True
    assert found.eku == ("clientAuth",)
    assert found.san == ("DNS:client.example",)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", CLEAN)
def test_a_known_form_has_no_fault(case: str, kind: str) -> None:
    encoding, write = CLEAN[case]
    one = with_plus(kind)
    found = decode(write(one), "X-ARR-ClientCert", one)
    assert (found.encoding, found.faults) == (encoding, ())
    _whole(found, one)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", FAULTY)
def test_a_fault_is_named_and_costs_no_field(case: str, kind: str) -> None:
    encoding, faults, write = FAULTY[case]
    one = with_plus(kind)
    found = decode(write(one), "X-ARR-ClientCert", one)
    assert (found.encoding, set(found.faults)) == (encoding, faults)
    _whole(found, one)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", CUT)
def test_a_cut_value_is_truncated_and_gives_what_is_there(case: str, kind: str) -> None:
    encoding, write = CUT[case]
    one = with_plus(kind)
    found = decode(write(one), "X-ARR-ClientCert", one)
    assert found.encoding == encoding
    assert "truncated" in found.faults
    assert not {"padding-missing", "not-a-certificate", "malformed"} & set(found.faults)
    _same_fields(found, one)
    assert found.thumbprint_sha1 is None
    # An XFCC element states the hash beside the certificate; without one nothing can be compared.
    assert found.matches_sent is (True if encoding == "xfcc" else None)
    assert found.eku is None


def test_key_and_signature_are_named_in_the_terms_of_the_field() -> None:
    named = {kind: decode(_b64(leaf(kind))) for kind in KINDS}
    assert {kind: found.key for kind, found in named.items()} == {
        "rsa": "RSA 2048",
        "ec": "EC P-256",
        "ed25519": "Ed25519",
    }
    assert named["rsa"].signature == "sha256WithRSAEncryption"
    assert named["ec"].signature == "ecdsa-with-SHA256"


def test_traefik_writes_bare_url_encoded_base64_by_design() -> None:
    one = with_plus("ec")
    value = quote(_b64(one), safe="")
    assert decode(value, "X-Forwarded-Tls-Client-Cert", one).faults == ()
    assert decode(value, "X-ARR-ClientCert", one).faults == ("url-encoded",)


def test_another_certificate_than_was_sent_does_not_match() -> None:
    assert decode(_b64(leaf("rsa")), None, leaf("ec")).matches_sent is False
    assert decode(_b64(leaf("rsa"))).matches_sent is None


@pytest.mark.parametrize(
    ("value", "faults"),
    [
        ("", ("empty",)),
        (" \t", ("empty",)),
        ("(null)", ("placeholder",)),
        ("None", ("placeholder",)),
        ("[object Object]", ("placeholder",)),
        ("hello world", ("not-a-certificate",)),
        ("A" * 5000, ("not-a-certificate",)),
        ("30820122300d06092a864886f70d01010105000382010f00", ("truncated", "not-a-certificate")),
        ("CN=client, O=Example", ("subject-only",)),
        ("AA" * 20, ("thumbprint-only",)),
        ("-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----", ("private-key",)),
    ],
)
def test_what_is_no_certificate_is_told_apart(value: str, faults: tuple[str, ...]) -> None:
    assert decode(value).faults == faults


def test_a_thumbprint_alone_still_says_whether_it_is_ours() -> None:
    one = leaf("ec")
    assert decode(one.fingerprint(hashes.SHA1()).hex(":"), None, one).matches_sent is True
    assert decode(one.fingerprint(hashes.SHA256()).hex(), None, leaf("rsa")).matches_sent is False


def test_xfcc_without_the_certificate_gives_what_the_element_says() -> None:
    one = leaf("ec")
    digest = hashlib.sha256(der(one)).hexdigest()
    found = decode(f'Hash={digest};Subject="CN=a,O=\\"b\\"";URI=spiffe://x;DNS=y', None, one)
    assert found.faults == ("hash-only",)
    assert found.matches_sent is True
    assert (found.subject, found.san) == ('CN=a,O="b"', ("URI:spiffe://x", "DNS:y"))
