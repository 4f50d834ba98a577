"""A list of choices over the screen that asked: one is taken with enter, esc takes none."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui.drawing.parts import Line, cells, crop, fit, text, titled_rule, wrap
from tui.finding import Render
from tui.screens.framed import Framed
from tui.store import Store
from tui.widgets.bars import CaseBar
from tui.widgets.listing import Drawing, Listing


@dataclass(frozen=True)
class Choice:
    """One choice: its name, what it is called, and what is to be known about it."""

    name: str
    label: str
    note: str = ""
    glyph: str = " "
    role: str = ""


class Choices(Listing):
    """The choices, each on one line."""

    def __init__(self, screen: "ChooseScreen") -> None:
        super().__init__(screen.store, screen.render_finding, id="choices")
        self.owner_screen = screen

    def drawing(self, width: int) -> Drawing:
        """Return the title, what is said about it, and the choices."""
        asked = self.owner_screen
        lines: list[Line] = [titled_rule(text(asked.asked, "bold"), width)]
        lines += [*wrap(asked.about, width, "muted"), ()] if asked.about else [()]
        room = min(max((cells(text(one.label)) for one in asked.choices), default=0), width // 2)
        places: dict[str, int] = {}
        for one in asked.choices:
            places[one.name] = len(lines)
            label = fit(one.label, room) if one.note else one.label
            line: Line = ((f"{one.glyph} ", one.role), (label, ""), ("   ", ""), (one.note, "muted"))
            lines += [crop(line, width)]
        picked = next((one for one in asked.choices if one.name == self.chosen), None)
        if picked is not None and cells(text(picked.note)) > width - room - 5:
            lines += [(), *wrap(picked.note, width)]
        return lines, places

    def choose(self, name: str) -> None:
        """Show the whole note of the chosen one, where it did not fit."""
        super().choose(name)
        self.redraw()


class ChooseScreen(Framed):
    """Asks for one of several things; ``chosen`` is called with its name after the screen has gone."""

    CSS_PATH = "choose.tcss"
    KEYS = (("enter", "take"), ("j k", "move"), ("esc", "back"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "take"),
        Binding("escape", "leave", "back"),
        Binding("j,down", "move(1)", "down"),
        Binding("k,up", "move(-1)", "up"),
        Binding("g,home", "move(-100000)", "first"),
        Binding("G,end", "move(100000)", "last"),
    ]

    def __init__(
        self,
        store: Store,
        render: Render,
        asked: str,
        choices: Sequence[Choice],
        chosen: Callable[[str], None],
        *,
        about: str = "",
    ) -> None:
        super().__init__(store, render)
        self.asked, self.about, self.choices, self._chosen = asked, about, list(choices), chosen

    def framed(self) -> Iterable[Widget]:
        """Return the case bar and the choices."""
        yield CaseBar(self.store, self.render_finding, id="case")
        yield Choices(self)

    def action_move(self, steps: int) -> None:
        """Move the cursor."""
        self.query_one(Choices).move(steps)

    def on_listing_opened(self, event: Listing.Opened) -> None:
        """Take the choice that was clicked twice."""
        self.action_take()

    def action_take(self) -> None:
        """Take the choice under the cursor."""
        name = self.query_one(Choices).chosen
        self.app.pop_screen()
        if name is not None:
            self._chosen(name)

    def action_leave(self) -> None:
        """Take none."""
        self.app.pop_screen()
