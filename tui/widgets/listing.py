"""A page of lines that scrolls, with a cursor over those lines that can be chosen."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.events import Click
from textual.message import Message

from tui.drawing.parts import Line, pad
from tui.finding import Render
from tui.store import Store
from tui.widgets.drawn import Drawn

Drawing = tuple[list[Line], dict[str, int]]
"""Lines, and by name the index of each line that the cursor can stand on."""


class Lines(Drawn):
    """The text of a listing."""

    chosen: str | None = None

    def __init__(self, owner: "Listing") -> None:
        super().__init__(owner.store, owner.render_finding)
        self.owner = owner
        self.places: dict[str, int] = {}

    def draw(self, width: int) -> Sequence[Line]:
        """Return what the owner draws, its chosen line padded so that the cursor goes from end to end."""
        lines, self.places = self.owner.drawing(width)
        if self.chosen not in self.places:
            self.chosen = next(iter(self.places), None)
        at = self.cursor()
        return [pad(line, width) if place == at else line for place, line in enumerate(lines)]

    def cursor(self) -> int | None:
        """Return the line that is chosen."""
        return self.places.get(self.chosen) if self.chosen else None


class Listing(VerticalScroll):
    """A scrolling page; the screen moves its cursor by keys, a click chooses, a click on the chosen line opens."""

    can_focus = False

    class Opened(Message):
        """The chosen line was clicked again."""

    def __init__(self, store: Store, render: Render, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.store, self.render_finding = store, render
        self.text = Lines(self)

    def drawing(self, width: int) -> Drawing:
        """Return the lines and the places of those that can be chosen; every listing says what it shows here."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Put the text into the scrolling part."""
        yield self.text

    @property
    def chosen(self) -> str | None:
        """The name of the line under the cursor, None where nothing can be chosen."""
        return self.text.chosen

    @property
    def wide(self) -> bool:
        """Whether the terminal has room for the wide layout."""
        return self.text.wide

    def redraw(self) -> None:
        """Draw again."""
        self.text.redraw()

    def choose(self, name: str) -> None:
        """Put the cursor on a line and make it visible."""
        self.text.chosen = name
        self.redraw()
        place = self.text.places.get(name)
        if place is None:
            return
        top, height = round(self.scroll_y), self.size.height
        if not top < place < top + height - 1:
            # One line of what stands around it stays visible.
            self.scroll_to(y=place - 1 if place <= top else place - height + 2, animate=False)

    def move(self, steps: int) -> None:
        """Move the cursor by ``steps`` lines that can be chosen; where there are none, scroll."""
        order = list(self.text.places)
        here = order.index(self.chosen) if self.chosen in order else 0
        wanted = min(max(here + steps, 0), len(order) - 1)
        if not order or wanted == here:
            self.scroll_relative(y=steps, animate=False)
        else:
            self.choose(order[wanted])

    def turn(self, pages: int) -> None:
        """Scroll by pages, the cursor with them."""
        self.scroll_relative(y=pages * max(self.size.height - 2, 1), animate=False)

    def copied(self) -> str:
        """Return what is shown as plain text."""
        return self.text.copied()

    def on_click(self, event: Click) -> None:
        """Choose the line under the mouse, or open it where it is chosen already."""
        offset = event.get_content_offset(self.text)
        hit = next((name for name, place in self.text.places.items() if offset and place == offset.y), None)
        if hit is not None and hit == self.chosen:
            self.post_message(self.Opened())
        elif hit is not None:
            self.choose(hit)
