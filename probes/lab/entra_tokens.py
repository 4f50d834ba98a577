"""Tokens of the lab's sign-in: issued, checked and forgotten in memory; never printed."""

import base64
import hashlib
import secrets
import time
from typing import Any, Literal

import msgspec

from probes.lab.azure_names import TENANT

MAX_TOKENS = 5_000
Use = Literal["access", "refresh"]


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """What a token stands for. ``expires`` is in seconds since 1970; ``claims`` whether it answers a challenge."""

    use: Use
    principal: str
    audience: str
    expires: float
    claims: bool = False


def encoded(part: Any) -> str:
    """Return ``part`` as one part of a JWT (RFC 7515): Base64url of its JSON, unpadded."""
    return base64.urlsafe_b64encode(msgspec.json.encode(part)).rstrip(b"=").decode()


class Tokens:
    """The tokens that are valid. Only their hashes are kept, as nothing ever needs them again."""

    def __init__(self) -> None:
        self._known: dict[bytes, Token] = {}

    def issue(self, token: Token) -> str:
        """Return a new token; an access token has the form of a JWT, with a signature that is random."""
        payload = {"aud": token.audience, "tid": TENANT, "sub": token.principal, "exp": int(token.expires)}
        text = ".".join((encoded({"typ": "JWT", "alg": "RS256"}), encoded(payload), secrets.token_urlsafe(32)))
        self._known[_hash(text)] = token
        while len(self._known) > MAX_TOKENS:
            del self._known[next(iter(self._known))]
        return text

    def find(self, text: str, use: Use) -> Token | None:
        """Return what ``text`` stands for, None when it is unknown, expired or of another use."""
        token = self._known.get(_hash(text))
        return token if token and token.use == use and token.expires > time.time() else None

    def bearer(self, header: str) -> Token | str:
        """Return the token in an Authorization header, or the code of the error that ARM has for it."""
        scheme, _, text = header.partition(" ")
        if scheme.lower() != "bearer" or not text:
            return "AuthenticationFailed"
        known = self._known.get(_hash(text.strip()))
        if known is None or known.use != "access":
            return "InvalidAuthenticationToken"
        return known if known.expires > time.time() else "ExpiredAuthenticationToken"


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()
