"""Reads TLS handshake messages and alerts from their bytes; total: never raises on what a server sends."""

from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from probes.model import Value
from probes.printable import printable
from probes.redact import hide_by_name

# RFC 8446 section 4 and RFC 5246 section 7.4.
HANDSHAKE_NAMES = {
    0: "HelloRequest",
    1: "ClientHello",
    2: "ServerHello",
    4: "NewSessionTicket",
    8: "EncryptedExtensions",
    11: "Certificate",
    12: "ServerKeyExchange",
    13: "CertificateRequest",
    14: "ServerHelloDone",
    15: "CertificateVerify",
    16: "ClientKeyExchange",
    20: "Finished",
    22: "CertificateStatus",
    24: "KeyUpdate",
}
HELLO_REQUEST, CLIENT_HELLO, SERVER_HELLO, CERTIFICATE, CERTIFICATE_REQUEST = 0, 1, 2, 11, 13
CERTIFICATE_VERIFY, FINISHED = 15, 20

# IANA, TLS Alerts registry.
ALERT_NAMES = {
    0: "close_notify",
    10: "unexpected_message",
    20: "bad_record_mac",
    22: "record_overflow",
    30: "decompression_failure",
    40: "handshake_failure",
    41: "no_certificate",
    42: "bad_certificate",
    43: "unsupported_certificate",
    44: "certificate_revoked",
    45: "certificate_expired",
    46: "certificate_unknown",
    47: "illegal_parameter",
    48: "unknown_ca",
    49: "access_denied",
    50: "decode_error",
    51: "decrypt_error",
    52: "too_many_cids_requested",
    60: "export_restriction",
    70: "protocol_version",
    71: "insufficient_security",
    80: "internal_error",
    86: "inappropriate_fallback",
    90: "user_canceled",
    100: "no_renegotiation",
    109: "missing_extension",
    110: "unsupported_extension",
    112: "unrecognized_name",
    113: "bad_certificate_status_response",
    115: "unknown_psk_identity",
    116: "certificate_required",
    120: "no_application_protocol",
    121: "ech_required",
}

# IANA, TLS SignatureScheme registry; the TLS 1.2 pairs share its numbers.
SIGNATURE_NAMES = {
    0x0201: "rsa_pkcs1_sha1",
    0x0203: "ecdsa_sha1",
    0x0401: "rsa_pkcs1_sha256",
    0x0403: "ecdsa_secp256r1_sha256",
    0x0501: "rsa_pkcs1_sha384",
    0x0503: "ecdsa_secp384r1_sha384",
    0x0601: "rsa_pkcs1_sha512",
    0x0603: "ecdsa_secp521r1_sha512",
    0x0804: "rsa_pss_rsae_sha256",
    0x0805: "rsa_pss_rsae_sha384",
    0x0806: "rsa_pss_rsae_sha512",
    0x0807: "ed25519",
    0x0808: "ed448",
    0x0809: "rsa_pss_pss_sha256",
    0x080A: "rsa_pss_pss_sha384",
    0x080B: "rsa_pss_pss_sha512",
}

ISSUERS_KEPT = 200


class Requested(Value, frozen=True, kw_only=True):
    """What a CertificateRequest asks for: names of CAs (RFC 4514) and signature algorithms."""

    issuers: tuple[str, ...] = ()
    signature_algorithms: tuple[str, ...] = ()


class _Reader:
    """Takes length-prefixed fields from a message and gives what there is when the message ends early."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def take(self, size: int) -> bytes:
        taken, self.data = self.data[:size], self.data[size:]
        return taken

    def vector(self, prefix: int) -> bytes:
        return self.take(int.from_bytes(self.take(prefix), "big"))


def handshake_name(kind: int) -> str:
    """Return the name of a handshake message type, ``handshake(N)`` for one without."""
    return HANDSHAKE_NAMES.get(kind, f"handshake({kind})")


def alert_name(description: int) -> str:
    """Return the registered name of an alert, ``alert(N)`` for one without."""
    return ALERT_NAMES.get(description, f"alert({description})")


def certificate_is_empty(message: bytes, tls13: bool) -> bool:
    """Say whether a Certificate message carries no certificate at all.

    TLS 1.3 puts a request context before the list (RFC 8446 section 4.4.2), TLS 1.2 does not (RFC 5246
    section 7.4.6).
    """
    reader = _Reader(message[4:])
    if tls13:
        reader.vector(1)
    return not reader.vector(3)


def certificate_request(message: bytes, version: int) -> Requested:
    """Read a CertificateRequest message; ``version`` is the wire version (0x0303 is TLS 1.2, 0x0304 TLS 1.3).

    RFC 8446 section 4.3.2 for TLS 1.3, RFC 5246 section 7.4.4 for TLS 1.2 and before.
    """
    reader = _Reader(message[4:])
    if version >= 0x0304:
        reader.vector(1)
        extensions = _extensions(reader.vector(2))
        return Requested(
            issuers=_issuers(_Reader(extensions.get(47, b"")).vector(2)),
            signature_algorithms=_signatures(_Reader(extensions.get(13, b"")).vector(2)),
        )
    reader.vector(1)
    signatures = reader.vector(2) if version >= 0x0303 else b""
    return Requested(issuers=_issuers(reader.vector(2)), signature_algorithms=_signatures(signatures))


def server_extensions(message: bytes) -> dict[int, bytes]:
    """Return the extensions of a ServerHello message by number (RFC 5246 section 7.4.1.3)."""
    reader = _Reader(message[4:])
    reader.take(2 + 32)
    reader.vector(1)
    reader.take(2 + 1)
    return _extensions(reader.vector(2))


def _extensions(data: bytes) -> dict[int, bytes]:
    reader, found = _Reader(data), {}
    while len(reader.data) >= 4:
        kind = int.from_bytes(reader.take(2), "big")
        found[kind] = reader.vector(2)
    return found


def _signatures(data: bytes) -> tuple[str, ...]:
    numbers = [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data) - 1, 2)]
    return tuple(SIGNATURE_NAMES.get(number, f"0x{number:04x}") for number in numbers[:64])


def _issuers(data: bytes) -> tuple[str, ...]:
    reader = _Reader(data)
    names: list[str] = []
    while reader.data and len(names) < ISSUERS_KEPT:
        names.append(distinguished_name(reader.vector(2)))
    return tuple(names)


def distinguished_name(der: bytes) -> str:
    """Return a DER-encoded Name as an RFC 4514 string, its hex when it is none; printable, at most 300 characters."""
    try:
        # cryptography reads names only inside a certificate or a request, so one is put around the bytes.
        info = _tlv(0x30, b"\x02\x01\x00" + der + _any_public_key() + b"\xa0\x00")
        request = x509.load_der_x509_csr(
            _tlv(0x30, info + bytes.fromhex("300a06082a8648ce3d040302") + b"\x03\x01\x00")
        )
        return printable(hide_by_name(request.subject.rfc4514_string()), limit=300)
    except Exception:
        return der.hex()[:300]


def _tlv(tag: int, body: bytes) -> bytes:
    if len(body) < 0x80:
        return bytes([tag, len(body)]) + body
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + body


@lru_cache(maxsize=1)
def _any_public_key() -> bytes:
    return (
        ec.derive_private_key(1, ec.SECP256R1())
        .public_key()
        .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
