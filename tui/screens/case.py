"""The screen of a case: the stages, the page of one of them, and the verdict below."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import ContentSwitcher

from tui.finding import Render
from tui.messages import Copied, Said, StopAsked
from tui.screens.framed import Framed
from tui.store import Store
from tui.widgets.bars import CaseBar, KeyBar, Stepper, VerdictBar
from tui.widgets.certificate_page import CertificatePage
from tui.widgets.configuration_page import ConfigurationPage
from tui.widgets.diagnosis_page import DiagnosisPage
from tui.widgets.listing import Listing
from tui.widgets.probe_table import ProbeTable
from tui.widgets.probes_page import ProbesPage
from tui.widgets.report_page import ReportPage
from tui.widgets.stage import Stage

PAGES: dict[int, tuple[str, type[Stage]]] = {
    1: ("configuration", ConfigurationPage),
    2: ("probes", ProbesPage),
    3: ("certificate", CertificatePage),
    4: ("diagnosis", DiagnosisPage),
    5: ("report", ReportPage),
}
_ACTED = sorted({key for _, kind in PAGES.values() for key in kind.ACTIONS})


class CaseScreen(Framed):
    """Shows one case while it is worked on and after; keys that it does not know itself go to the page."""

    CSS_PATH = "case.tcss"
    KEYS = ProbesPage.KEYS
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(stage), f"stage({stage})", name) for stage, (name, _) in PAGES.items()),
        Binding("j,down", "move(1)", "down"),
        Binding("k,up", "move(-1)", "up"),
        Binding("g,home", "move(-100000)", "first"),
        Binding("G,end", "move(100000)", "last"),
        Binding("pagedown", "turn(1)", "page down"),
        Binding("pageup", "turn(-1)", "page up"),
        Binding("escape", "stop", "stop"),
        Binding("y", "copy", "copy"),
        *(Binding(key, f"act('{key}')", key) for key in _ACTED),
    ]

    def __init__(self, store: Store, render: Render, stage: int = 2) -> None:
        super().__init__(store, render)
        self.stage = stage

    def framed(self) -> Iterable[Widget]:
        """Return the bars and the pages of all stages."""
        store, render = self.store, self.render_finding
        yield CaseBar(store, render, id="case")
        yield Stepper(store, render, id="stages")
        pages = [kind(store, render, id=name) for name, kind in PAGES.values()]  # type: ignore[call-arg]
        yield ContentSwitcher(*pages, id="pages", initial=PAGES[self.stage][0])  # type: ignore[arg-type]
        yield VerdictBar(store, render, id="verdict")

    def on_mount(self) -> None:
        """Begin with the stage that was asked for."""
        self.action_stage(self.stage)

    @property
    def page(self) -> Stage:
        """The page of the stage that is shown."""
        found = self.query_one(f"#{PAGES[self.stage][0]}")
        assert isinstance(found, Stage)
        return found

    def redraw(self) -> None:
        """Draw every visible part again."""
        if not self.query(f"#{PAGES[self.stage][0]}"):
            return  # not composed yet
        self.page.redraw()
        super().redraw()

    def on_stepper_chosen(self, event: Stepper.Chosen) -> None:
        """Go to the stage that was clicked."""
        self.action_stage(event.stage)

    def on_listing_opened(self, event: Listing.Opened) -> None:
        """Open the line that was clicked twice."""
        self.page.act("enter")

    def action_stage(self, stage: int) -> None:
        """Show the page of a stage (1 to 5)."""
        self.stage = stage
        self.query_one("#pages", ContentSwitcher).current = PAGES[stage][0]
        self.query_one(Stepper).active = stage
        bar = self.query_one(KeyBar)
        bar.keys, bar.notice = list(self.page.KEYS), None
        self.call_after_refresh(self.redraw)

    def show_probe(self, probe_id: str) -> None:
        """Go to the probes, with the cursor on one of them: the evidence of something."""
        self.action_stage(2)
        table = self.query_one(ProbeTable)
        table.touched = True
        self.store.desk.wanted = ""
        self.call_after_refresh(table.choose, probe_id)

    def action_move(self, steps: int) -> None:
        """Move the cursor of the page, or scroll it."""
        self.page.move(steps)

    def action_turn(self, pages: int) -> None:
        """Move or scroll by a page."""
        self.page.turn(pages)

    def action_act(self, key: str) -> None:
        """Hand a key to the page; where it means nothing there, say what does."""
        if key in self.page.ACTIONS:
            self.page.act(key)
        else:
            self.post_message(Said("that key does nothing on this page; ? shows those that do"))

    def action_stop(self) -> None:
        """Ask for the end of the run."""
        self.post_message(StopAsked())

    def action_copy(self) -> None:
        """Copy what this page is for."""
        self.post_message(Copied(self.page.copied()))
