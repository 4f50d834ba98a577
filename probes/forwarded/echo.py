"""Reads what a debug endpoint says of the request that reached it: headers, certificate, and its own error."""

import re

from cryptography import x509

from probes.forwarded.decode import decode
from probes.forwarded.extract import find_in, read
from probes.forwarded.names import is_certificate_header, plain_name
from probes.forwarded.pairs import Group, Pair, best_group, only_headers
from probes.forwarded.redact import Redact, without_secrets
from probes.forwarded.says import says_none
from probes.model import Echo
from probes.printable import printable

MAX_HEADERS = 200
"""Headers that are kept."""
VALUE_LIMIT = 4096
"""Characters of a header's value that are kept; certificate headers are kept whole."""
ERROR_LIMIT = 500
"""Characters of an endpoint's own error that are kept."""

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]++")  # RFC 9110 section 5.6.2
_ERROR_NAME = re.compile(r"error|exception|fault|problem|failure", re.IGNORECASE)
_CERTIFICATE_WORD = re.compile(r"cert|x\.?509|\bpem\b|base-?64|asn\.?1|\bder\b|thumbprint", re.IGNORECASE)
_ERROR_VALUE = re.compile(r"(?:error|exception|could not|cannot|can't|unable|invalid|fail)", re.IGNORECASE)
_NOTHING = frozenset({"", "none", "null", "false", "no", "ok", "0", "-", "undefined", "(null)"})


def read_echo(
    body: bytes,
    content_type: str | None = None,
    sent: x509.Certificate | None = None,
    *,
    redact: Redact | None = None,
) -> Echo | None:
    """Return what the endpoint says of its request, or None when the body is no such answer. Never raises.

    ``sent`` is the certificate that the client sent, if that is known. ``redact`` takes out what the caller knows
    to be secret; what looks like a secret is taken out in any case. Headers without a certificate among them give
    an Echo without certificate: the app received none.
    """
    hide: Redact = (
        without_secrets if redact is None else lambda name, value: without_secrets(name, redact(name, value))
    )
    reading = read(body, content_type)
    group = best_group(reading.groups)
    headers = _headers(group, hide) if group else {}
    found = find_in(reading)
    certificate = None
    # A certificate in the middle of a page may be anybody's; only one in its place is what the app received.
    if found and found.form != "somewhere":
        certificate = decode(found.value, found.header, sent)
    error = _parse_error(reading.groups, group)
    if not headers and certificate is None and error is None:
        return None
    shown = printable(hide("parse_error", error), limit=ERROR_LIMIT) if error else None
    return Echo(headers=headers, certificate=certificate, parse_error=shown, says_none=says_none(body))


def _headers(group: Group, hide: Redact) -> dict[str, str]:
    out: dict[str, str] = {}
    for pair in only_headers(group)[:MAX_HEADERS]:
        if _TOKEN.fullmatch(pair.name) is None or _reports_error(pair, among_headers=True):
            continue
        name = printable(pair.name, limit=200)
        limit = None if is_certificate_header(pair.name) else VALUE_LIMIT
        value = printable(hide(pair.name, pair.value), limit=limit)
        out[name] = f"{out[name]}, {value}" if name in out else value
    return out


def _parse_error(groups: list[Group], headers: Group | None) -> str | None:
    for group in groups:
        for pair in group.pairs:
            if pair.value.strip().lower() in _NOTHING or is_certificate_header(pair.name):
                continue
            if _reports_error(pair, among_headers=group is headers):
                return pair.value.strip()
    return None


def _reports_error(pair: Pair, *, among_headers: bool) -> bool:
    label = " ".join((*pair.path[-2:], pair.name))
    about_certificate = _CERTIFICATE_WORD.search(label) is not None
    near = " ".join((*pair.path[-1:], pair.name))
    if _ERROR_NAME.search(near):
        parsing = plain_name(pair.name) in ("parseerror", "parsingerror")
        return (
            about_certificate or parsing or (not among_headers and bool(_CERTIFICATE_WORD.search(pair.value[:2000])))
        )
    return about_certificate and _ERROR_VALUE.match(pair.value.strip()) is not None
