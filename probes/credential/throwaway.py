"""A self-signed certificate for comparison: what does the site do with one that nobody knows?"""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from probes.credential.facts import facts_of
from probes.credential.value import ClientCertificate

LIFE = timedelta(days=1)
SKEW = timedelta(hours=1)
"""Begins this long before now: the site's clock may be behind ours."""


def throwaway() -> ClientCertificate:
    """Make a new P-256 certificate for client authentication; its key never leaves memory."""
    now = datetime.now(UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mtls-triage comparison")])
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    leaf = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SKEW)
        .not_valid_after(now + LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    facts = facts_of(leaf, kind="pem", has_key=True, chain=(), now=now)
    return ClientCertificate(leaf=leaf, chain=(), key=key, kind="pem", facts=facts)
