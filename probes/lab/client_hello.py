"""Reads the server name out of a ClientHello, before TLS begins: each slot has versions and suites of its own."""

_HANDSHAKE = 22
_CLIENT_HELLO = 1
_SERVER_NAME = 0
_RECORD_HEAD = 5
_HELLO_HEAD = 4 + 2 + 32
"""Handshake header, legacy version and random (RFC 8446 section 4.1.2), in bytes."""


def is_whole(data: bytes) -> bool:
    """Whether ``data`` holds the first TLS record, or can hold none (RFC 8446 section 5.1)."""
    if not data or data[0] != _HANDSHAKE:
        return bool(data)
    return len(data) >= _RECORD_HEAD and len(data) >= _RECORD_HEAD + int.from_bytes(data[3:5], "big")


def server_name(data: bytes) -> str | None:
    """Return the host name of the server_name extension (RFC 6066 section 3), lower case; None without one.

    Only the first record is looked at; a ClientHello that is spread over several has no name here.
    """
    try:
        return _server_name(data[_RECORD_HEAD:])
    except (IndexError, UnicodeDecodeError):
        return None


def _server_name(hello: bytes) -> str | None:
    if hello[0] != _CLIENT_HELLO:
        return None
    at = _HELLO_HEAD
    at += 1 + hello[at]
    at += 2 + int.from_bytes(hello[at : at + 2], "big")
    at += 1 + hello[at]
    at += 2
    while at + 4 <= len(hello):
        kind = int.from_bytes(hello[at : at + 2], "big")
        size = int.from_bytes(hello[at + 2 : at + 4], "big")
        if kind == _SERVER_NAME:
            # List length (2), name type (1), name length (2), name.
            return hello[at + 9 : at + 4 + size].decode("ascii").lower()
        at += 4 + size
    return None
