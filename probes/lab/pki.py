"""The lab's own public-key infrastructure: certificate authorities, server and client certificates, in memory."""

import datetime as dt
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from probes.lab import weak

DAY = dt.timedelta(days=1)
_CLIENT = (ExtendedKeyUsageOID.CLIENT_AUTH,)
_SERVER = (ExtendedKeyUsageOID.SERVER_AUTH,)


class Issued:
    """A certificate with its private key and the certificates above it, leaf's issuer first, the root left out.

    ``repr`` shows the subject only: the key never reaches a log or an exception.
    """

    def __init__(
        self, certificate: x509.Certificate, key: rsa.RSAPrivateKey, chain: tuple[x509.Certificate, ...] = ()
    ) -> None:
        self.certificate = certificate
        self.key = key
        self.chain = chain

    def __repr__(self) -> str:
        return f"<Issued {self.certificate.subject.rfc4514_string()}>"


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "mtls-triage lab"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def new_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    """Return a new RSA key; the platform's own certificates are RSA, so the cipher suites of the lab match."""
    return rsa.generate_private_key(65537, bits)


def issue(
    common_name: str,
    issuer: Issued | None,
    key: rsa.RSAPrivateKey,
    *,
    days: tuple[int, int] = (-1, 30),
    usages: tuple[x509.ObjectIdentifier, ...] = (),
    hosts: tuple[str, ...] = (),
    ca: bool = False,
    sha1: bool = False,
) -> Issued:
    """Return a certificate for ``key``, valid from and to ``days`` from now; ``issuer`` None signs itself."""
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    signer = issuer.key if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(common_name))
        .issuer_name(issuer.certificate.subject if issuer else _name(common_name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + days[0] * DAY)
        .not_valid_after(now + days[1] * DAY)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_key_usage(ca), critical=True)
    )
    if issuer:
        aki = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
        builder = builder.add_extension(aki, critical=False)
    if usages:
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
    if hosts:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([_general_name(h) for h in hosts]), critical=False
        )
    certificate = builder.sign(signer, hashes.SHA256())
    if sha1:
        certificate = weak.signed_with_sha1(certificate, signer)
    above = (issuer.certificate, *issuer.chain) if issuer and not _is_root(issuer) else ()
    return Issued(certificate, key, above)


def _is_root(issued: Issued) -> bool:
    return issued.certificate.subject == issued.certificate.issuer


def _key_usage(ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        key_encipherment=not ca,
        key_cert_sign=ca,
        crl_sign=ca,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


class Pki:
    """All certificates of one lab. Keys are shared where nobody can tell, because making one takes tens of ms.

    ``servers`` has the edge's certificates by the names of ``edge.server_certificate``, and ``default`` for a name
    that is not bound; ``clients`` has the client certificates by what is wrong with them, ``good`` for nothing.
    """

    HOSTS = ("localhost", "staging.localhost", "127.0.0.1", "::1")

    def __init__(self) -> None:
        ca_key, leaf_key, foreign_key = new_key(), new_key(), new_key()
        self.root = issue("mtls-triage lab root CA", None, ca_key, days=(-400, 400), ca=True)
        self.intermediate = issue("mtls-triage lab issuing CA", self.root, new_key(), days=(-400, 400), ca=True)
        self.foreign_root = issue("Foreign root CA", None, foreign_key, days=(-400, 400), ca=True)
        self.servers = self._servers(leaf_key)
        self.clients = self._clients(new_key())

    def _servers(self, key: rsa.RSAPrivateKey) -> dict[str, Issued]:
        hosts, by = self.HOSTS, self.intermediate
        return {
            "good": issue("localhost", by, key, usages=_SERVER, hosts=hosts),
            "expired": issue("localhost", by, key, usages=_SERVER, hosts=hosts, days=(-60, -2)),
            "not-yet-valid": issue("localhost", by, key, usages=_SERVER, hosts=hosts, days=(2, 60)),
            "wrong-host": issue("elsewhere.test", by, key, usages=_SERVER, hosts=("elsewhere.test",)),
            "untrusted": issue("localhost", self.foreign_root, key, usages=_SERVER, hosts=hosts),
            "self-signed": issue("localhost", None, key, usages=_SERVER, hosts=hosts),
            "default": issue("*.default.test", by, key, usages=_SERVER, hosts=("*.default.test",)),
        }

    def _clients(self, key: rsa.RSAPrivateKey) -> dict[str, Issued]:
        by = self.intermediate
        return {
            "good": issue("lab client", by, key, usages=_CLIENT),
            "from_root": issue("lab client from the root", self.root, key, usages=_CLIENT),
            "expired": issue("lab client, expired", by, key, usages=_CLIENT, days=(-60, -2)),
            "not_yet_valid": issue("lab client, not yet valid", by, key, usages=_CLIENT, days=(2, 60)),
            "no_client_auth": issue("lab client, no clientAuth", by, key, usages=_SERVER),
            "weak": issue("lab client, weak", by, new_key(1024), usages=_CLIENT, sha1=True),
            "self_signed": issue("lab client, self-signed", None, key, usages=_CLIENT),
            "foreign": issue("foreign client", self.foreign_root, key, usages=_CLIENT),
            "service_principal": issue("lab service principal", None, key, usages=_CLIENT),
        }
