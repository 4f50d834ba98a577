"""Base64 as it arrives: with lost pluses, lost padding, line breaks, or twice; back to bytes, with what was wrong."""

import base64
import re
from dataclasses import dataclass, field

from probes.forwarded.der import certificate_length

MAX_PARTS = 8
"""Copies or further certificates in one value that are looked at."""

_LINE_BREAK = re.compile(r"[ \t]*+[\r\n]++[ \t\r\n]*+")
_BLANKS = re.compile(r"[ \t]++")
_FOLD = re.compile(r"\r?\n[ \t]")  # obs-fold, RFC 9112 section 5.2
_FOREIGN = re.compile(r"[^A-Za-z0-9+/=]++")
_WIDTHS = (64, 76)  # RFC 7468 section 2, RFC 2045 section 6.8


@dataclass(frozen=True)
class Piece:
    """The DER of one certificate, or of its beginning; ``whole`` says that all of it is there."""

    der: bytes
    whole: bool


@dataclass
class Pieces:
    """What a text held: certificates in order and the faults of the text around them."""

    found: list[Piece] = field(default_factory=list)
    faults: set[str] = field(default_factory=set)

    def add(self, piece: Piece) -> None:
        """Keep a piece once; name it when it comes again or when it is another one."""
        if piece in self.found:
            self.faults.add("doubled")
        elif len(self.found) < MAX_PARTS:
            if self.found:
                self.faults.add("two-certificates")
            self.found.append(piece)


def from_base64(text: str) -> Pieces:
    """Decode a text that should be Base64 of one certificate; never raises; linear time."""
    out = Pieces()
    for part in [part for part in text.split(",") if part.strip()][:MAX_PARTS]:
        _part(part.strip(), out)
    if not out.found:
        out.faults.clear()
    return out


def _part(text: str, out: Pieces) -> None:
    if text.endswith(("...", "…")):
        text = text.rstrip(".…")
    if _BLANKS.search(text) or _LINE_BREAK.search(text):
        text = _one_line(text, out)
    half = len(text) // 2
    if half >= 64 and len(text) % 2 == 0 and text[:half] == text[half:]:
        out.faults.add("doubled")
        text = text[:half]
    if "-" in text or "_" in text:
        out.faults.add("base64url")
        text = text.replace("-", "+").replace("_", "/")
    if _FOREIGN.search(text):
        out.faults.add("illegal-characters")
        text = _FOREIGN.sub("", text)
    for segment in re.findall(r"[^=]++=*+", text)[:MAX_PARTS]:
        _segment(segment, out)


def _one_line(text: str, out: Pieces) -> str:
    # A blank was a plus, a line break or an indentation. The length that the certificate's own header declares
    # tells which: of these readings at most one has as many characters.
    folded = _FOLD.search(text) is not None
    unbroken = _LINE_BREAK.sub("", text)
    joined = _BLANKS.sub("", unbroken)
    readings = (
        (joined, {"folded"} if folded else set()),
        (_BLANKS.sub(_pluses, unbroken), {"plus-became-space"} | ({"folded"} if folded else set())),
        (_BLANKS.sub(_pluses, text.replace("\r", "").replace("\n", "")), {"plus-became-space"}),
    )
    for reading, faults in readings:
        if _characters(reading) == len(reading.rstrip("=")):
            out.faults |= faults
            return reading
    if "\n" not in text and (unwrapped := _from_lines(text, out)):
        return unwrapped
    reading, faults = readings[1] if _BLANKS.search(unbroken) else readings[0]
    out.faults |= faults
    return reading


def _pluses(blanks: re.Match[str]) -> str:
    return "+" * len(blanks[0])


def _from_lines(text: str, out: Pieces) -> str | None:
    # Line breaks that became blanks stand at equal distances; any other blank was a plus.
    for width in _WIDTHS:
        lines = [text[at : at + width + 1] for at in range(0, len(text), width + 1)]
        if len(lines) > 1 and all(line[-1] in " \t" for line in lines[:-1]):
            inner = "".join([*(line[:-1] for line in lines[:-1]), lines[-1]])
            if _BLANKS.search(inner):
                out.faults.add("plus-became-space")
            return _BLANKS.sub(_pluses, inner)
    return None


def _characters(text: str) -> int | None:
    # How many Base64 characters the certificate takes that begins here, without padding.
    try:
        head = base64.b64decode(text[:8], validate=True)
    except ValueError:
        return None
    total = certificate_length(head)
    return None if total is None else (total * 4 + 2) // 3


def _segment(text: str, out: Pieces) -> None:
    bare = text.rstrip("=")
    lost = len(bare) % 4
    usable = bare[:-1] if lost == 1 else bare
    try:
        data = base64.b64decode(usable + "=" * (-len(usable) % 4))
    except ValueError:
        return
    before = len(out.found)
    if split(data, out) and lost in (2, 3) and bare == text and len(out.found) > before:
        out.faults.add("padding-missing")


def split(data: bytes, out: Pieces) -> bool:
    """Cut ``data`` into certificates; returns whether the last one is all there."""
    at = 0
    for _ in range(MAX_PARTS):
        size = certificate_length(data[at : at + 16])
        if size is None:
            if at:
                out.faults.add("trailing-data")
            return at > 0
        piece = Piece(data[at : at + size], at + size <= len(data))
        if not piece.whole and at:
            # Behind a whole certificate: the cut-off copy of it, or something else.
            out.faults.add("doubled" if out.found[0].der.startswith(piece.der) else "trailing-data")
            return True
        out.add(piece)
        if not piece.whole:
            out.faults.add("truncated")
            return False
        at += size
        if at >= len(data):
            return True
    out.faults.add("trailing-data")
    return True
