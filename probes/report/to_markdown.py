"""A report as Markdown for a ticket; what came from outside can neither link, nor load, nor mention anybody."""

import re

from probes.report.building import build
from probes.report.document import (
    Block,
    Bullets,
    Code,
    Document,
    Inline,
    Paragraph,
    Section,
    Span,
    Table,
    Waterfall,
)
from probes.report.request import Report

# What could make a link, an image, HTML, a heading, emphasis, a mention or a reference of prose.
_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~])")
_MENTION = re.compile(r"@(?=\w)")
_START = re.compile(r"^(\s*)([-+=]|\d+[.)])(?=\s|$|=|-)")


def text(report: Report) -> str:
    """Return the report as GitHub-flavoured Markdown."""
    return document(build(report))


def document(made: Document) -> str:
    """Return a document as Markdown."""
    lines = [f"# {escaped(made.sentence)}", ""]
    lines += [f"**{made.glyph} {escaped(made.state)}** · {code_span(made.slug)} · {escaped(made.confidence)}", ""]
    for mark in made.marks:
        lines += [f"> **!** {escaped(mark)}", ""]
    lines += _table(Table(headings=("", ""), rows=tuple(((Span(text=name),), value) for name, value in made.facts)))
    for section in made.sections:
        lines += ["", *_section(section)]
    return "\n".join(lines).rstrip("\n") + "\n"


def _section(section: Section) -> list[str]:
    lines = [f"## {escaped(section.title)}"]
    for block in section.blocks:
        lines += ["", *_block(block)]
    return lines


def _block(block: Block) -> list[str]:
    match block:
        case Paragraph():
            return [_inline(block.inline)]
        case Bullets():
            marks = [f"{number}." if block.ordered else "-" for number in range(1, len(block.items) + 1)]
            return [f"{mark} {_inline(item)}" for mark, item in zip(marks, block.items, strict=True)]
        case Code():
            return fenced(block.text, block.language)
        case Table():
            return _table(block)
        case Waterfall():
            return _waterfall(block)


def fenced(value: str, language: str = "") -> list[str]:
    """Return a code block whose fence is longer than any run of backticks in it (CommonMark 0.31.2 section 4.5)."""
    longest = max((len(run) for run in re.findall(r"`+", value)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{language}", *value.splitlines(), fence]


def code_span(value: str) -> str:
    """Return a code span that holds ``value`` whatever backticks are in it (CommonMark 0.31.2 section 6.1)."""
    if not value:
        return ""
    longest = max((len(run) for run in re.findall(r"`+", value)), default=0)
    ticks = "`" * (longest + 1)
    space = " " if value[0] in "` " or value[-1] in "` " else ""
    return f"{ticks}{space}{value}{space}{ticks}".replace("\n", " ")


def escaped(value: str) -> str:
    """Return prose in which nothing is formatted; a mention is kept from notifying anybody."""
    flat = " ".join(value.split("\n"))
    found = _MENTION.sub("@\N{ZERO WIDTH SPACE}", _SPECIAL.sub(r"\\\1", flat))
    return _START.sub(r"\1\\\2", found)


def _inline(spans: Inline) -> str:
    made = []
    for place, span in enumerate(spans):
        if span.kind == "code":
            made.append(code_span(span.text))
        elif span.kind == "strong":
            made.append(f"**{escaped(span.text)}**")
        elif span.kind == "link":
            made.append(f"<{span.text}>")
        else:
            made.append(escaped(span.text) if place == 0 else escaped(f"x{span.text}")[1:])
    return "".join(made)


def _table(table: Table) -> list[str]:
    rows = [[_cell(cell) for cell in row] for row in table.rows]
    head = [escaped(heading) for heading in table.headings]
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return [*lines, *(f"| {' | '.join(row)} |" for row in rows)]


def _cell(spans: Inline) -> str:
    # GitHub ends a cell at every bar, also within code, unless a backslash stands before it (GFM 0.29 section 4.10).
    return "".join(
        code_span(span.text).replace("|", "\\|") if span.kind == "code" else _inline((span,)) for span in spans
    )


def _waterfall(drawn: Waterfall) -> list[str]:
    rows = tuple(
        (
            (Span(text=bar.label),),
            (Span(text=f"{bar.start:.1f}"),),
            (Span(text=f"{bar.end - bar.start:.1f}"),),
            (Span(text=bar.what),),
        )
        for bar in drawn.bars
    )
    table = Table(headings=("Phase", "at ms", "took ms", "What happened"), rows=rows)
    return [f"**{escaped(drawn.title)}**", "", *_table(table)]
