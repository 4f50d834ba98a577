"""A report as a document: sections of blocks, without a word of Markdown or HTML; both are written from this."""

from typing import Literal

from probes.model import Value

Tone = Literal["bad", "warn", "good", "none"]


class Span(Value, frozen=True, kw_only=True):
    """A run of text in one line; ``code`` is shown as it is, character by character; ``link`` is its own address."""

    text: str
    kind: Literal["text", "code", "strong", "link"] = "text"


Inline = tuple[Span, ...]


class Paragraph(Value, frozen=True, kw_only=True, tag=True):
    """A paragraph."""

    inline: Inline


class Bullets(Value, frozen=True, kw_only=True, tag=True):
    """A list; ``ordered`` numbers it."""

    items: tuple[Inline, ...]
    ordered: bool = False


class Code(Value, frozen=True, kw_only=True, tag=True):
    """Lines to copy; ``language`` is the name that Markdown's fences use."""

    text: str
    language: str = ""


class Table(Value, frozen=True, kw_only=True, tag=True):
    """A table; every row is as long as ``headings``. ``tones`` has one tone for each row, or none at all."""

    headings: tuple[str, ...]
    rows: tuple[tuple[Inline, ...], ...]
    tones: tuple[Tone, ...] = ()


class Bar(Value, frozen=True, kw_only=True):
    """One phase of a connection, in milliseconds since the probe began; ``what`` says what happened in it."""

    label: str
    start: float
    end: float
    role: Literal["network", "tls", "certificate", "request", "answer"]
    what: str = ""


class Waterfall(Value, frozen=True, kw_only=True, tag=True):
    """The phases of one connection on its time line; ``total`` is in milliseconds."""

    title: str
    total: float
    bars: tuple[Bar, ...]


Block = Paragraph | Bullets | Code | Table | Waterfall


class Section(Value, frozen=True, kw_only=True):
    """A heading and what stands under it."""

    title: str
    blocks: tuple[Block, ...]


class Document(Value, frozen=True, kw_only=True):
    """A whole report. ``marks`` are warnings that stand before everything else."""

    title: str
    tone: Tone
    glyph: str
    state: str
    sentence: str
    slug: str
    confidence: str
    facts: tuple[tuple[str, Inline], ...]
    marks: tuple[str, ...]
    sections: tuple[Section, ...]


def plain(text: str) -> Inline:
    """Return a text as it is."""
    return (Span(text=text),)


def code(text: str) -> Inline:
    """Return a value that came from outside: shown as it is in every format, never formatted."""
    return (Span(text=text, kind="code"),) if text else ()


def strong(text: str) -> Inline:
    """Return an emphasised text."""
    return (Span(text=text, kind="strong"),)
