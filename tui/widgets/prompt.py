"""The line at the bottom in which something is typed; it is opened by a key and never takes the focus by itself."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.events import Paste
from textual.message import Message
from textual.widgets import Input

from probes.printable import printable
from tui.drawing.parts import Line, cells, text
from tui.drawing.parts import crop as cropped
from tui.finding import Render
from tui.store import Store
from tui.widgets.drawn import Drawn

Answered = Callable[[str], None]
Left = Callable[[], None]
WHOLE = 200
"""Characters from which on a paste is taken at once where a whole text is wanted."""


class Entry(Input):
    """An input that takes pasted text without control characters, and where asked for all lines of it at once."""

    whole = False

    class WholePasted(Message):
        """A text of several lines, or a long one, was pasted where one is wanted."""

        def __init__(self, pasted: str) -> None:
            super().__init__()
            self.pasted = pasted

    def _on_paste(self, event: Paste) -> None:
        # What a clipboard holds comes from outside: a control character in an input would reach the terminal.
        event.stop()
        event.prevent_default()
        pasted = event.text.strip()
        if self.whole and ("\n" in pasted or len(pasted) > WHOLE):
            self.post_message(self.WholePasted(pasted))
        elif pasted:
            self.insert_text_at_cursor(printable(pasted.splitlines()[0], limit=4096))


class Question(Drawn):
    """What is asked."""

    asked = ""

    def draw(self, width: int) -> list[Line]:
        """Return the question in one line."""
        return [cropped(text(self.asked, "primary"), width)]


class Prompt(Horizontal):
    """A question and an input for its answer; enter answers, esc leaves."""

    BINDINGS = [Binding("escape", "leave", "leave")]  # noqa: RUF012 - declared by Textual

    def __init__(self, store: Store, render: Render, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.question = Question(store, render)
        self.entry = Entry(compact=True)
        self.entry.cursor_blink = False
        self._answered: Answered | None = None
        self._left: Left | None = None

    def compose(self) -> ComposeResult:
        """Put question and input side by side."""
        yield self.question
        yield self.entry

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
        """Open the line. ``secret`` shows no character; ``whole`` takes a pasted text of several lines at once."""
        self._answered, self._left = answered, left
        self.question.asked = f"{question} "
        self.question.styles.width = cells(text(self.question.asked))
        self.entry.password, self.entry.whole = secret, whole
        self.entry.value = printable(value)
        self.entry.cursor_position = len(self.entry.value)
        self.add_class("-open")
        self.entry.focus()
        self.call_after_refresh(self.question.redraw)

    @property
    def is_open(self) -> bool:
        """Whether something is being typed."""
        return self.has_class("-open")

    def _close(self) -> tuple[Answered | None, Left | None]:
        callbacks = self._answered, self._left
        self._answered = self._left = None
        # A pass phrase is not kept in a widget for longer than it is typed.
        self.entry.value = ""
        self.remove_class("-open")
        self.screen.set_focus(None)
        return callbacks

    def _finish(self, value: str) -> None:
        answered, _ = self._close()
        if answered is not None:
            answered(value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Hand the answer on."""
        event.stop()
        self._finish(event.value)

    def on_entry_whole_pasted(self, event: Entry.WholePasted) -> None:
        """Hand a pasted text on as it is: whoever decodes it must see every character."""
        event.stop()
        self._finish(event.pasted)

    def action_leave(self) -> None:
        """Close without an answer."""
        _, left = self._close()
        if left is not None:
            left()
