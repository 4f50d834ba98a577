"""The certificates of the test peers: two CAs, a server, and clients good, foreign, expired and of the wrong use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID as Eku
from cryptography.x509.oid import NameOID

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Holder:
    """One certificate and its key as PEM files; ``pem`` holds both, ``name`` is the subject's common name."""

    name: str
    certificate: Path
    key: Path
    pem: Path
    thumbprint_sha1: str

    @property
    def curl(self) -> list[str]:
        """The options with which curl presents this certificate."""
        return ["--cert", str(self.certificate), "--key", str(self.key)]


@dataclass(frozen=True)
class Pki:
    """Everything that the peers and their clients need; every file lies in ``folder``."""

    folder: Path
    ca: Path
    ca_name: str
    foreign_ca: Path
    server: Holder
    good: Holder
    foreign: Holder
    expired: Holder
    server_only: Holder


@dataclass(frozen=True)
class _Authority:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def make_pki(folder: Path) -> Pki:
    """Write two CAs and five certificates into ``folder`` and return where they are; P-256 keys throughout."""
    ours, theirs = _authority("Peer Test CA"), _authority("Foreign Test CA")
    ca, foreign_ca = folder / "ca.pem", folder / "foreign-ca.pem"
    ca.write_bytes(_pem(ours.certificate))
    foreign_ca.write_bytes(_pem(theirs.certificate))
    return Pki(
        folder=folder,
        ca=ca,
        ca_name="Peer Test CA",
        foreign_ca=foreign_ca,
        server=_issue(
            folder, "server", "localhost", ours, [Eku.SERVER_AUTH], hosts=("localhost", "127.0.0.1", "::1")
        ),
        good=_issue(folder, "good", "partner-a", ours, [Eku.CLIENT_AUTH]),
        foreign=_issue(folder, "foreign", "partner-b", theirs, [Eku.CLIENT_AUTH]),
        expired=_issue(folder, "expired", "partner-c", ours, [Eku.CLIENT_AUTH], days=(-30, -1)),
        server_only=_issue(folder, "server-only", "partner-d", ours, [Eku.SERVER_AUTH]),
    )


def _authority(name: str) -> _Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name(name)
    builder = (
        _builder(subject, subject, key.public_key(), (-1, 30))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
    )
    return _Authority(builder.sign(key, hashes.SHA256()), key)


def _issue(
    folder: Path,
    stem: str,
    name: str,
    authority: _Authority,
    uses: Sequence[x509.ObjectIdentifier],
    *,
    days: tuple[int, int] = (-1, 30),
    hosts: Sequence[str] = (),
) -> Holder:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        _builder(_name(name), authority.certificate.subject, key.public_key(), days)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(uses), critical=False)
    )
    if hosts:
        builder = builder.add_extension(x509.SubjectAlternativeName([_host(host) for host in hosts]), critical=False)
    certificate = builder.sign(authority.key, hashes.SHA256())
    return _write(folder, stem, name, certificate, key)


def _write(
    folder: Path, stem: str, name: str, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey
) -> Holder:
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    holder = Holder(
        name=name,
        certificate=folder / f"{stem}.crt",
        key=folder / f"{stem}.key",
        pem=folder / f"{stem}.pem",
        thumbprint_sha1=certificate.fingerprint(hashes.SHA1()).hex().upper(),
    )
    holder.certificate.write_bytes(_pem(certificate))
    holder.key.write_bytes(private)
    holder.pem.write_bytes(_pem(certificate) + private)
    return holder


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, days: tuple[int, int]
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + days[0] * _DAY)
        .not_valid_after(now + days[1] * _DAY)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
