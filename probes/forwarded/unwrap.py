"""Takes the layers off a header's value: quotes, escapes, URL encoding, PEM, hex, XFCC, RFC 9440."""

import html
import re
from dataclasses import dataclass, field
from urllib.parse import unquote, unquote_plus

from probes.forwarded.base64text import Pieces, from_base64, split
from probes.forwarded.names import plain_name
from probes.forwarded.xfcc import elements, looks_like_xfcc
from probes.model import Encoding
from probes.printable import printable

MAX_CHARACTERS = 256 * 1024
"""Of a value; what follows is not read."""

PLACEHOLDERS = frozenset(
    {"(null)", "null", "none", "<none>", "undefined", "nil", "-", "--", "n/a", "nan", "false"}
    | {"[object object]", "[redacted]", "redacted", "***"}
)
"""What proxies, templates and languages write where there is no value."""
_URL_CODE = re.compile(r"%[0-9A-Fa-f]{2}")
_CUT_CODE = re.compile(r"%[0-9A-Fa-f]?$")
_BEGIN = re.compile(r"-----BEGIN[ +_]([A-Za-z0-9 +_]{1,40})-----")
_END = re.compile(r"-----END\b")
_HEX = re.compile(r"(?:0x)?[0-9A-Fa-f](?:[0-9A-Fa-f]|[:\s-](?=[0-9A-Fa-f]))*+")
_NOT_HEX_DIGIT = re.compile(r"[^0-9A-Fa-f]++")
_RFC9440 = re.compile(r":([A-Za-z0-9+/=]*+):")
_SUBJECT = re.compile(r"\s*/?\s*(?:CN|OU|O|C|L|ST|S|DC|E|emailAddress|UID|serialNumber)\s*=", re.IGNORECASE)
_JSON_CODE = re.compile(r"\\u00([0-9A-Fa-f]{2})")
_QUOTES = "\"'`“”"
# Traefik's PassTLSClientCert writes the Base64 lines of a PEM without its markers, URL-encoded.
_URL_ENCODED_BY_DESIGN = frozenset({plain_name("X-Forwarded-Tls-Client-Cert")})


@dataclass
class Unwrapped:
    """What stood in a value: encoding, certificates, faults, and facts stated in place of a certificate."""

    encoding: Encoding | None = None
    pieces: Pieces = field(default_factory=Pieces)
    faults: set[str] = field(default_factory=set)
    stated: dict[str, str] = field(default_factory=dict)
    san: tuple[str, ...] = ()


def unwrap(value: str, header: str | None = None) -> Unwrapped:
    """Find the certificates in a header's value. Never raises; linear in the length of ``value``."""
    out = Unwrapped()
    if len(value) > MAX_CHARACTERS:
        out.faults.add("too-long")
    text = _outer(value[:MAX_CHARACTERS], out)
    if not text:
        out.faults.add("empty")
    elif text.lower() in PLACEHOLDERS:
        out.faults.add("placeholder")
    elif looks_like_xfcc(text):
        _xfcc(text, out)
    else:
        _single(text, header, out)
    return out


def _outer(text: str, out: Unwrapped) -> str:
    text = text.strip()
    for _ in range(3):
        inner = text[1:] if len(text) > 2 and text[0] in "bB" and text[1] in "'\"" else text
        if inner[:1] not in _QUOTES or not inner:
            break
        out.faults.add("quoted")
        text = inner[1:].rstrip(",; \t\r\n").rstrip(_QUOTES).strip()
    if "\\" in text:
        text = _unescaped(text, out)
    if "&#" in text or "&plus;" in text:
        out.faults.add("html-escaped")
        text = html.unescape(text)
    return text.strip()


def _unescaped(text: str, out: Unwrapped) -> str:
    if "\\n" in text or "\\r" in text:
        out.faults.add("escaped-line-breaks")
        text = text.replace("\\r", "").replace("\\n", "\n")
    if "\\/" in text or "\\u00" in text:
        out.faults.add("json-escaped")
        text = _JSON_CODE.sub(lambda code: chr(int(code[1], 16)), text.replace("\\/", "/"))
    return text


def _single(text: str, header: str | None, out: Unwrapped) -> None:
    encoded = _URL_CODE.search(text) is not None
    if encoded:
        text = _url_decoded(text, out)
    if listed := _rfc9440(text):
        out.encoding = "rfc9440"
        _take(from_base64(",".join(listed)), out)
    elif _BEGIN.search(text):
        out.encoding = "url-encoded-pem" if encoded else "pem"
        _pem(text, out)
    elif _HEX.fullmatch(text) and (digits := _NOT_HEX_DIGIT.sub("", text.lower().removeprefix("0x"))):
        _hex(digits, out)
    elif _SUBJECT.match(text):
        out.faults.add("subject-only")
        out.stated["subject"] = printable(text, limit=2048)
    else:
        out.encoding = "base64-der"
        _take(from_base64(text), out)
        if encoded and plain_name(header or "") not in _URL_ENCODED_BY_DESIGN:
            out.faults.add("url-encoded")


def _url_decoded(text: str, out: Unwrapped) -> str:
    text = _CUT_CODE.sub("", text)
    # A form encoder writes a blank as plus, so in its output a plus never was one.
    decode = unquote_plus if "BEGIN+" in text[:40] else unquote
    text = decode(text)
    if _URL_CODE.search(text):
        out.faults.add("url-encoded-twice")
        text = (unquote_plus if "BEGIN+" in text[:40] else unquote)(text)
    return text


def _rfc9440(text: str) -> list[str]:
    # RFC 9440 section 2.1: a Structured Field byte sequence; section 2.3: a list of them in Client-Cert-Chain.
    if not text.startswith(":"):
        return []
    found = _RFC9440.findall(text)
    return found or [text.strip(":")]


def _take(pieces: Pieces, out: Unwrapped) -> None:
    out.faults |= pieces.faults
    for piece in pieces.found:
        out.pieces.add(piece)
    out.faults |= out.pieces.faults


def _pem(text: str, out: Unwrapped) -> None:
    begins = list(_BEGIN.finditer(text))
    for number, begin in enumerate(begins[:16]):
        label = begin[1].replace("+", " ").replace("_", " ").upper()
        stop = begins[number + 1].start() if number + 1 < len(begins) else len(text)
        if "PRIVATE" in label:
            out.faults.add("private-key")
        elif "REQUEST" in label:
            out.faults.add("certificate-request")
        elif "CERTIFICATE" in label:
            end = _END.search(text, begin.end(), stop)
            _take(from_base64(text[begin.end() : end.start() if end else stop].replace(",", "")), out)
            if end is None:
                out.faults.add("truncated")
                out.faults.discard("padding-missing")


def _hex(digits: str, out: Unwrapped) -> None:
    if len(digits) in (40, 64):
        out.faults.add("thumbprint-only")
        out.stated["thumbprint_sha1" if len(digits) == 40 else "thumbprint_sha256"] = digits.upper()
        return
    out.encoding = "hex"
    pieces = Pieces()
    half = len(digits) // 2
    if half >= 128 and len(digits) % 2 == 0 and digits[:half] == digits[half:]:
        pieces.faults.add("doubled")
        digits = digits[:half]
    split(bytes.fromhex(digits[: len(digits) // 2 * 2]), pieces)
    _take(pieces, out)


def _xfcc(text: str, out: Unwrapped) -> None:
    out.encoding = "xfcc"
    found = elements(text)
    # Each proxy appends its own element: the first with a certificate is the one nearest to the client.
    best = next((one for one in found if one.get("cert") or one.get("chain")), found[0] if found else {})
    _xfcc_facts(best, out)
    carried = (best.get("cert") or best.get("chain") or ("",))[0]
    if carried:
        inner = Unwrapped()
        _single(_outer(carried, inner), None, inner)
        inner.faults -= {"url-encoded"}
        if not best.get("cert"):
            inner.faults -= {"two-certificates"}  # Chain= holds the leaf and its issuers by design
        out.faults |= inner.faults
        out.pieces = inner.pieces
    elif best.get("hash"):
        out.faults.add("hash-only")
    elif best.get("subject"):
        out.faults.add("subject-only")


def _xfcc_facts(element: dict[str, tuple[str, ...]], out: Unwrapped) -> None:
    digits = _NOT_HEX_DIGIT.sub("", "".join(element.get("hash", ())[:1]))
    if len(digits) == 64:
        out.stated["thumbprint_sha256"] = digits.upper()
    if subject := element.get("subject"):
        out.stated["subject"] = printable(subject[0], limit=2048)
    names = [f"URI:{uri}" for uri in element.get("uri", ())] + [f"DNS:{name}" for name in element.get("dns", ())]
    out.san = tuple(printable(name, limit=500) for name in names)
