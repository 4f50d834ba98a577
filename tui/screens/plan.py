"""The plan sheet: what will be sent, to be agreed to with Enter before anything is sent."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widget import Widget

from tui.drawing.parts import Line, plain, text
from tui.drawing.sheet import sheet
from tui.messages import Copied
from tui.screens.framed import Framed
from tui.widgets.bars import CaseBar
from tui.widgets.drawn import Drawn


class Sheet(Drawn):
    """The sheet's text."""

    def draw(self, width: int) -> Sequence[Line]:
        """Return the sheet, or that the plan is being made."""
        store = self.store
        if store.case is None or store.plan is None:
            return [text("… The plan is being made; nothing is sent.", "muted")]
        return sheet(store.case, store.plan, width)


class PlanScreen(Framed):
    """Shows the plan; Enter agrees to it, esc leaves."""

    CSS_PATH = "plan.tcss"
    KEYS = (("enter", "send"), ("y", "copy"), ("j k", "scroll"), ("esc", "quit"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send", "send"),
        Binding("escape", "app.quit", "quit"),
        Binding("y", "copy", "copy"),
        Binding("j,down", "scroll(1)", "down"),
        Binding("k,up", "scroll(-1)", "up"),
        Binding("pagedown", "scroll(10)", "down"),
        Binding("pageup", "scroll(-10)", "up"),
    ]

    class Agreed(Message):
        """The user has seen what will be sent and agrees to it."""

    def framed(self) -> Iterable[Widget]:
        """Return the case bar and the sheet."""
        yield CaseBar(self.store, self.render_finding, id="case")
        yield VerticalScroll(Sheet(self.store, self.render_finding), id="sheet", can_focus=False)

    def action_send(self) -> None:
        """Agree, as soon as there is a plan to agree to."""
        if self.store.plan is not None:
            self.post_message(self.Agreed())

    def action_copy(self) -> None:
        """Copy the sheet."""
        self.post_message(Copied(plain(self.query_one(Sheet).lines)))

    def action_scroll(self, lines: int) -> None:
        """Scroll a sheet that is longer than the terminal."""
        self.query_one("#sheet").scroll_relative(y=lines, animate=False)
