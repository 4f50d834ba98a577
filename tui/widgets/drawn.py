"""The base of all text on the screens: lines drawn from the store for the width there is."""

from collections.abc import Sequence

from textual.events import Resize
from textual.widget import Widget
from textual.widgets import Static

from tui import content
from tui.drawing.parts import Line, plain
from tui.finding import Render
from tui.store import Store

WIDE = 100
"""From this many columns on the wide layout is used; the same number stands in the app's breakpoints."""


class Drawn(Static):
    """Text that is drawn anew when the store or the width changed, and repainted only when the text changed."""

    def __init__(self, store: Store, render: Render, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(content.page([]), id=id, markup=False)
        self.store = store
        self.render_finding = render
        self.lines: Sequence[Line] = ()
        self._cursor: int | None = None

    @property
    def wide(self) -> bool:
        """Whether the terminal has room for the wide layout."""
        return self.app.size.width >= WIDE

    def draw(self, width: int) -> Sequence[Line]:
        """Return the lines for ``width`` cells; every widget says what it shows here."""
        raise NotImplementedError

    def cursor(self) -> int | None:
        """Return the index of the line under the cursor, None for no cursor."""
        return None

    def redraw(self) -> None:
        """Draw again, and repaint if anything is different."""
        width = self.content_size.width
        if width <= 0:
            return
        lines, cursor = tuple(self.draw(width)), self.cursor()
        if lines != self.lines or cursor != self._cursor:
            # Laying the screen out anew costs more than the text itself, and only a new height asks for it.
            layout = len(lines) != len(self.lines)
            self.lines, self._cursor = lines, cursor
            self.update(content.page(lines, selected=cursor), layout=layout)

    @property
    def is_shown(self) -> bool:
        """Whether nothing around it is hidden, as the pages of the other stages are."""
        return all(one.display for one in self.ancestors_with_self if isinstance(one, Widget))

    def on_resize(self, event: Resize) -> None:
        """Draw for the new width."""
        self.redraw()

    def copied(self) -> str:
        """Return what is shown as plain text."""
        return plain(self.lines)
