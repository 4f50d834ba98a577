"""The openssl program as a second opinion on every field that it prints."""

import base64
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from probes.forwarded import decode
from tests.peers.need import need

NEW_KEY = {
    "rsa": ["-newkey", "rsa:2048"],
    "ec": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"],
    "ed25519": ["-newkey", "ed25519"],
}
SUBJECT = "/C=DE/O=Exämple, Inc./OU=a+b/CN=client/emailAddress=a@b.example"


def _openssl(*arguments: str, cwd: Path) -> str:
    call = [need("openssl"), *arguments]
    return subprocess.run(call, capture_output=True, check=True, timeout=60, cwd=cwd, text=True).stdout


@pytest.mark.parametrize("kind", NEW_KEY)
def test_fields_are_those_that_openssl_prints(kind: str, tmp_path: Path) -> None:
    more = [
        "-addext",
        "extendedKeyUsage=clientAuth,emailProtection",
        "-addext",
        "subjectAltName=DNS:a.example,IP:::1",
    ]
    _openssl(
        "req", "-x509", *NEW_KEY[kind], "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "9", "-utf8",
        "-subj", SUBJECT, *more, cwd=tmp_path,
    )  # fmt: skip

    def told(*options: str) -> str:
        text = _openssl("x509", "-in", "cert.pem", "-noout", *options, cwd=tmp_path).strip()
        return text.partition("=")[2] if "-text" not in options else text

    _openssl("x509", "-in", "cert.pem", "-outform", "der", "-out", "cert.der", cwd=tmp_path)
    found = decode(base64.b64encode((tmp_path / "cert.der").read_bytes()).decode())
    assert found.faults == ()
    assert found.thumbprint_sha1 == told("-fingerprint", "-sha1").replace(":", "")
    assert found.thumbprint_sha256 == told("-fingerprint", "-sha256").replace(":", "")
    assert found.serial == told("-serial")
    assert found.subject == told("-subject", "-nameopt", "RFC2253,-esc_msb,utf8")
    assert found.issuer == told("-issuer", "-nameopt", "RFC2253,-esc_msb,utf8")
    ends = datetime.strptime(told("-enddate"), "%b %d %H:%M:%S %Y %Z").replace(tzinfo=UTC)
    assert found.not_after == ends.strftime("%Y-%m-%dT%H:%M:%SZ")
    text = told("-text")
    assert f"Signature Algorithm: {found.signature}".lower() in text.lower()
    assert (found.san, found.eku) == (("DNS:a.example", "IP:::1"), ("clientAuth", "emailProtection"))
    assert "DNS:a.example, IP Address:0:0:0:0:0:0:0:1" in text
    assert found.key == {"rsa": "RSA 2048", "ec": "EC P-384", "ed25519": "Ed25519"}[kind]
