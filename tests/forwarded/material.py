"""Certificates for the tests of this folder, made once in memory: each kind of key, a CA, and a chain of three."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
KINDS = ("rsa", "ec", "ed25519")
CLIENT = ExtendedKeyUsageOID.CLIENT_AUTH
SERVER = ExtendedKeyUsageOID.SERVER_AUTH


@lru_cache
def key(kind: str, number: int = 0) -> Any:
    """A private key; ``number`` tells several of one kind apart."""
    del number
    if kind.startswith("rsa"):
        return rsa.generate_private_key(65537, int(kind[3:] or 2048))
    return ec.generate_private_key(ec.SECP256R1()) if kind == "ec" else ed25519.Ed25519PrivateKey.generate()


def name(common: str, *more: x509.NameAttribute[str]) -> x509.Name:
    """A name with an organization whose comma must be escaped."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "DE"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Example, Inc."),
            *more,
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


@lru_cache
def leaf(
    kind: str = "rsa",
    *,
    common: str = "client",
    issuer: tuple[x509.Certificate, Any] | None = None,
    eku: tuple[ObjectIdentifier, ...] | None = (CLIENT,),
    days: tuple[int, int] = (-10, 300),
    ca: bool = False,
    digest: Any = None,
) -> x509.Certificate:
    """A certificate; self-signed unless an issuer with its key is given. ``days`` are counted from NOW."""
    own = key(kind, 0 if common.startswith("client") else hash(common))
    signer = issuer[1] if issuer else own
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(common))
        .issuer_name(issuer[0].subject if issuer else name(common))
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + timedelta(days=days[0]))
        .not_valid_after(NOW + timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("client.example")]), critical=False)
    )
    if eku is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage(list(eku)), critical=False)
    digest = digest or (None if isinstance(signer, ed25519.Ed25519PrivateKey) else hashes.SHA256())
    return builder.sign(signer, digest)


@lru_cache
def root() -> tuple[x509.Certificate, Any]:
    """A root CA with its key."""
    return leaf("ec", common="root", ca=True, eku=None), key("ec", hash("root"))


@lru_cache
def intermediate() -> tuple[x509.Certificate, Any]:
    """A CA below the root, with its key."""
    return leaf("ec", common="intermediate", issuer=root(), ca=True, eku=None), key("ec", hash("intermediate"))


def der(certificate: x509.Certificate) -> bytes:
    """The DER."""
    return certificate.public_bytes(serialization.Encoding.DER)


def pem(certificate: x509.Certificate) -> str:
    """The PEM text."""
    return certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")


@lru_cache
def with_plus(kind: str) -> x509.Certificate:
    """A certificate whose Base64 has a plus inside and padding at the end: such that each fault can show."""
    import base64

    for number in range(400):
        one = leaf(kind, common=f"client-{number % 3 * 'x'}{number}")
        text = base64.b64encode(der(one)).decode("ascii")
        if "+" in text[8:-8] and "/" in text and text.endswith("="):
            return one
    raise AssertionError("no such certificate in 400")
