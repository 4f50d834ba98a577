"""The lab's certificates are what they are called, as another program judges them."""

import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import pkcs12

from tests.lab.fixture import RunningLab
from tests.peers.need import need


def verify(lab: RunningLab, path: str) -> str:
    """Return what ``openssl verify -purpose sslclient`` says of a client certificate, chain included."""
    command = [need("openssl"), "verify", "-purpose", "sslclient", "-CAfile", lab.ready.ca, "-untrusted", path, path]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stdout + done.stderr


@pytest.mark.parametrize("name", ["certificate", "from_root"])
def test_good_client_certificates(edge: RunningLab, name: str) -> None:
    assert verify(edge, getattr(edge.ready, name)).strip().endswith(": OK")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("expired", "certificate has expired"),
        ("not_yet_valid", "certificate is not yet valid"),
        ("no_client_auth", "unsuitable certificate purpose"),
        ("self_signed", "self-signed certificate"),
        ("foreign", "unable to get local issuer certificate"),
    ],
)
def test_bad_client_certificates(edge: RunningLab, name: str, said: str) -> None:
    assert said in verify(edge, getattr(edge.ready, name))


def test_weak_certificate(edge: RunningLab) -> None:
    assert edge.ready.weak
    command = [need("openssl"), "x509", "-noout", "-text", "-in", edge.ready.weak]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "sha1WithRSAEncryption" in text
    assert "(1024 bit)" in text
    relaxed = [need("openssl"), "verify", "-auth_level", "0", "-CAfile", edge.ready.ca, "-untrusted", edge.ready.weak]
    assert subprocess.run([*relaxed, edge.ready.weak], capture_output=True, text=True).stdout.strip().endswith(": OK")


def test_files_hold_what_they_should(edge: RunningLab) -> None:
    good = Path(edge.ready.certificate).read_text()
    assert good.count("BEGIN CERTIFICATE") == 2
    assert good.count("BEGIN PRIVATE KEY") == 1
    assert edge.ready.public
    assert "PRIVATE" not in Path(edge.ready.public).read_text()
    loaded = pkcs12.load_pkcs12(Path(edge.ready.pfx).read_bytes(), edge.ready.pfx_password.encode())
    assert loaded.key is not None
    assert len(loaded.additional_certs) == 1
    with pytest.raises(ValueError):
        pkcs12.load_pkcs12(Path(edge.ready.pfx).read_bytes(), b"wrong")
