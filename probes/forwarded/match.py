"""Compares names and thumbprints the way people write them down."""

import re

_THUMBPRINT_NOISE = re.compile(r"[^0-9A-Fa-f]++")
_PART = re.compile(r"(?:[^,+\\]|\\.)++", re.DOTALL)
_SLASH_PART = re.compile(r"(?:[^/\\]|\\.)++", re.DOTALL)
# What .NET, OpenSSL and the portal call the same attribute.
_ALIASES = {"S": "ST", "E": "EMAILADDRESS", "EMAIL": "EMAILADDRESS"}


def plain_thumbprint(text: str) -> str | None:
    """Return the digits in upper case, None when they are neither SHA-1 nor SHA-256.

    Blanks, colons and the invisible mark that Windows' certificate dialog puts in front are left out.
    """
    plain = _THUMBPRINT_NOISE.sub("", text[:1000]).upper()
    return plain if len(plain) in (40, 64) else None


def name_matches(saw: str, wanted: str) -> bool:
    """Say whether every part of ``wanted`` is a part of the name ``saw`` (RFC 4514), in any order.

    Values are compared with their case, as the validators in Microsoft's samples do; a text without ``=`` is a
    common name. A name that asks for nothing matches nothing.
    """
    wanted = wanted.strip()
    parts = name_parts(wanted) if "=" in wanted else {("CN", wanted)}
    return bool(parts) and parts <= name_parts(saw)


def name_parts(text: str) -> set[tuple[str, str]]:
    """Return the attributes of a name, written with commas or, as OpenSSL once did, with slashes."""
    text = text.strip()
    pieces = (_SLASH_PART if text.startswith("/") else _PART).findall(text)
    out: set[tuple[str, str]] = set()
    for piece in pieces:
        kind, sign, value = piece.partition("=")
        if sign:
            plain = kind.strip().upper()
            out.add((_ALIASES.get(plain, plain), _unescaped(value)))
    return out


def _unescaped(value: str) -> str:
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = value[1:-1]
    return re.sub(r"\\(.)", r"\1", value, flags=re.DOTALL)
