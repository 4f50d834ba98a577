"""What an X.509 certificate says, as text: names, thumbprints, dates, key, purposes; shared by every stage."""

import contextlib
import hashlib
import re
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from types import MappingProxyType

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from probes.printable import printable
from probes.redact import hide_by_name

NAME_LIMIT = 2048
"""Characters of a subject or issuer that are shown."""
SAN_LIMIT = 100
"""Entries of a subjectAltName that are shown."""

UNREADABLE = (
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    OverflowError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
)
"""What reading a field of a malformed certificate may raise: fields are parsed when they are asked for."""

# RFC 4514 section 3 knows nine short names; these further ones are what OpenSSL prints (crypto/objects/objects.txt).
SHORT_NAMES = MappingProxyType(
    {
        NameOID.COMMON_NAME: "CN",
        NameOID.LOCALITY_NAME: "L",
        NameOID.STATE_OR_PROVINCE_NAME: "ST",
        NameOID.ORGANIZATION_NAME: "O",
        NameOID.ORGANIZATIONAL_UNIT_NAME: "OU",
        NameOID.COUNTRY_NAME: "C",
        NameOID.STREET_ADDRESS: "STREET",
        NameOID.DOMAIN_COMPONENT: "DC",
        NameOID.USER_ID: "UID",
        NameOID.EMAIL_ADDRESS: "emailAddress",
        NameOID.SERIAL_NUMBER: "serialNumber",
        NameOID.SURNAME: "SN",
        NameOID.GIVEN_NAME: "GN",
        NameOID.TITLE: "title",
    }
)
# RFC 5280 section 4.2.1.12; the last is Microsoft's smart card logon.
EKU_NAMES = MappingProxyType(
    {
        ExtendedKeyUsageOID.CLIENT_AUTH: "clientAuth",
        ExtendedKeyUsageOID.SERVER_AUTH: "serverAuth",
        ExtendedKeyUsageOID.CODE_SIGNING: "codeSigning",
        ExtendedKeyUsageOID.EMAIL_PROTECTION: "emailProtection",
        ExtendedKeyUsageOID.TIME_STAMPING: "timeStamping",
        ExtendedKeyUsageOID.OCSP_SIGNING: "OCSPSigning",
        ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE: "anyExtendedKeyUsage",
        ExtendedKeyUsageOID.SMARTCARD_LOGON: "smartcardLogon",
    }
)
# RFC 8017 appendix C, RFC 5758 section 3, RFC 8410 section 3.
SIGNATURE_NAMES = MappingProxyType(
    {
        "1.2.840.113549.1.1.2": "md2WithRSAEncryption",
        "1.2.840.113549.1.1.4": "md5WithRSAEncryption",
        "1.2.840.113549.1.1.5": "sha1WithRSAEncryption",
        "1.2.840.113549.1.1.10": "rsassaPss",
        "1.2.840.113549.1.1.11": "sha256WithRSAEncryption",
        "1.2.840.113549.1.1.12": "sha384WithRSAEncryption",
        "1.2.840.113549.1.1.13": "sha512WithRSAEncryption",
        "1.2.840.113549.1.1.14": "sha224WithRSAEncryption",
        "1.2.840.10040.4.3": "dsa-with-SHA1",
        "1.2.840.10045.4.1": "ecdsa-with-SHA1",
        "1.2.840.10045.4.3.1": "ecdsa-with-SHA224",
        "1.2.840.10045.4.3.2": "ecdsa-with-SHA256",
        "1.2.840.10045.4.3.3": "ecdsa-with-SHA384",
        "1.2.840.10045.4.3.4": "ecdsa-with-SHA512",
        "1.3.101.112": "Ed25519",
        "1.3.101.113": "Ed448",
    }
)
_NUMBER = re.compile(r"[0-9]{1,6}")
_NIST_CURVES = MappingProxyType(
    {"secp192r1": "P-192", "secp224r1": "P-224", "secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}
)


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Keep the warnings that cryptography prints about odd certificates off the user's terminal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def parse_der(der: bytes) -> x509.Certificate | None:
    """Return the certificate, or None where cryptography refuses these bytes; never raises."""
    with quietly(), contextlib.suppress(*UNREADABLE):
        return x509.load_der_x509_certificate(der)
    return None


def der_of(certificate: x509.Certificate) -> bytes:
    """Return the DER encoding."""
    return certificate.public_bytes(serialization.Encoding.DER)


def name_text(name: x509.Name) -> str:
    """Return the name as an RFC 4514 string, printable and at most :data:`NAME_LIMIT` characters.

    A name may hold an address with a key in it (function key, shared access signature): the key is left out.
    """
    return printable(hide_by_name(name.rfc4514_string(dict(SHORT_NAMES))), limit=NAME_LIMIT)


def thumbprints(der: bytes) -> tuple[str, str]:
    """Return the SHA-1 and the SHA-256 thumbprint in upper-case hex; SHA-1 is what the Azure portal shows."""
    return (
        hashlib.sha1(der, usedforsecurity=False).hexdigest().upper(),
        hashlib.sha256(der).hexdigest().upper(),
    )


def utc_text(moment: datetime) -> str:
    """Return an aware time as ISO 8601 in UTC, to the second, with ``Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment.year >= 1000 else _early(moment)


def _early(moment: datetime) -> str:
    return moment.replace(tzinfo=None, microsecond=0).isoformat() + "Z"


def serial_text(number: int) -> str:
    """Return a serial number as ``openssl x509 -serial`` prints it: upper-case hex, an even count of digits."""
    digits = f"{abs(number):X}"
    return ("-" if number < 0 else "") + digits.rjust(len(digits) + len(digits) % 2, "0")


def key_text(key: object) -> str:
    """Return the kind and strength of a public or private key: ``RSA 2048``, ``EC P-256``, ``Ed25519``."""
    match key:
        case rsa.RSAPublicKey() | rsa.RSAPrivateKey():
            return f"RSA {key.key_size}"
        case ec.EllipticCurvePublicKey() | ec.EllipticCurvePrivateKey():
            return f"EC {_NIST_CURVES.get(key.curve.name, key.curve.name)}"
        case ed25519.Ed25519PublicKey() | ed25519.Ed25519PrivateKey():
            return "Ed25519"
        case ed448.Ed448PublicKey() | ed448.Ed448PrivateKey():
            return "Ed448"
        case dsa.DSAPublicKey() | dsa.DSAPrivateKey():
            return f"DSA {key.key_size}"
    return type(key).__name__.removesuffix("PublicKey").removesuffix("PrivateKey")


def weak_key(text: str | None) -> bool:
    """Say whether a key, as :func:`key_text` names it, is below 112 bits of strength (NIST SP 800-57 part 1)."""
    kind, _, size = (text or "").partition(" ")
    bits = _NUMBER.search(size)
    if bits is None:
        return False
    return int(bits[0]) < (224 if kind == "EC" else 2048)


def weak_signature(name: str | None) -> bool:
    """Say whether a signature algorithm rests on MD2, MD5 or SHA-1 (RFC 9155 deprecates both in TLS 1.2)."""
    lowered = (name or "").lower()
    return any(weak in lowered for weak in ("md2", "md5", "sha1with", "with-sha1"))


def signature_text(certificate: x509.Certificate) -> str:
    """Return the signature algorithm's name as in RFC 8017 or RFC 5758; unknown ones as a dotted number."""
    dotted = certificate.signature_algorithm_oid.dotted_string
    return SIGNATURE_NAMES.get(dotted, dotted)


def eku_text(purpose: ObjectIdentifier) -> str:
    """Return the name of an extended key usage, or its dotted number."""
    return EKU_NAMES.get(purpose, purpose.dotted_string)


def eku_names(certificate: x509.Certificate) -> tuple[str, ...] | None:
    """Return the extended key usages, None where the extension is absent: every purpose is allowed then.

    Raises one of :data:`UNREADABLE` when the extensions cannot be read.
    """
    with quietly():
        try:
            usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        except x509.ExtensionNotFound:
            return None
        except x509.DuplicateExtension as fault:
            raise ValueError(str(fault)) from fault
    return tuple(eku_text(purpose) for purpose in usage)


def san_names(certificate: x509.Certificate) -> tuple[str, ...]:
    """Return the subject alternative names, each with its kind in front, as ``DNS:example.com``.

    Raises one of :data:`UNREADABLE` when the extensions cannot be read.
    """
    with quietly():
        try:
            names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        except x509.ExtensionNotFound:
            return ()
        except (x509.DuplicateExtension, x509.UnsupportedGeneralNameType) as fault:
            raise ValueError(str(fault)) from fault
    listed = (hide_by_name(_general_name(name)) for name, _ in zip(names, range(SAN_LIMIT), strict=False))
    return tuple(printable(name, limit=500) for name in listed)


def _general_name(name: x509.GeneralName) -> str:
    match name:
        case x509.DNSName():
            return f"DNS:{name.value}"
        case x509.IPAddress():
            return f"IP:{name.value}"
        case x509.RFC822Name():
            return f"email:{name.value}"
        case x509.UniformResourceIdentifier():
            return f"URI:{name.value}"
        case x509.DirectoryName():
            return f"dirName:{name_text(name.value)}"
        case x509.OtherName():
            return _other_name(name)
    return f"{type(name).__name__}:{getattr(name, 'value', '')}"


def _other_name(name: x509.OtherName) -> str:
    # szOID_NT_PRINCIPAL_NAME of wincrypt.h: the user principal name, a UTF8String.
    value = name.value
    if name.type_id.dotted_string == "1.3.6.1.4.1.311.20.2.3" and value[:1] == b"\x0c" and len(value) < 130:
        return f"UPN:{value[2:].decode('utf-8', 'replace')}"
    return f"otherName:{name.type_id.dotted_string}"


def may_authenticate_clients(eku: tuple[str, ...] | None) -> bool:
    """Say whether these purposes permit client authentication (RFC 5280 section 4.2.1.12); None is no limit."""
    return eku is None or "clientAuth" in eku or "anyExtendedKeyUsage" in eku
