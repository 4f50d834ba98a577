"""Reads the Markdown of a finding's texts into blocks: paragraphs, lists, fences, code and strong; no more."""

import re

from probes.report.document import Block, Bullets, Code, Inline, Paragraph, Span

_ITEM = re.compile(r"^(?:[-*]|(\d{1,3})\.)\s+(.*)$")
_SPANS = re.compile(r"(`+)(.+?)\1|\*\*(.+?)\*\*")
_ADDRESS = re.compile(r"https?://[^\s<>\"'`|]+[^\s<>\"'`|.,;:)]")


def blocks(markdown: str) -> tuple[Block, ...]:
    """Return the blocks of a text. Nothing in it becomes a link, an image or HTML."""
    return tuple(_Reader().read(markdown))


def inline(text: str) -> Inline:
    """Return one line of text with its code and strong parts."""
    found: list[Span] = []
    end = 0
    for piece in _SPANS.finditer(text):
        if piece.start() > end:
            found.append(Span(text=text[end : piece.start()]))
        quoted = piece.group(2)
        found.append(Span(text=quoted.strip(), kind="code") if quoted else Span(text=piece.group(3), kind="strong"))
        end = piece.end()
    if end < len(text):
        found.append(Span(text=text[end:]))
    return tuple(found)


def linked(text: str) -> Inline:
    """Return a line of the catalogue's own with its web addresses as links; never for text of a case."""
    found: list[Span] = []
    end = 0
    for address in _ADDRESS.finditer(text):
        found += [Span(text=text[end : address.start()]), Span(text=address.group(0), kind="link")]
        end = address.end()
    return (*(span for span in found if span.text), *((Span(text=text[end:]),) if end < len(text) else ()))


class _Reader:
    """Collects the lines of a paragraph or a list until something else begins."""

    def __init__(self) -> None:
        self.made: list[Block] = []
        self._words: list[str] = []
        self._items: list[str] = []
        self._ordered = False

    def read(self, markdown: str) -> list[Block]:
        fence: list[str] | None = None
        language = ""
        for line in markdown.splitlines():
            if line.startswith("```"):
                self._flush()
                if fence is None:
                    fence, language = [], line[3:].strip()
                else:
                    self.made.append(Code(text="\n".join(fence), language=language))
                    fence = None
            elif fence is not None:
                fence.append(line)
            else:
                self._line(line)
        if fence:
            self.made.append(Code(text="\n".join(fence), language=language))
        self._flush()
        return self.made

    def _line(self, line: str) -> None:
        item = _ITEM.match(line.strip())
        if not line.strip():
            self._flush()
        elif item:
            if self._words:
                self._flush()
            self._items.append(item.group(2))
            self._ordered = item.group(1) is not None
        elif self._items and line.startswith(" "):
            self._items[-1] += " " + line.strip()
        else:
            if self._items:
                self._flush()
            self._words.append(line.strip())

    def _flush(self) -> None:
        if self._items:
            self.made.append(Bullets(items=tuple(inline(item) for item in self._items), ordered=self._ordered))
        if self._words:
            self.made.append(Paragraph(inline=inline(" ".join(self._words))))
        self._items, self._words = [], []
