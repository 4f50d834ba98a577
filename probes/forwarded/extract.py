"""Finds the forwarded certificate in what a person pasted or a debug endpoint returned."""

import base64
import re
from dataclasses import dataclass, field
from typing import Literal

from probes.forwarded import htmlbody, jsonbody, textbody
from probes.forwarded.decode import decode
from probes.forwarded.der import certificate_length
from probes.forwarded.faults import CONCLUSIVE
from probes.forwarded.fields import readable
from probes.forwarded.names import CERTIFICATE_HEADERS, is_certificate_header, plain_name
from probes.forwarded.pairs import Group, Pair
from probes.forwarded.xfcc import looks_like_xfcc

MAX_BYTES = 256 * 1024
"""Of a body; what follows is not read."""

Form = Literal["json", "html", "text", "bare", "somewhere"]
_PEM = re.compile(r"-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----")
_PEM_END = "-----END CERTIFICATE-----"
# A certificate of 256 bytes to 64 KiB begins with SEQUENCE, length in two octets, SEQUENCE: MI then A to f in Base64.
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/])MI[A-Za-f][A-Za-z0-9+/_-]{200,}+={0,2}")


@dataclass(frozen=True)
class Found:
    """A header's value and the name it came under; ``form`` says how the text around it was read.

    ``bare`` is a text that is the value and nothing else; ``somewhere`` was found in the middle of other text.
    """

    header: str | None
    value: str
    form: Form


@dataclass
class Reading:
    """A body as groups of names and values, and the text in which no structure was seen."""

    form: Form
    text: str
    groups: list[Group] = field(default_factory=list)
    head: str = ""


def find(body: bytes, content_type: str | None = None) -> Found | None:
    """Return the certificate header's value in ``body``, or None. Never raises; reads at most 256 KiB.

    ``content_type`` is the answer's, None for pasted text. Of several certificate headers the one of App Service
    comes first; one with a value comes before an empty one.
    """
    if certificate_length(body[:16]) == len(body) and len(body) > 64:
        return Found(None, base64.b64encode(body[:MAX_BYTES]).decode("ascii"), "bare")
    return find_in(read(body, content_type))


def read(body: bytes, content_type: str | None = None) -> Reading:
    """Read a body as JSON, HTML or text, whichever it is; the content type is a hint, not believed."""
    head, text = textbody.split_head(_text(body[:MAX_BYTES]))
    if textbody.is_trace(text):
        text = textbody.of_trace(text)
    return _read(text.strip(), content_type or "", head)


def _text(body: bytes) -> str:
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace")
    return body.decode("utf-8-sig", "replace")


def _read(text: str, content_type: str, head: str) -> Reading:
    if text[:1] in ("{", "[", '"') and text[:1]:
        parsed, good = jsonbody.parse(text)
        # A string alone is JSON only where the answer says so: pasted, its quotes are part of what was pasted.
        if good and isinstance(parsed, str) and "json" in content_type.lower() and parsed[:1] != '"':
            return _read(parsed.strip(), "", head)
        if good and not isinstance(parsed, str):
            return Reading("json", "", jsonbody.groups(parsed), head)
    if "html" in content_type.lower() or htmlbody.looks_like_html(text):
        tables, lines = htmlbody.read(text)
        inner, good = jsonbody.parse(lines.strip()) if lines.strip()[:1] in ("{", "[") else (None, False)
        more = jsonbody.groups(inner) if good else []
        return Reading("html", lines, [tables, *more, *textbody.groups(lines)], head)
    return Reading("text", text, textbody.groups(text), head)


def find_in(reading: Reading) -> Found | None:
    """Return the certificate header's value in a body that was read, or None. Never raises."""
    pairs = [pair for group in reading.groups for pair in group.pairs]
    if reading.form != "json":
        pairs += textbody.anchored(reading.text).pairs
    if best := _best(pairs):
        return Found(best.name, best.value, reading.form)
    named = (pair for pair in pairs if "cert" in plain_name(pair.name) and _looks_encoded(pair.value))
    if pair := next(named, None):
        return Found(pair.name, pair.value, reading.form)
    if reading.text and _is_bare(reading.text):
        return Found(None, reading.text, "bare")
    if best := _best([pair for group in textbody.groups(reading.head) for pair in group.pairs]):
        return Found(best.name, best.value, "text")
    return _somewhere(reading, pairs)


def _best(pairs: list[Pair]) -> Pair | None:
    known = [pair for pair in pairs if is_certificate_header(pair.name)]
    return min(
        known, key=lambda pair: (not pair.value.strip(), CERTIFICATE_HEADERS[plain_name(pair.name)]), default=None
    )


def _looks_encoded(value: str) -> bool:
    return _PEM.search(value[:200]) is not None or _BASE64.match(value.strip()) is not None


def _is_bare(text: str) -> bool:
    begin = _PEM.search(text)
    if begin and text[: begin.start()].strip("\"' \t\r\n") and not looks_like_xfcc(text):
        return False
    decoded = decode(text)
    return readable(decoded) or bool(CONCLUSIVE.intersection(decoded.faults))


def _somewhere(reading: Reading, pairs: list[Pair]) -> Found | None:
    for pair in pairs:
        if _looks_encoded(pair.value):
            return Found(pair.name, pair.value, "somewhere")
    if begin := _PEM.search(reading.text):
        end = reading.text.rfind(_PEM_END)
        stop = end + len(_PEM_END) if end > begin.start() else len(reading.text)
        return Found(None, reading.text[begin.start() : stop], "somewhere")
    if bare := _BASE64.search(reading.text):
        return Found(None, bare[0], "somewhere")
    return None
