"""Reads tables, definition lists and lines out of an HTML page, in linear time and without obeying any of it."""

import html
import re
from dataclasses import dataclass, field

from probes.forwarded.pairs import MAX_PAIRS, Group, Pair

# The possessive quantifiers keep hostile pages linear; the standard library's parser is not on every 3.11.
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*+)[^<>]*+>|<!--|<![^<>]*+>")
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "code", "em", "font", "i", "kbd", "mark", "samp", "small", "span", "strong"}
    | {"sub", "sup", "tt", "u", "var", "wbr"}
)
_PAGE = re.compile(r"<(?:!doctype html|html|body|table|tr|td|dl|dt|pre|p|div|ul|li|h1|br)\b", re.IGNORECASE)
_HIDDEN = frozenset({"script", "style", "template"})
_BLANK_LINES = re.compile(r"\n[ \t\r]*+\n[ \t\r\n]*+")
_INDENTED_BREAK = re.compile(r"[ \t]*+[\r\n]++[ \t\r\n]*+")


def looks_like_html(text: str) -> bool:
    """Say whether a text is a page rather than a line that happens to hold a ``<``."""
    return _PAGE.search(text[:4096]) is not None


@dataclass
class _Page:
    """What was collected so far: the tables' pairs, the text as lines, the cells of the open row."""

    tables: Group = field(default_factory=lambda: Group(("table",)))
    lines: list[str] = field(default_factory=list)
    cells: list[list[str]] = field(default_factory=list)
    term: str | None = None
    into: list[str] | None = None
    hidden: str | None = None


def read(text: str) -> tuple[Group, str]:
    """Return the pairs of the page's tables and definition lists, and its text as lines. Never raises."""
    page = _Page()
    at = 0
    while tag := _TAG.search(text, at):
        _write(page, text[at : tag.start()])
        at = tag.end()
        if tag[0] == "<!--":
            end = text.find("-->", at)
            at = end + 3 if end >= 0 else len(text)
        elif tag[2]:
            _on_tag(page, tag[2].lower(), closing=bool(tag[1]))
    _write(page, text[at:])
    _definition(page, "dd", closing=True)
    _row_ends(page)
    return page.tables, _BLANK_LINES.sub("\n", "".join(page.lines))


def _write(page: _Page, raw: str) -> None:
    if page.hidden or not raw:
        return
    text = html.unescape(raw)
    if page.into is not None:
        page.into.append(text)
    page.lines.append(text)


def _on_tag(page: _Page, name: str, *, closing: bool) -> None:
    if name in _HIDDEN:
        page.hidden = None if closing and page.hidden == name else (page.hidden or name)
    if page.hidden or name in _INLINE:
        return
    if name in ("td", "th"):
        page.into = None
        if not closing and len(page.cells) < 16:
            page.into = []
            page.cells.append(page.into)
    elif name in ("tr", "table"):
        _row_ends(page)
    elif name in ("dt", "dd"):
        _definition(page, name, closing=closing)
    page.lines.append("\n" if name not in ("td", "th") or closing else "")


def _definition(page: _Page, name: str, *, closing: bool) -> None:
    if page.into is not None and not page.cells:
        text = _clean(page.into)
        if page.term is None:
            page.term = text
        else:
            _pair(page, page.term, text)
            page.term = None
    page.into = None
    if not closing:
        if name == "dt":
            page.term = None
        page.into = []


def _row_ends(page: _Page) -> None:
    cells = [_clean(cell) for cell in page.cells]
    named = next((at for at, text in enumerate(cells) if text), None)
    if named is not None and named + 1 < len(cells):
        _pair(page, cells[named], cells[named + 1])
    page.cells, page.into = [], None


def _pair(page: _Page, name: str, value: str) -> None:
    if len(page.tables.pairs) < MAX_PAIRS and len(name) <= 200:
        page.tables.pairs.append(Pair(name.rstrip(": \t"), value, ("table",)))


def _clean(parts: list[str]) -> str:
    # A page's indentation is no part of the value: only the line break may have been.
    return _INDENTED_BREAK.sub("\n", "".join(parts).strip())
