"""Lines of text with roles, measured in terminal cells; the only vocabulary between drawing and widgets."""

from collections.abc import Iterable

from rich.cells import cell_len, set_cell_size

from probes.printable import printable

Part = tuple[str, str]
"""Text and its roles: words of :data:`ROLES`, separated by blanks; no role is the ordinary foreground."""
Line = tuple[Part, ...]

ROLES = frozenset(
    {
        *("muted", "faint", "primary", "success", "warning", "error", "line"),
        *("bold", "italic", "underline"),
        *("on-select", "on-surface"),
    }
)
RULE = "─"


def text(value: str, roles: str = "") -> Line:
    """Return a line of one part."""
    return ((value, roles),)


def cells(line: Line) -> int:
    """Return how many terminal cells ``line`` takes once it is printable; wide characters take two."""
    return sum(cell_len(printable(value)) for value, _ in line)


def fit(value: str, width: int, *, right: bool = False) -> str:
    """Return ``value`` printable and in exactly ``width`` cells: cut with ``…``, or filled with blanks."""
    value = printable(value)
    size = cell_len(value)
    if width <= 0:
        return ""
    if size > width:
        return set_cell_size(value, width - 1) + "…"
    blank = " " * (width - size)
    return blank + value if right else value + blank


def crop(line: Line, width: int) -> Line:
    """Return ``line`` in at most ``width`` cells, its last visible part cut with ``…``."""
    kept: list[Part] = []
    left = width
    for value, roles in line:
        value = printable(value)
        size = cell_len(value)
        if size <= left:
            kept.append((value, roles))
            left -= size
            continue
        if left > 0:
            kept.append((fit(value, left), roles))
        elif kept and width > 0:
            last, role = kept[-1]
            kept[-1] = (set_cell_size(last, max(cell_len(last) - 1, 0)) + "…", role)
        break
    return tuple(kept)


def pad(line: Line, width: int) -> Line:
    """Return ``line`` in exactly ``width`` cells."""
    line = crop(line, width)
    return (*line, (" " * max(width - cells(line), 0), ""))


def spread(left: Line, right: Line, width: int, *, fill: str = " ") -> Line:
    """Return ``left`` and ``right`` at the two ends of ``width`` cells; ``left`` gives way where both do not fit."""
    right = crop(right, width)
    room = width - cells(right) - (2 if right else 0)
    left = crop(left, room)
    gap = width - cells(left) - cells(right)
    if fill == " " or gap < 3:
        return (*left, (" " * max(gap, 0), ""), *right)
    tail = (" ", "") if right else ("", "")
    return (*left, (" ", ""), (fill * (gap - (2 if right else 1)), "line"), tail, *right)


def titled_rule(title: Line, width: int, right: Line = ()) -> Line:
    """Return a section's title with a hairline after it, and what stands at its right end."""
    return spread(title, right, width, fill=RULE)


def hairline(width: int) -> Line:
    """Return a rule over the whole width."""
    return text(RULE * max(width, 0), "line")


def columns(items: Iterable[tuple[str, int, str]], gap: int = 2) -> Line:
    """Return cells of fixed widths, each ``(text, width, roles)``, with ``gap`` blanks between them."""
    parts: list[Part] = []
    for value, width, roles in items:
        if parts:
            parts.append((" " * gap, ""))
        parts.append((fit(value, width), roles))
    return tuple(parts)


def wrap(value: str, width: int, roles: str = "") -> list[Line]:
    """Return prose broken at blanks into lines of at most ``width`` cells; a longer word is cut into pieces."""
    lines: list[Line] = []
    current = ""
    for word in printable(value).split():
        for piece in _pieces(word, max(width, 1)):
            if current and cell_len(current) + 1 + cell_len(piece) > width:
                lines.append(text(current, roles))
                current = piece
            else:
                current = f"{current} {piece}" if current else piece
    return [*lines, text(current, roles)] if current else lines


def _pieces(word: str, width: int) -> Iterable[str]:
    piece, size = "", 0
    for char in word:
        wide = cell_len(char)
        if piece and size + wide > width:
            yield piece
            piece, size = "", 0
        piece += char
        size += wide
    if piece:
        yield piece


def plain(lines: Iterable[Line]) -> str:
    """Return what the lines say, for a clipboard or a comparison; no roles, no blanks at the ends."""
    return "\n".join("".join(printable(value) for value, _ in line).rstrip() for line in lines)
