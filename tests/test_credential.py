"""A client certificate loads from every usual file, and each file that cannot be used is told plainly."""

import copy
import os
import pickle
import sys
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from probes.credential import ClientCertificate, load, load_certificates, throwaway
from probes.errors import CredentialFault, PassPhraseNeeded

NOW = datetime(2026, 6, 1, tzinfo=UTC)
PHRASE = b"c0rrect horse \xc3\xa9"
Made = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


def _make(common: str, by: Made | None = None, key: object = None, **more: object) -> Made:
    own = key or ec.generate_private_key(ec.SECP256R1())
    assert isinstance(own, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)
    days = more.get("days", (-1, 100))
    assert isinstance(days, tuple)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by[0].subject if by else subject)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + timedelta(days=days[0]))
        .not_valid_after(NOW + timedelta(days=days[1]))
    )
    if eku := more.get("eku"):
        builder = builder.add_extension(x509.ExtendedKeyUsage([eku]), critical=False)  # type: ignore[list-item]
    return builder.sign(by[1] if by else own, hashes.SHA256()), own  # type: ignore[return-value]


ROOT = _make("root")
CA = _make("ca", ROOT)
LEAF = _make("client", CA, eku=ExtendedKeyUsageOID.CLIENT_AUTH)
OTHER = _make("other")


def _pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in certificates)


def _key(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, phrase: bytes | None = None) -> bytes:
    lock = serialization.BestAvailableEncryption(phrase) if phrase else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)


def _file(folder: Path, data: bytes, name: str = "client.pem") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    "data",
    [
        _key(LEAF[1]) + _pem(LEAF[0], CA[0], ROOT[0]),
        _pem(ROOT[0], CA[0], LEAF[0]) + _key(LEAF[1]),
        _pem(CA[0]) + _key(LEAF[1]) + _pem(ROOT[0], LEAF[0], CA[0]),
        b"Bag Attributes\r\n" + (_pem(LEAF[0], ROOT[0], CA[0]) + _key(LEAF[1])).replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + _pem(LEAF[0], CA[0], ROOT[0]) + _key(LEAF[1]),
        (_pem(LEAF[0], CA[0], ROOT[0]) + _key(LEAF[1])).decode().encode("utf-16"),
        b"  " + (_pem(LEAF[0], CA[0], ROOT[0]) + _key(LEAF[1])).replace(b"\n", b"\n  "),
    ],
    ids=["key first", "root first", "mixed, twice", "bag attributes, crlf", "bom", "utf-16", "indented"],
)
def test_one_pem_file_in_any_order(data: bytes, tmp_path: Path) -> None:
    found = load(_file(tmp_path, data), now=NOW)
    assert found.leaf == LEAF[0]
    assert found.chain == (CA[0], ROOT[0])
    assert found.key is not None
    assert found.key.private_numbers() == LEAF[1].private_numbers()  # type: ignore[union-attr]
    assert (found.kind, found.facts.chain, found.facts.faults) == ("pem", 2, ())
    assert found.facts.eku == ("clientAuth",)


def test_unrelated_certificates_come_last_and_none_is_lost(tmp_path: Path) -> None:
    found = load(_file(tmp_path, _pem(OTHER[0], ROOT[0], LEAF[0], CA[0]) + _key(LEAF[1])), now=NOW)
    assert (found.leaf, found.chain) == (LEAF[0], (CA[0], ROOT[0], OTHER[0]))


def test_a_renewed_ca_of_the_same_name_is_told_by_its_signature(tmp_path: Path) -> None:
    renewed = _make("ca", ROOT)
    for pair in ((renewed[0], CA[0]), (CA[0], renewed[0])):
        found = load(_file(tmp_path, _pem(*pair, LEAF[0]) + _key(LEAF[1])), now=NOW)
        assert found.chain[0] == CA[0]


def test_of_two_certificates_of_one_key_the_later_one_is_taken(tmp_path: Path) -> None:
    renewed = _make("client", CA, key=LEAF[1], days=(0, 400))
    found = load(_file(tmp_path, _pem(LEAF[0], renewed[0]) + _key(LEAF[1])), now=NOW)
    assert found.leaf == renewed[0]


def test_key_and_certificate_in_two_files(tmp_path: Path) -> None:
    cert, key = _file(tmp_path, _pem(CA[0], LEAF[0])), _file(tmp_path, _key(LEAF[1], PHRASE), "key.pem")
    assert load(cert, key, PHRASE, now=NOW).facts.faults == ()
    plain = _file(tmp_path, _key(LEAF[1]), "plain.pem")
    assert load(cert, plain, PHRASE, now=NOW).leaf == LEAF[0]
    raw = LEAF[1].private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    assert load(cert, _file(tmp_path, raw, "key.der"), now=NOW).key is not None


def test_without_a_key_the_leaf_is_the_one_that_issued_no_other(tmp_path: Path) -> None:
    found = load(_file(tmp_path, _pem(ROOT[0], CA[0], LEAF[0])), now=NOW)
    assert (found.leaf, found.key, found.facts.faults) == (LEAF[0], None, ("key-missing",))
    der = LEAF[0].public_bytes(serialization.Encoding.DER)
    assert load(_file(tmp_path, der, "client.cer"), now=NOW).facts.faults == ("key-missing",)
    assert load_certificates(_file(tmp_path, _pem(ROOT[0], CA[0], LEAF[0]))) == (LEAF[0], CA[0], ROOT[0])


def test_pfx_as_base64_as_a_vault_hands_it_out(tmp_path: Path) -> None:
    import base64

    data = pkcs12.serialize_key_and_certificates(b"x", LEAF[1], LEAF[0], [CA[0]], serialization.NoEncryption())
    found = load(_file(tmp_path, base64.encodebytes(data), "client.b64"), now=NOW)
    assert (found.kind, found.leaf, found.chain) == ("pfx", LEAF[0], (CA[0],))


WEAK = rsa.generate_private_key(65537, 1024)


@pytest.mark.parametrize(
    ("made", "faults"),
    [
        (_make("old", days=(-20, -1)), ("expired",)),
        (_make("new", days=(1, 2)), ("not-yet-valid",)),
        (_make("server", eku=ExtendedKeyUsageOID.SERVER_AUTH), ("no-client-auth",)),
        (_make("any", eku=ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE), ()),
        (_make("none"), ()),
        (_make("weak", key=WEAK), ("weak-key",)),
    ],
    ids=lambda value: str(value) if isinstance(value, tuple) and isinstance(value[0] if value else "", str) else "",
)
def test_what_is_merely_wrong_is_told_and_loading_goes_on(
    made: Made, faults: tuple[str, ...], tmp_path: Path
) -> None:
    found = load(_file(tmp_path, _pem(made[0]) + _key(made[1])), now=NOW)
    assert found.facts.faults == faults
    assert found.key is not None


def test_the_boundaries_of_validity_belong_to_it(tmp_path: Path) -> None:
    path = _file(tmp_path, _pem(LEAF[0]) + _key(LEAF[1]))
    begin, end = LEAF[0].not_valid_before_utc, LEAF[0].not_valid_after_utc
    second = timedelta(seconds=1)
    told = [load(path, now=moment).facts.faults for moment in (begin - second, begin, end, end + second)]
    assert told == [("not-yet-valid",), (), (), ("expired",)]


def _refused(path: Path, key: Path | None = None, phrase: bytes | None = None) -> CredentialFault:
    with pytest.raises(CredentialFault) as caught:
        load(path, key, phrase, now=NOW)
    message = str(caught.value)
    assert "\n" not in message
    assert "; " in message, "what to do next is missing"
    assert PHRASE.decode() not in "".join(traceback.format_exception(caught.value))
    assert caught.value.status == 2
    return caught.value


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b"\x00" * 5000, "neither PEM nor DER nor PFX"),
        (b"hello", "neither PEM nor DER nor PFX"),
        (os.urandom(3000).replace(b"\x30", b"\x31"), "neither PEM nor DER nor PFX"),
        (b"x" * (1024 * 1024 + 1), "larger than"),
        (b"-----BEGIN CERTIFICATE-----\nMIIB\n", "has no end"),
        (b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "damaged"),
        (b"-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n", "request"),
        (b"-----BEGIN OPENSSH PRIVATE KEY-----\nMIIB\n-----END OPENSSH PRIVATE KEY-----\n", "OpenSSH"),
        (b"-----BEGIN PKCS7-----\nMIIB\n-----END PKCS7-----\n", "PKCS #7"),
        (_key(LEAF[1]), "no certificate"),
        (_pem(LEAF[0]) + _key(LEAF[1]) + _key(OTHER[1]), "2 private keys"),
        (_pem(LEAF[0]) + b"-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n", "damaged"),
        (LEAF[0].public_bytes(serialization.Encoding.DER)[:-9], "no certificate and no PFX"),
        (b"\x30\x06\x02\x01\x03\x02\x01\x00", "damaged or no PFX"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_one_line(data: bytes, word: str, tmp_path: Path) -> None:
    assert word in str(_refused(_file(tmp_path, data)))


def test_paths_that_are_no_files_are_told_at_once(tmp_path: Path) -> None:
    assert "no such file" in str(_refused(tmp_path / "none.pem"))
    assert "directory" in str(_refused(tmp_path))
    assert "\\x1b" in str(_refused(tmp_path / "a\x1b[31m"))
    if sys.platform != "win32":
        os.mkfifo(tmp_path / "pipe")
        assert "pipe" in str(_refused(tmp_path / "pipe"))
        assert "device" in str(_refused(Path("/dev/zero")))
    if hasattr(os, "geteuid") and os.geteuid() != 0:
        closed = _file(tmp_path, b"x", "closed.pem")
        closed.chmod(0)
        assert "ermission" in str(_refused(closed))


def test_the_key_of_another_certificate_is_refused(tmp_path: Path) -> None:
    cert, key = _file(tmp_path, _pem(LEAF[0], CA[0])), _file(tmp_path, _key(OTHER[1]), "other.key")
    assert "another certificate" in str(_refused(cert, key))
    assert "it is a PFX" in str(_refused(cert, _file(tmp_path, b"\x30\x06\x02\x01\x03\x02\x01\x00", "x.pfx")))
    assert "no certificate and no private key" in str(_refused(cert, _file(tmp_path, _pem(LEAF[0]), "x.pem")))


def test_a_missing_and_a_wrong_pass_phrase_are_told_apart(tmp_path: Path) -> None:
    path = _file(tmp_path, _pem(LEAF[0]) + _key(LEAF[1], PHRASE))
    missing, wrong = _refused(path), _refused(path, phrase=PHRASE + b"x")
    assert isinstance(missing, PassPhraseNeeded)
    assert isinstance(wrong, PassPhraseNeeded)
    assert "no pass phrase was given" in str(missing)
    assert "the pass phrase is wrong" in str(wrong)
    assert load(path, None, PHRASE, now=NOW).key is not None


def test_the_key_is_never_shown_or_serialized(tmp_path: Path) -> None:
    found = load(_file(tmp_path, _pem(LEAF[0]) + _key(LEAF[1])), now=NOW)
    secret = f"{LEAF[1].private_numbers().private_value:x}"
    shown = f"{found!r} {found!s} {found.facts!r} {msgspec.json.encode(found.facts).decode()}"
    assert secret not in shown
    assert "PRIVATE" not in shown
    assert "CN=client" in repr(found)
    for refused in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            refused(found)
    with pytest.raises(TypeError):
        vars(found)
    with pytest.raises(TypeError):
        msgspec.json.encode(found)


def test_the_throwaway_certificate_is_new_each_time_and_for_clients() -> None:
    one, two = throwaway(), throwaway()
    assert isinstance(one, ClientCertificate)
    assert one.facts.thumbprint_sha256 != two.facts.thumbprint_sha256
    assert (one.facts.key, one.facts.eku, one.facts.faults) == ("EC P-256", ("clientAuth",), ())
    one.leaf.verify_directly_issued_by(one.leaf)
    assert one.facts.subject == one.facts.issuer
