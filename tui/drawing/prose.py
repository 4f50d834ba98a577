"""Draws the little Markdown that findings are written in: paragraphs, lists, code; everything else as it stands."""

import re
from collections.abc import Iterator

from tui.drawing.parts import Line, fit, wrap

_ITEM = re.compile(r"(\s*(?:[-*]|\d+\.)\s+)(.*)")
_FENCE = "```"


def blocks(markdown: str) -> Iterator[tuple[str, str]]:
    """Yield ``("code", text)``, ``("item", "- text")`` and ``("prose", paragraph)`` in their order."""
    prose: list[str] = []
    code: list[str] | None = None
    kind = "prose"
    for line in [*markdown.splitlines(), ""]:
        if line.lstrip().startswith(_FENCE):
            if code is not None:
                yield "code", "\n".join(code)
                code = None
                continue
            if prose:
                yield kind, " ".join(prose)
            prose, code = [], []
        elif code is not None:
            code.append(line)
        elif _ITEM.fullmatch(line) or not line.strip():
            if prose:
                yield kind, " ".join(prose)
            prose, kind = ([line], "item") if line.strip() else ([], "prose")
        else:
            prose.append(line.strip())
    if code:
        yield "code", "\n".join(code)


def prose_lines(markdown: str, width: int, roles: str = "") -> list[Line]:
    """Return Markdown in ``width`` cells: prose wrapped, lists with a hanging indent, code on a ground of its own."""
    lines: list[Line] = []
    before = ""
    for kind, words in blocks(markdown):
        if lines and not (kind == before == "item"):
            lines.append(())
        before = kind
        if kind == "code":
            lines += code_lines(words, width)
        elif kind == "item":
            lines += _item(words, width, roles)
        else:
            lines += wrap(_inline(words), width, roles)
    return lines


def code_lines(code: str, width: int) -> list[Line]:
    """Return code, cut at the right where it is too long; a copy has it whole."""
    lines: list[Line] = []
    for part in code.split("\n"):
        role = "muted on-surface" if part.lstrip().startswith("#") else "on-surface"
        lines.append(((" ", "on-surface"), (fit(part, width - 1), role)))
    return lines


def copied(markdown: str) -> str:
    """Return what is worth copying: the code where there is some, else the text."""
    code = [words for kind, words in blocks(markdown) if kind == "code"]
    return "\n".join(code) if code else markdown


def _item(words: str, width: int, roles: str) -> list[Line]:
    found = _ITEM.fullmatch(words)
    assert found is not None
    mark, rest = found.groups()
    mark = mark.strip().replace("*", "-") + " "
    first, *more = wrap(_inline(rest), width - len(mark), roles) or [()]
    return [((mark, "muted"), *first), *(((" " * len(mark), ""), *line) for line in more)]


def _inline(words: str) -> str:
    return words.replace("**", "").replace("`", "")
