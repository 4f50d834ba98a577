"""A bounded walk through DER that reads what is there of a certificate that is cut off or malformed."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.hazmat.primitives import serialization
from cryptography.x509 import ObjectIdentifier

from probes.certificate import (
    NAME_LIMIT,
    SHORT_NAMES,
    SIGNATURE_NAMES,
    UNREADABLE,
    key_text,
    quietly,
    serial_text,
    utc_text,
)
from probes.printable import printable

SEQUENCE, SET, INTEGER, OID = 0x30, 0x31, 0x02, 0x06
MAX_RDNS = 64
"""Relative distinguished names of one name that are read."""
MAX_SERIAL_BYTES = 64
"""RFC 5280 section 4.1.2.2 allows 20."""
# RFC 4514 section 2.4 uses the string of any of these; X.690 section 8.23 says how each is encoded.
_STRINGS = {0x0C: "utf-8", 0x13: "ascii", 0x14: "latin-1", 0x16: "ascii", 0x1E: "utf-16-be", 0x1C: "utf-32-be"}


@dataclass(frozen=True)
class Element:
    """One DER element: its tag, where its content starts, its declared length, and whether all of it is there."""

    tag: int
    start: int
    length: int
    whole: bool

    @property
    def end(self) -> int:
        """Where the element ends, or would end."""
        return self.start + self.length


@dataclass
class Skeleton:
    """The fields of a certificate that could be read from bytes that may end anywhere."""

    serial: str | None = None
    signature: str | None = None
    issuer: str | None = None
    not_before: str | None = None
    not_after: str | None = None
    subject: str | None = None
    key: str | None = None

    @property
    def empty(self) -> bool:
        """Nothing could be read."""
        return not any(vars(self).values())


def element(data: bytes, at: int, limit: int) -> Element | None:
    """Read one element header at ``at``; None when the header itself is cut off or its length is not DER."""
    if at + 2 > limit:
        return None
    tag, first = data[at], data[at + 1]
    start = at + 2
    if first >= 0x80:
        count = first & 0x7F
        if not 1 <= count <= 4 or start + count > limit:
            return None
        first = int.from_bytes(data[start : start + count], "big")
        start += count
    return Element(tag, start, first, start + first <= limit)


def certificate_length(data: bytes) -> int | None:
    """Return how long the certificate at the start of ``data`` says it is, None when none starts there.

    A certificate is a SEQUENCE that begins with a SEQUENCE (RFC 5280 section 4.1).
    """
    outer = element(data, 0, len(data))
    if outer is None or outer.tag != SEQUENCE:
        return None
    if outer.start < len(data) and data[outer.start] != SEQUENCE:
        return None
    return outer.end


def walk(data: bytes) -> Skeleton:
    """Read what is there of a certificate, in the order in which it is encoded. Never raises; linear time."""
    found = Skeleton()
    fields = _fields(data)
    for field, read in zip(fields, (_serial, _signature, _issuer, _validity, _subject, _key), strict=False):
        if field is None or not read(data, field, found):
            break
    return found


def _fields(data: bytes) -> Iterator[Element | None]:
    outer = element(data, 0, len(data))
    if outer is None or outer.tag != SEQUENCE:
        return
    body = element(data, outer.start, len(data))
    if body is None or body.tag != SEQUENCE:
        return
    at, limit = body.start, min(len(data), body.end)
    version = element(data, at, limit)
    if version is not None and version.tag == 0xA0:
        at = version.end
    while field := element(data, at, limit):
        yield field
        at = field.end


def _serial(data: bytes, field: Element, found: Skeleton) -> bool:
    if field.tag == INTEGER and field.whole and field.length <= MAX_SERIAL_BYTES:
        found.serial = serial_text(int.from_bytes(data[field.start : field.end], "big", signed=True))
    return field.tag == INTEGER


def _signature(data: bytes, field: Element, found: Skeleton) -> bool:
    algorithm = element(data, field.start, min(len(data), field.end))
    if field.tag == SEQUENCE and algorithm and (dotted := _dotted(data, algorithm)):
        found.signature = SIGNATURE_NAMES.get(dotted, dotted)
    return field.tag == SEQUENCE


def _issuer(data: bytes, field: Element, found: Skeleton) -> bool:
    found.issuer = _name(data, field)
    return field.tag == SEQUENCE


def _subject(data: bytes, field: Element, found: Skeleton) -> bool:
    found.subject = _name(data, field)
    return field.tag == SEQUENCE


def _validity(data: bytes, field: Element, found: Skeleton) -> bool:
    limit = min(len(data), field.end)
    first = element(data, field.start, limit)
    if first is not None:
        found.not_before = _time(data, first)
        second = element(data, first.end, limit)
        found.not_after = _time(data, second) if second is not None else None
    return field.tag == SEQUENCE


def _time(data: bytes, field: Element) -> str | None:
    # RFC 5280 section 4.1.2.5: UTCTime with a two-digit year (below 50: 20xx), GeneralizedTime with four.
    if not field.whole or field.length > 20:
        return None
    text = data[field.start : field.end].decode("ascii", "replace")
    if field.tag == 0x17 and text[:2].isdigit():
        text = ("20" if int(text[:2]) < 50 else "19") + text
    elif field.tag != 0x18:
        return None
    try:
        return utc_text(datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC))
    except ValueError:
        return None


def _key(data: bytes, field: Element, found: Skeleton) -> bool:
    if field.whole and field.tag == SEQUENCE:
        # The element's own header is part of SubjectPublicKeyInfo: rebuild it from where the subject ended.
        header = _header(field)
        with quietly(), contextlib.suppress(*UNREADABLE):
            found.key = key_text(serialization.load_der_public_key(header + data[field.start : field.end]))
    return True


def _header(field: Element) -> bytes:
    if field.length < 0x80:
        return bytes((field.tag, field.length))
    size = field.length.to_bytes((field.length.bit_length() + 7) // 8, "big")
    return bytes((field.tag, 0x80 | len(size))) + size


def _name(data: bytes, field: Element) -> str | None:
    if field.tag != SEQUENCE or not field.whole:
        return None
    parts: list[str] = []
    at = field.start
    while at < field.end and len(parts) < MAX_RDNS:
        rdn = element(data, at, field.end)
        if rdn is None or rdn.tag != SET or not rdn.whole:
            return None
        parts.append("+".join(_attributes(data, rdn)))
        at = rdn.end
    # RFC 4514 section 2.1: the last relative distinguished name comes first.
    return printable(",".join(reversed(parts)), limit=NAME_LIMIT)


def _attributes(data: bytes, rdn: Element) -> Iterator[str]:
    at = rdn.start
    for _ in range(MAX_RDNS):
        pair = element(data, at, rdn.end)
        if pair is None or not pair.whole:
            return
        kind = element(data, pair.start, pair.end)
        value = element(data, kind.end, pair.end) if kind else None
        dotted = _dotted(data, kind) if kind else None
        if dotted and value and value.whole:
            yield f"{SHORT_NAMES.get(ObjectIdentifier(dotted), dotted)}={_value(data, value)}"
        at = pair.end


def _value(data: bytes, field: Element) -> str:
    raw = data[field.start : field.end]
    if field.tag not in _STRINGS:
        return "#" + (_header(field) + raw[:NAME_LIMIT]).hex()
    return _escaped(raw[: 4 * NAME_LIMIT].decode(_STRINGS[field.tag], "replace"))


def _escaped(text: str) -> str:
    # RFC 4514 section 2.4: a blank is escaped where it is the first or the last character.
    last = len(text) - 1
    out = []
    for at, char in enumerate(text):
        special = char in '"+,;<>\\' or (char == "#" and at == 0) or (char == " " and at in (0, last))
        out.append("\\00" if char == "\0" else "\\" + char if special else char)
    return "".join(out)


def _dotted(data: bytes, field: Element) -> str | None:
    # X.690 section 8.19; an arc beyond 128 bits is somebody's attack, not a name.
    if field.tag != OID or not field.whole or not 1 <= field.length <= 64:
        return None
    arcs: list[int] = []
    arc = 0
    for octet in data[field.start : field.end]:
        arc = arc << 7 | octet & 0x7F
        if octet < 0x80:
            arcs.append(arc)
            arc = 0
        elif arc >> 120:
            return None
    if not arcs:
        return None
    first = min(arcs[0] // 40, 2)
    return ".".join(str(number) for number in (first, arcs[0] - 40 * first, *arcs[1:]))
