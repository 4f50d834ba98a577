"""The four bars of the frame: case, stages, verdict, keys."""

from collections.abc import Sequence

from textual.events import Click
from textual.message import Message

from tui.drawing.frame import case_bar, keys_line, stage_at, stepper
from tui.drawing.parts import Line, crop
from tui.drawing.verdict import state_of, verdict_lines
from tui.finding import Render
from tui.store import Store
from tui.widgets.drawn import Drawn


class CaseBar(Drawn):
    """What is being looked at: target, way in, certificate, mode."""

    def draw(self, width: int) -> Sequence[Line]:
        """Return two lines, or one in a narrow terminal."""
        return case_bar(self.store, width, wide=self.wide)


class Stepper(Drawn):
    """The five stages; a click on one goes there."""

    class Chosen(Message):
        """The stage of this number (1 to 5) was chosen with the mouse."""

        def __init__(self, stage: int) -> None:
            super().__init__()
            self.stage = stage

    active = 2

    def draw(self, width: int) -> Sequence[Line]:
        """Return three lines, or one in a narrow terminal."""
        return stepper(self.store, self.active, width, wide=self.wide)

    def on_click(self, event: Click) -> None:
        """Go to the stage under the mouse."""
        column = event.x - self.gutter.left
        self.post_message(self.Chosen(stage_at(column, self.content_size.width, wide=self.wide)))


class VerdictBar(Drawn):
    """The verdict in two lines, with a bar in its colour down the left."""

    def draw(self, width: int) -> Sequence[Line]:
        """Return the two lines."""
        role = state_of(self.store)[2]
        first, second = verdict_lines(self.store, self.render_finding, width - 2)
        return [(("▌ ", role), *first), (("▌ ", role), *second)]


class KeyBar(Drawn):
    """The keys that do something on this screen, or for a moment what the last key did."""

    def __init__(
        self,
        store: Store,
        render: Render,
        keys: Sequence[tuple[str, str]],
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        super().__init__(store, render, id=id)
        self.keys = list(keys)
        self.notice: Line | None = None

    def draw(self, width: int) -> Sequence[Line]:
        """Return the one line of keys, or the notice."""
        if self.notice is not None:
            return [crop(self.notice, width)]
        # A key that would do nothing now is not shown.
        idle = {"esc": "stop"} if not self.store.busy else {"r": "run again"}
        keys = [(key, words) for key, words in self.keys if idle.get(key) != words]
        return [keys_line(keys, width, wide=self.wide)]

    def say(self, notice: Line, seconds: float = 4.0) -> None:
        """Show ``notice`` in place of the keys for some seconds."""
        self.notice = notice
        self.redraw()
        self.set_timer(seconds, lambda: self._unsay(notice))

    def _unsay(self, notice: Line) -> None:
        if self.notice is notice:
            self.notice = None
            self.redraw()
