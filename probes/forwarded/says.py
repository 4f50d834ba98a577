"""Reads whether a debug endpoint says by itself that its request had a certificate."""

import re
from typing import Any

from probes.forwarded import jsonbody
from probes.forwarded.names import plain_name

_READ_BYTES = 262_144
_MAX_DEPTH = 4
_NAMES = frozenset({"certificate", "clientcertificate", "clientcert", "cert", "x509", "peercertificate"})
_NONE = frozenset({"", "none", "null", "nil", "false", "no", "-", "(null)", "undefined", "missing", "absent"})
_TAG = re.compile(r"<[^<>]{0,200}>")
_LINE = re.compile(r"^\s*(?:client[ _-]?)?cert(?:ificate)?\s*[:=]\s*(\S.{0,200})?$", re.IGNORECASE)


def says_none(body: bytes) -> bool | None:
    """Return True when the body says that there is no certificate, False when it names one, None without a word."""
    text = body[:_READ_BYTES].decode("utf-8", "replace").strip()
    if text[:1] in ("{", "["):
        parsed, good = jsonbody.parse(text)
        return _in_json(parsed, 0) if good else None
    for line in _TAG.sub("\n", text).splitlines():
        found = _LINE.match(line)
        if found:
            return (found.group(1) or "").strip().lower() in _NONE
    return None


def _in_json(node: Any, depth: int) -> bool | None:
    if depth > _MAX_DEPTH or not jsonbody.is_object(node):
        return None
    for name, value in node:
        if plain_name(str(name)) in _NAMES:
            return value is None or value is False or (isinstance(value, str) and value.strip().lower() in _NONE)
    for name, value in node:
        # A header may be called like that too; what stands among headers is not what the app made of it.
        found = None if "header" in str(name).lower() else _in_json(value, depth + 1)
        if found is not None:
            return found
    return None
