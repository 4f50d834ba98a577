"""Checks the signed assertion of a client certificate at the token endpoint.

Microsoft Learn, Microsoft identity platform application authentication certificate credentials: a JWT (RFC 7519)
signed with RS256 or PS256, whose header names the certificate by ``x5t`` or ``x5t#S256``, or holds it as ``x5c``.
"""

import base64
import hashlib
import time
from typing import Any

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

_PSS = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
_PADDINGS: dict[str, padding.AsymmetricPadding] = {"RS256": padding.PKCS1v15(), "PS256": _PSS}
_LEEWAY_SECONDS = 300


class AssertionFault(Exception):
    """The assertion is not accepted; the text says why."""


def check_assertion(assertion: str, registered: x509.Certificate, client_id: str, audience_path: str) -> None:
    """Raise AssertionFault unless ``assertion`` is of ``client_id`` and signed with the ``registered`` certificate.

    ``audience_path`` is what the audience must end in.
    """
    parts = assertion.split(".")
    if len(parts) != 3:
        raise AssertionFault("The client assertion is no JWT.")
    header, payload, signature = _object(parts[0]), _object(parts[1]), _bytes(parts[2])
    if not _names(header, registered):
        raise AssertionFault("The certificate of the client assertion is not registered on the application.")
    scheme, key = _PADDINGS.get(str(header.get("alg"))), registered.public_key()
    if scheme is None or not isinstance(key, rsa.RSAPublicKey):
        raise AssertionFault("The client assertion is signed with another algorithm than RS256 or PS256.")
    try:
        key.verify(signature, f"{parts[0]}.{parts[1]}".encode(), scheme, hashes.SHA256())
    except InvalidSignature:
        raise AssertionFault("The signature of the client assertion is wrong.") from None
    _check_claims(payload, client_id, audience_path)


def _check_claims(payload: dict[str, Any], client_id: str, audience_path: str) -> None:
    if payload.get("iss") != client_id or payload.get("sub") != client_id:
        raise AssertionFault("The client assertion is of another application.")
    if not str(payload.get("aud", "")).endswith(audience_path):
        raise AssertionFault("The client assertion is for another audience.")
    expires = payload.get("exp")
    if not isinstance(expires, (int, float)) or expires < time.time() - _LEEWAY_SECONDS:
        raise AssertionFault("The client assertion is expired.")


def _names(header: dict[str, Any], registered: x509.Certificate) -> bool:
    der = registered.public_bytes(Encoding.DER)
    sha1 = hashlib.sha1(der, usedforsecurity=False).digest()
    chain = header.get("x5c")
    if isinstance(chain, list) and chain:
        return str(chain[0]) == base64.b64encode(der).decode()
    if "x5t#S256" in header:
        return _bytes(str(header["x5t#S256"])) == hashlib.sha256(der).digest()
    return _bytes(str(header.get("x5t", ""))) == sha1


def _bytes(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise AssertionFault("A part of the client assertion is no Base64url.") from None


def _object(text: str) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(_bytes(text))
    except (msgspec.DecodeError, ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise AssertionFault("A part of the client assertion is no JSON object.")
    return found
