"""Makes text from outside safe to show: every character that a terminal could obey becomes visible."""

import unicodedata

# Cc, Cf, Cs, Co, Cn, Zl and Zp hold what terminals obey or what reorders text: escape sequences, C1 controls,
# bidirectional overrides, lone surrogates, line and paragraph separators.
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _visible(char: str) -> str:
    code = ord(char)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def printable(text: str, *, limit: int | None = None, lines: bool = False) -> str:
    """Return ``text`` with control, format and unassigned characters written as escapes.

    ``limit`` cuts after that many characters and marks the cut with ``…``. ``lines`` keeps line feeds and turns
    CR LF into them; without it the result is one line. The result is always encodable as UTF-8.
    """
    if limit is not None and len(text) > limit:
        text = text[:limit] + "…"
    if lines:
        text = text.replace("\r\n", "\n")
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        char if (lines and char == "\n") or unicodedata.category(char) not in _HIDDEN else _visible(char)
        for char in text
    )


def printable_bytes(data: bytes, *, limit: int | None = None, lines: bool = False) -> str:
    """Decode ``data`` as UTF-8 with replacement and make it printable; see :func:`printable`."""
    if limit is not None and len(data) > limit * 4:
        data = data[: limit * 4]
    return printable(data.decode("utf-8", "replace"), limit=limit, lines=lines)
