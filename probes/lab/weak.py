"""Signs a certificate with SHA-1, which certificate builders refuse by now and old devices still present."""

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

# The DER of the object identifiers sha256WithRSAEncryption and sha1WithRSAEncryption (RFC 8017 appendix A.2.4);
# they are equally long, so one can take the other's place in a signed structure.
_SHA256_RSA = bytes.fromhex("06092a864886f70d01010b")
_SHA1_RSA = bytes.fromhex("06092a864886f70d010105")


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def signed_with_sha1(certificate: x509.Certificate, signer: rsa.RSAPrivateKey) -> x509.Certificate:
    """Return ``certificate`` (signed with RSA and SHA-256) signed anew by ``signer`` with SHA-1 (RFC 5280 4.1)."""
    body = certificate.tbs_certificate_bytes.replace(_SHA256_RSA, _SHA1_RSA, 1)
    signature = signer.sign(body, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 - weak on purpose
    algorithm = _der(0x30, _SHA1_RSA + b"\x05\x00")
    return x509.load_der_x509_certificate(_der(0x30, body + algorithm + _der(0x03, b"\x00" + signature)))
