"""The base of all screens: the frame, one way of redrawing, and a word when the terminal is too small."""

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Resize, ScreenResume
from textual.screen import Screen
from textual.widget import Widget

from tui.drawing.parts import Line, wrap
from tui.finding import Render
from tui.store import Store
from tui.widgets.bars import KeyBar
from tui.widgets.drawn import Drawn
from tui.widgets.prompt import Answered, Left, Prompt

SMALLEST = (66, 21)
"""Columns and rows below which nothing but this demand is shown."""


class TooSmall(Drawn):
    """What is shown in a terminal that is too small for the frame."""

    def draw(self, width: int) -> list[Line]:
        """Return the demand for more room, with what there is."""
        columns, rows = self.app.size
        words = f"This terminal has {columns} by {rows} characters; mtls-triage needs {SMALLEST[0]} by {SMALLEST[1]}."
        return wrap(f"! Too small. {words} Make it larger, or press q to quit.", width)


class Framed(Screen[None]):
    """A screen that is drawn from the store; nothing on it takes the focus by itself."""

    AUTO_FOCUS = ""
    KEYS: tuple[tuple[str, str], ...] = ()
    ABOUT: tuple[tuple[str, str], ...] = ()
    """Keys of this screen and what they are for, for the help."""

    def __init__(self, store: Store, render: Render) -> None:
        super().__init__()
        self.store, self.render_finding = store, render

    def framed(self) -> Iterable[Widget]:
        """Return the widgets of the screen from top to bottom, without the keys."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Put the parts into the frame, the keys below them."""
        keys = KeyBar(self.store, self.render_finding, self.KEYS, id="keys")
        prompt = Prompt(self.store, self.render_finding, id="prompt")
        yield Vertical(*self.framed(), keys, prompt, id="frame")
        yield TooSmall(self.store, self.render_finding, id="too-small")

    def redraw(self) -> None:
        """Draw every visible part again."""
        for part in self.query(Drawn):
            if part.is_shown:
                part.redraw()

    def say(self, notice: Line) -> None:
        """Tell something in the line of the keys."""
        self.query_one("#keys", KeyBar).say(notice)

    def ask(
        self,
        question: str,
        answered: Answered,
        *,
        value: str = "",
        secret: bool = False,
        whole: bool = False,
        left: Left | None = None,
    ) -> None:
        """Ask for something to be typed in the last line; see :meth:`tui.widgets.prompt.Prompt.ask`."""
        prompt = self.query_one("#prompt", Prompt)
        prompt.ask(question, answered, value=value, secret=secret, whole=whole, left=left)

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Draw what has changed while another screen was shown."""
        self.call_after_refresh(self.redraw)

    def on_resize(self, event: Resize) -> None:
        """Show the frame, or that there is no room for it."""
        small = event.size.width < SMALLEST[0] or event.size.height < SMALLEST[1]
        self.set_class(small, "-small")
        self.call_after_refresh(self.redraw)
