"""Damages the value of the certificate header, as hops between the front end and an app's own code do."""

import textwrap
from collections.abc import Callable
from types import MappingProxyType
from urllib.parse import quote, unquote_plus

import msgspec

from probes.lab.forward import CLIENT_CERT
from probes.lab.messages import Request
from probes.lab.state import Damage

_LINE = 64
"""Characters in a line of a folded value; the fold itself is a line end and a blank (RFC 9112 section 5.2)."""
_KEPT = 1024
"""Characters that are left of a truncated value: the certificate's end is gone, its names and dates are there."""

_HOW: MappingProxyType[Damage, Callable[[str], str]] = MappingProxyType(
    {
        "none": lambda value: value,
        "truncated": lambda value: value[:_KEPT],
        "plus-became-space": unquote_plus,
        "url-encoded": lambda value: quote(value, safe=""),
        "folded": lambda value: "\r\n ".join(textwrap.wrap(value, _LINE)),
        "doubled": lambda value: f"{value}, {value}",
    }
)


def damaged(request: Request, damage: Damage) -> Request:
    """Return the request as the app's code reads it after ``damage``."""
    headers = tuple(
        (name, _HOW[damage](value) if name.lower() == CLIENT_CERT.lower() else value)
        for name, value in request.headers
    )
    return msgspec.structs.replace(request, headers=headers)
