"""TLS 1.2 by hand, below the handshake: records, keys, and fields with a length before them.

OpenSSL always answers RFC 5746, so a server that does not know it must be made without OpenSSL. One cipher suite is
spoken, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 (RFC 5289). For the lab only: it is neither fast nor hardened.
"""

import hashlib
import hmac
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SUITE = 0xC02F
SUITE_NAME, SUITE_BITS = "ECDHE-RSA-AES128-GCM-SHA256", 128
CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION = 20, 21, 22, 23
"""Content types (RFC 5246 section 6.2.1)."""
UNEXPECTED_MESSAGE, BAD_RECORD_MAC, RECORD_OVERFLOW, HANDSHAKE_FAILURE = 10, 20, 22, 40
DECODE_ERROR, DECRYPT_ERROR, PROTOCOL_VERSION, NO_RENEGOTIATION = 50, 51, 70, 100
"""Alerts (RFC 5246 section 7.2)."""
PLAIN_LIMIT = 16_384
"""The most that one record may hold before it is encrypted, in bytes (RFC 5246 section 6.2.1)."""
_TLS12 = b"\x03\x03"
_HEAD = 5
_EXPLICIT, _TAG = 8, 16
"""What AES-GCM adds to a record, in bytes (RFC 5288 section 3)."""


class Fault(Exception):
    """The peer did what cannot be gone on with; ``alert`` is what it is told."""

    def __init__(self, alert: int, why: str) -> None:
        super().__init__(why)
        self.alert = alert


class Record(NamedTuple):
    """One record: its content type and what was in it."""

    content: int
    data: bytes


class Keys:
    """One direction's key, fixed part of the nonce, and count of records (RFC 5288 section 3)."""

    def __init__(self, key: bytes, fixed: bytes) -> None:
        self._aead = AESGCM(key)
        self._fixed = fixed
        self._count = 0

    def seal(self, content: int, data: bytes) -> bytes:
        """Encrypt the payload of one record."""
        explicit, extra = self._next(content, len(data))
        return explicit + self._aead.encrypt(self._fixed + explicit, data, extra)

    def open(self, content: int, payload: bytes) -> bytes:
        """Decrypt the payload of one record; raises Fault where it is not what was sent."""
        if len(payload) < _EXPLICIT + _TAG:
            raise Fault(BAD_RECORD_MAC, "a record is too short")
        _, extra = self._next(content, len(payload) - _EXPLICIT - _TAG)
        try:
            return self._aead.decrypt(self._fixed + payload[:_EXPLICIT], payload[_EXPLICIT:], extra)
        except InvalidTag:
            raise Fault(BAD_RECORD_MAC, "a record does not verify") from None

    def _next(self, content: int, size: int) -> tuple[bytes, bytes]:
        number = self._count.to_bytes(8, "big")
        self._count += 1
        return number, number + bytes([content]) + _TLS12 + size.to_bytes(2, "big")


class Records:
    """Cuts bytes into records and makes records of bytes; encrypted as soon as there are keys."""

    def __init__(self) -> None:
        self.reading: Keys | None = None
        self.writing: Keys | None = None
        self._came = b""
        self._out: list[bytes] = []

    def feed(self, data: bytes) -> None:
        """Take bytes that came from the peer."""
        self._came += data

    def outgoing(self) -> bytes:
        """Return what must go to the peer, once."""
        out, self._out = b"".join(self._out), []
        return out

    def next(self) -> Record | None:
        """Return the next whole record, None when more bytes are needed; raises Fault."""
        if len(self._came) < _HEAD:
            return None
        content, size = self._came[0], int.from_bytes(self._came[3:5], "big")
        if not CHANGE_CIPHER_SPEC <= content <= APPLICATION or self._came[1] != _TLS12[0]:
            raise Fault(UNEXPECTED_MESSAGE, "these bytes are no TLS record")
        if size > PLAIN_LIMIT + 2048:
            raise Fault(RECORD_OVERFLOW, "a record is too long")
        if len(self._came) < _HEAD + size:
            return None
        payload, self._came = self._came[_HEAD : _HEAD + size], self._came[_HEAD + size :]
        return Record(content, self.reading.open(content, payload) if self.reading else payload)

    def write(self, content: int, data: bytes) -> None:
        """Write ``data`` in as many records as it takes."""
        for at in range(0, len(data), PLAIN_LIMIT):
            part = data[at : at + PLAIN_LIMIT]
            payload = self.writing.seal(content, part) if self.writing else part
            self._out.append(bytes([content]) + _TLS12 + len(payload).to_bytes(2, "big") + payload)


class Fields:
    """Takes fields off the front of a message; raises Fault where the message ends too early."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def take(self, size: int) -> bytes:
        """Return the next ``size`` bytes."""
        if len(self._data) < size:
            raise Fault(DECODE_ERROR, "a message ends too early")
        taken, self._data = self._data[:size], self._data[size:]
        return taken

    def number(self, size: int) -> int:
        """Return the next ``size`` bytes as a number."""
        return int.from_bytes(self.take(size), "big")

    def vector(self, prefix: int) -> bytes:
        """Return what stands behind a length of ``prefix`` bytes."""
        return self.take(self.number(prefix))

    @property
    def left(self) -> bool:
        """Whether anything is left."""
        return bool(self._data)


def vector(prefix: int, data: bytes) -> bytes:
    """Return ``data`` with its length in ``prefix`` bytes before it."""
    return len(data).to_bytes(prefix, "big") + data


def derive(secret: bytes, label: bytes, seed: bytes, size: int) -> bytes:
    """Return ``size`` bytes of the pseudorandom function with SHA-256 (RFC 5246 section 5)."""
    seed, out = label + seed, b""
    link = seed
    while len(out) < size:
        link = hmac.digest(secret, link, hashlib.sha256)
        out += hmac.digest(secret, link + seed, hashlib.sha256)
    return out[:size]
