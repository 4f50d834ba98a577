"""The one place where text becomes Textual Content; nothing that is shown is ever parsed as markup.

Every text passes :func:`probes.printable.printable` here once more: it costs nothing for text that is clean, and
no widget has to be trusted to have done it.
"""

from collections.abc import Sequence

from textual.content import Content

from probes.printable import printable
from tui.drawing.parts import ROLES, Line

_EMPHASIS = frozenset({"bold", "italic", "underline"})
_GROUNDS = {"on-select": "on $select", "on-surface": "on $surface"}


def _style(roles: str, *, selected: bool) -> str:
    emphasis, colour, ground = [], "$foreground", "on $select" if selected else ""
    for role in roles.split():
        if role not in ROLES:
            raise ValueError("unknown role in a drawn line")
        if role in _EMPHASIS:
            emphasis.append(role)
        elif role in _GROUNDS:
            ground = _GROUNDS[role]
        else:
            # Faint text is too dim on the cursor row of the dark theme.
            colour = "$muted" if role == "faint" and selected else f"${role}"
    return " ".join((*emphasis, colour, ground)).rstrip()


def line(parts: Line, *, selected: bool = False) -> Content:
    """Return one line as Content; ``selected`` puts it on the cursor's background."""
    return Content.assemble(*((printable(value), _style(roles, selected=selected)) for value, roles in parts))


def page(lines: Sequence[Line], *, selected: int | None = None) -> Content:
    """Return lines as one Content; ``selected`` is the index of the line under the cursor."""
    return Content("\n").join([line(parts, selected=index == selected) for index, parts in enumerate(lines)])


def title(value: str) -> Content:
    """Return a plain text as Content, for titles of commands."""
    return Content(printable(value))
