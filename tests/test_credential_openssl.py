"""Files made by the openssl program in each of its encryptions; its fingerprints are the second opinion."""

import subprocess
from pathlib import Path

import pytest

from probes.credential import load
from probes.errors import CredentialFault, PassPhraseNeeded
from tests.peers.need import missing, need

PHRASE = "s3cret"
NEW_KEY = {
    "RSA 2048": ["-newkey", "rsa:2048"],
    "EC P-521": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-521"],
    "Ed25519": ["-newkey", "ed25519"],
}


class Workshop:
    """A folder with ``key.pem`` and ``cert.pem`` of one kind of key, and the openssl program to go on with."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *arguments: str) -> bytes:
        call = [need("openssl"), *arguments]
        return subprocess.run(call, capture_output=True, check=True, timeout=60, cwd=self.folder).stdout


@pytest.fixture(scope="module", params=NEW_KEY)
def workshop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    made = Workshop(tmp_path_factory.mktemp("openssl"))
    made.run(
        "req", "-x509", *NEW_KEY[request.param], "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "9",
        "-subj", "/O=Example/CN=client", "-addext", "extendedKeyUsage=clientAuth",
    )  # fmt: skip
    (made.folder / "kind").write_text(request.param)
    return made


def _legacy(workshop: Workshop) -> list[str]:
    listed = subprocess.run(
        [need("openssl"), "list", "-providers", "-provider", "legacy"], capture_output=True, check=False, timeout=30
    )
    if listed.returncode:
        missing("this openssl has no legacy provider")
    return ["-provider", "legacy", "-provider", "default"]


PFX = {
    "default": [],
    "legacy rc2-40": ["-legacy"],
    "3des": ["-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"],
    "aes-128, sha-512": ["-keypbe", "AES-128-CBC", "-certpbe", "AES-128-CBC", "-macalg", "sha512"],
    "no mac": ["-nomac"],
    "open certificates": ["-certpbe", "NONE"],
}


@pytest.mark.parametrize("form", PFX)
def test_each_encryption_of_a_pfx_opens(form: str, workshop: Workshop) -> None:
    if form.startswith("legacy"):
        _legacy(workshop)
    path = workshop.folder / f"{form}.pfx"
    workshop.run(
        "pkcs12", "-export", "-inkey", "key.pem", "-in", "cert.pem", "-out", path.name, "-passout", f"pass:{PHRASE}",
        *PFX[form],
    )  # fmt: skip
    found = load(path, None, PHRASE.encode())
    assert (found.kind, found.facts.faults) == ("pfx", ())
    for digest in ("sha1", "sha256"):
        told = workshop.run("x509", "-in", "cert.pem", "-noout", "-fingerprint", f"-{digest}").decode().strip()
        assert getattr(found.facts, f"thumbprint_{digest}") == told.partition("=")[2].replace(":", "")
    assert found.facts.key == (workshop.folder / "kind").read_text()
    for phrase in (None, b"", b"wrong"):
        with pytest.raises(PassPhraseNeeded) as caught:
            load(path, None, phrase)
        assert ("is wrong" in str(caught.value)) is (phrase == b"wrong")
        assert "damaged" in str(caught.value), "a damaged file looks the same, and the message must say so"


@pytest.mark.parametrize(
    "form", [[], ["-keypbe", "NONE", "-certpbe", "NONE", "-nomac"]], ids=["empty", "none at all"]
)
def test_a_pfx_with_an_empty_or_no_pass_phrase_opens(form: list[str], workshop: Workshop) -> None:
    path = workshop.folder / "open.pfx"
    workshop.run(
        "pkcs12", "-export", "-inkey", "key.pem", "-in", "cert.pem", "-out", path.name, "-passout", "pass:", *form
    )
    for phrase in (None, b""):
        assert load(path, None, phrase).key is not None


def test_a_pfx_without_key_and_a_damaged_one(workshop: Workshop) -> None:
    path = workshop.folder / "nokey.pfx"
    workshop.run("pkcs12", "-export", "-nokeys", "-in", "cert.pem", "-out", path.name, "-passout", f"pass:{PHRASE}")
    assert load(path, None, PHRASE.encode()).facts.faults == ("key-missing",)
    damaged = workshop.folder / "damaged.pfx"
    damaged.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(CredentialFault):
        load(damaged, None, PHRASE.encode())


PKCS8 = {
    "aes-256": ["-v2", "aes256"],
    "aes-128 sha-512": ["-v2", "aes128", "-v2prf", "hmacWithSHA512"],
    "3des": ["-v2", "des3"],
    "scrypt": ["-scrypt"],
    "pbe 3des": ["-v1", "PBE-SHA1-3DES"],
    "pbe md5 des": ["-v1", "PBE-MD5-DES"],
    "pbe rc2-40": ["-v1", "PBE-SHA1-RC2-40"],
}


@pytest.mark.parametrize("form", PKCS8)
def test_each_encryption_of_a_pkcs8_key_opens(form: str, workshop: Workshop) -> None:
    old = _legacy(workshop) if "md5" in form or "rc2" in form else []
    key = workshop.run(
        "pkcs8", "-topk8", *old, "-in", "key.pem", "-passout", f"pass:{PHRASE}", *PKCS8[form]
    )  # fmt: skip
    _opens_with_the_pass_phrase_alone(workshop, key)


@pytest.mark.parametrize("cipher", ["-aes128", "-aes256", "-des3"])
def test_each_encryption_of_a_traditional_key_opens(cipher: str, workshop: Workshop) -> None:
    if (workshop.folder / "kind").read_text() == "Ed25519":
        return  # has no traditional form (RFC 8410 section 7)
    key = workshop.run("pkey", "-traditional", cipher, "-in", "key.pem", "-passout", f"pass:{PHRASE}")
    _opens_with_the_pass_phrase_alone(workshop, key)


def _opens_with_the_pass_phrase_alone(workshop: Workshop, key: bytes) -> None:
    path = workshop.folder / "both.pem"
    path.write_bytes((workshop.folder / "cert.pem").read_bytes() + key)
    assert b"ENCRYPTED" in key
    found = load(path, None, PHRASE.encode())
    assert found.facts.key == (workshop.folder / "kind").read_text()
    for phrase, word in ((None, "no pass phrase was given"), (b"wrong", "is wrong")):
        with pytest.raises(PassPhraseNeeded, match=word):
            load(path, None, phrase)


def test_an_encryption_that_cannot_be_opened_is_said_so(workshop: Workshop) -> None:
    key = workshop.run("pkcs8", "-topk8", "-v2", "camellia128", "-in", "key.pem", "-passout", f"pass:{PHRASE}")
    path = workshop.folder / "camellia.pem"
    path.write_bytes((workshop.folder / "cert.pem").read_bytes() + key)
    with pytest.raises(CredentialFault, match="not supported; convert it"):
        load(path, None, PHRASE.encode())


def test_a_trusted_certificate_loads_without_its_trust(workshop: Workshop) -> None:
    workshop.run("x509", "-in", "cert.pem", "-trustout", "-addtrust", "clientAuth", "-out", "trusted.pem")
    data = (workshop.folder / "trusted.pem").read_bytes()
    assert b"TRUSTED" in data
    (workshop.folder / "trusted-key.pem").write_bytes(data + (workshop.folder / "key.pem").read_bytes())
    assert load(workshop.folder / "trusted-key.pem").facts.faults == ()


@pytest.mark.parametrize("digest", ["sha1", "md5"])
def test_a_weak_signature_is_a_fault_and_loads(digest: str, workshop: Workshop) -> None:
    if (workshop.folder / "kind").read_text() != "RSA 2048":
        digest = "sha1"
    if (workshop.folder / "kind").read_text() == "Ed25519":
        return  # signs without a digest of its own
    workshop.run(
        "req", "-x509", f"-{digest}", "-key", "key.pem", "-out", "weak.pem", "-subj", "/CN=weak", "-days", "9"
    )
    path = workshop.folder / "weak-both.pem"
    path.write_bytes((workshop.folder / "weak.pem").read_bytes() + (workshop.folder / "key.pem").read_bytes())
    assert load(path).facts.faults == ("weak-signature",)
