"""Draws a decoded certificate for a person: forwarded and sent side by side, faults in words, checks with a mark."""

import os
import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence

import click
from cryptography import x509

from probes.certificate import der_of
from probes.forwarded import FAULTS, Decoded
from probes.forwarded.fields import read_fields, readable
from probes.forwarded.refusing import summary
from probes.model import Check, ForwardedCertificate

LABELS = {
    "subject": "subject",
    "issuer": "issuer",
    "serial": "serial",
    "thumbprint_sha1": "SHA-1",
    "thumbprint_sha256": "SHA-256",
    "not_before": "valid from",
    "not_after": "valid to",
    "san": "other names",
    "eku": "purposes",
    "key": "key",
    "signature": "signature",
}
ENCODINGS = {
    "base64-der": "Base64 of the DER",
    "pem": "PEM",
    "url-encoded-pem": "URL-encoded PEM",
    "hex": "hex of the DER",
    "xfcc": "Envoy's X-Forwarded-Client-Cert",
    "rfc9440": "RFC 9440 byte sequence",
}
_LABEL_WIDTH = 14
_COLOURS = {"✓": "green", "✗": "red", "?": "yellow", "≠": "red", "=": None}
_PLAIN = str.maketrans({"✓": "+", "✗": "x", "→": ">", "≠": "!", "·": "-", "…": "~", "—": "-"})


def show(decoded: Decoded, checks: Sequence[Check], sent: x509.Certificate | None) -> None:
    """Print the result on standard output, in colour on a terminal unless NO_COLOR is set (no-color.org)."""
    width = max(60, min(shutil.get_terminal_size((100, 24)).columns, 140))
    for line in lines(decoded, checks, sent, width):
        _echo(line)


def lines(decoded: Decoded, checks: Sequence[Check], sent: x509.Certificate | None, width: int) -> Iterator[str]:
    """Yield the styled lines of the result; ``width`` is in columns."""
    facts = decoded.facts
    encoding = ENCODINGS[facts.encoding] if facts.encoding else "nothing that could be decoded"
    yield f"{facts.header or 'value'} · {encoding}"
    if readable(facts):
        yield ""
        yield from _fields(facts, sent, width)
    if facts.faults:
        yield ""
        yield click.style("Faults", bold=True)
        for word in facts.faults:
            yield from _fault(word, width)
    if checks:
        yield ""
        yield click.style("Checks", bold=True)
        for check in checks:
            yield from _check(check, width)
        yield ""
        yield from textwrap.wrap(summary(checks), width, initial_indent="  ", subsequent_indent="  ")


def _echo(line: str) -> None:
    colour = False if os.environ.get("NO_COLOR") or not sys.stdout.isatty() else None
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        line.encode(encoding)
    except UnicodeEncodeError:
        line = line.translate(_PLAIN).encode(encoding, "backslashreplace").decode(encoding)
    click.echo(line, color=colour)


def _fields(facts: ForwardedCertificate, sent: x509.Certificate | None, width: int) -> Iterator[str]:
    if sent is None:
        for name, label in LABELS.items():
            yield from _row(label, [_text(facts, name)], [width - _LABEL_WIDTH - 2])
        return
    der = der_of(sent)
    other = read_fields(der, sent, whole=True)
    column = (width - _LABEL_WIDTH - 6) // 2
    yield click.style(f"  {'':<{_LABEL_WIDTH}}{'forwarded':<{column}}    sent", bold=True)
    for name, label in LABELS.items():
        ours, theirs = _text(facts, name), _text(other, name)
        unknown = getattr(facts, name) is None
        sign = "?" if unknown else "=" if ours == theirs else "≠"
        yield from _row(label, [ours, theirs], [column, column], sign)


def _text(facts: ForwardedCertificate, name: str) -> str:
    value = getattr(facts, name)
    if value is None:
        return "could not be read"
    return ", ".join(value) or "none" if isinstance(value, tuple) else str(value)


def _row(label: str, cells: list[str], widths: list[int], sign: str = "") -> Iterator[str]:
    wrapped = [_wrap(cell, size) for cell, size in zip(cells, widths, strict=True)]
    for number in range(max(map(len, wrapped))):
        left = label if number == 0 else ""
        texts = [cell[number] if number < len(cell) else "" for cell in wrapped]
        if len(texts) == 1:
            yield f"  {left:<{_LABEL_WIDTH}}{texts[0]}"
        else:
            mark = _mark(sign) if number == 0 else " "
            yield f"  {left:<{_LABEL_WIDTH}}{texts[0]:<{widths[0]}} {mark}  {texts[1]}".rstrip()


def _wrap(text: str, width: int, indent: str = "") -> list[str]:
    return textwrap.wrap(text, width, subsequent_indent=indent, break_on_hyphens=False) or [""]


def _mark(sign: str) -> str:
    return click.style(sign, fg=_COLOURS.get(sign))


def _fault(word: str, width: int) -> Iterator[str]:
    meaning = FAULTS[word]
    for number, line in enumerate(_wrap(f"{word} — {meaning.what}", width - 4)):
        yield f"  {_mark('✗') if number == 0 else ' '} {line}"
    for line in _wrap(f"→ {meaning.todo}", width - 4, "  "):
        yield f"    {line}"


def _check(check: Check, width: int) -> Iterator[str]:
    sign = {True: "✓", False: "✗", None: "?"}[check.ok]
    saw = check.saw or "could not be read"
    text = f"{check.rule:<20}{saw}" + ("" if check.ok or not check.wanted else f" — wanted: {check.wanted}")
    for number, line in enumerate(_wrap(text, width - 4, " " * 20)):
        yield f"  {_mark(sign) if number == 0 else ' '} {line}"
