"""The screen of a case: the stages, the page of one of them, and the verdict below."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.css.query import NoMatches
from textual.message import Message
from textual.widget import Widget
from textual.widgets import ContentSwitcher

from tui.drawing.parts import plain, text
from tui.drawing.verdict import plain_verdict
from tui.screens.framed import Copied, Framed
from tui.widgets.bars import CaseBar, KeyBar, Stepper, VerdictBar
from tui.widgets.drawn import Drawn
from tui.widgets.pages import DiagnosisPage, StageNote
from tui.widgets.probe_detail import ProbeDetail
from tui.widgets.probe_table import ProbeTable, TableHeader

PAGES = {1: "configuration", 2: "probes", 3: "certificate", 4: "diagnosis", 5: "report"}
_KEYS = {
    2: (("j k", "move"), ("r", "run again"), ("y", "copy"), ("esc", "stop"), ("4", "diagnosis"), ("q", "quit")),
    4: (
        ("j k", "scroll"),
        ("[ ]", "next fix"),
        ("y", "copy fix"),
        ("2", "probes"),
        ("r", "run again"),
        ("q", "quit"),
    ),
}
_OTHER_KEYS = (("1–5", "stages"), ("y", "copy"), ("r", "run again"), ("esc", "stop"), ("q", "quit"))


class CaseScreen(Framed):
    """Shows one case while it is worked on and after."""

    CSS_PATH = "case.tcss"
    KEYS = _KEYS[2]
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(stage), f"stage({stage})", page) for stage, page in PAGES.items()),
        Binding("j,down", "move(1)", "down"),
        Binding("k,up", "move(-1)", "up"),
        Binding("g,home", "move(-100000)", "first"),
        Binding("G,end", "move(100000)", "last"),
        Binding("pagedown", "page(1)", "page down"),
        Binding("pageup", "page(-1)", "page up"),
        Binding("right_square_bracket", "fix(1)", "next fix"),
        Binding("left_square_bracket", "fix(-1)", "previous fix"),
        Binding("r", "again", "run again"),
        Binding("escape", "stop", "stop"),
        Binding("y", "copy", "copy"),
    ]

    class StopAsked(Message):
        """The user wants nothing more to be sent."""

    class AgainAsked(Message):
        """The user wants the case to be run again."""

    stage = 2

    def framed(self) -> Iterable[Widget]:
        """Return the bars and the pages of all stages."""
        store, render = self.store, self.render_finding
        yield CaseBar(store, render, id="case")
        yield Stepper(store, render, id="stages")
        yield ContentSwitcher(
            StageNote(store, render, 1, id="configuration"),
            Vertical(
                TableHeader(store, render, id="header"),
                ProbeTable(store, render, id="table"),
                ProbeDetail(store, render, id="detail"),
                id="probes",
            ),
            StageNote(store, render, 3, id="certificate"),
            DiagnosisPage(store, render, id="diagnosis"),
            StageNote(store, render, 5, id="report"),
            id="pages",
            initial="probes",
        )
        yield VerdictBar(store, render, id="verdict")

    def redraw(self) -> None:
        """Draw every visible part again, the detail for the probe under the cursor."""
        try:
            self.query_one(ProbeDetail).state = self.query_one(ProbeTable).chosen
        except NoMatches:
            return  # not composed yet
        super().redraw()
        self.query_one(ProbeTable).follow()

    def on_probe_table_moved(self, event: ProbeTable.Moved) -> None:
        """Show the detail of the probe under the cursor."""
        self.query_one(ProbeDetail).state = self.query_one(ProbeTable).chosen
        self.query_one(ProbeDetail).redraw()

    def on_stepper_chosen(self, event: Stepper.Chosen) -> None:
        """Go to the stage that was clicked."""
        self.action_stage(event.stage)

    def action_stage(self, stage: int) -> None:
        """Show the page of a stage (1 to 5)."""
        self.stage = stage
        self.query_one("#pages", ContentSwitcher).current = PAGES[stage]
        self.query_one(Stepper).active = stage
        self.query_one(KeyBar).keys = list(_KEYS.get(stage, _OTHER_KEYS))
        self.call_after_refresh(self.redraw)

    def action_move(self, steps: int) -> None:
        """Move the cursor of the table, or scroll the page."""
        if self.stage == 2:
            self.query_one(ProbeTable).move(steps)
        else:
            self._scroll(steps)

    def action_page(self, pages: int) -> None:
        """Move or scroll by a page."""
        if self.stage == 2:
            self.query_one(ProbeTable).page(pages)
        else:
            self._scroll(pages * 10)

    def _scroll(self, lines: int) -> None:
        if self.stage == 4:
            for part in ("#walk", "#advice"):
                self.query_one(part).scroll_relative(y=lines, animate=False)

    def action_fix(self, steps: int) -> None:
        """Show the next or the previous way to fix it."""
        if self.stage == 4:
            self.query_one(DiagnosisPage).next_fix(steps)

    def action_again(self) -> None:
        """Ask for another run."""
        self.post_message(self.AgainAsked())

    def action_stop(self) -> None:
        """Ask for the end of the run."""
        self.post_message(self.StopAsked())

    def action_copy(self) -> None:
        """Copy what this page is for: the fix, else what is shown, with the verdict."""
        if self.stage == 4:
            copied = self.query_one(DiagnosisPage).copied()
        else:
            shown = self.query_one(f"#{PAGES[self.stage]}")
            parts = [shown] if isinstance(shown, Drawn) else list(shown.query(Drawn))
            verdict = plain([text(plain_verdict(self.store, self.render_finding))])
            copied = "\n".join([verdict, "", *(part.copied() for part in parts)])
        self.post_message(Copied(copied))
