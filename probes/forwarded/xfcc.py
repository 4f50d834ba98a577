"""Envoy's X-Forwarded-Client-Cert: elements of key=value pairs, values quoted where they need it."""

import re
from collections.abc import Iterator

MAX_ELEMENTS = 32
"""Proxies in a row whose elements are read."""

# Envoy documentation, HTTP header manipulation, x-forwarded-client-cert: the keys of an element.
KEYS = ("by", "hash", "cert", "chain", "subject", "uri", "dns")
_START = re.compile(r"(?:By|Hash|Cert|Chain|Subject|URI|DNS)=", re.IGNORECASE)


def looks_like_xfcc(text: str) -> bool:
    """Say whether the value begins as an element does."""
    return _START.match(text) is not None


def elements(text: str) -> tuple[dict[str, tuple[str, ...]], ...]:
    """Return the elements in order, the first proxy's first; keys in lower case. Never raises; linear time."""
    out: list[dict[str, tuple[str, ...]]] = [{}]
    for token, end in _tokens(text):
        key, sign, value = token.partition("=")
        key = key.strip().lower()
        if sign and key in KEYS:
            out[-1][key] = (*out[-1].get(key, ())[:MAX_ELEMENTS], _unquoted(value.strip()))
        if end == "," and out[-1]:
            if len(out) == MAX_ELEMENTS:
                break
            out.append({})
    return tuple(element for element in out if element)


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    start, quoted, escaped = 0, False, False
    for at, char in enumerate(text):
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = quoted
        elif char == '"':
            quoted = not quoted
        elif char in ",;" and not quoted:
            yield text[start:at], char
            start = at + 1
    yield text[start:], ""


def _unquoted(value: str) -> str:
    if value.startswith('"'):
        value = value[1:].removesuffix('"')
        return value.replace('\\"', '"')
    return value
