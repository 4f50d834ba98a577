"""One probe, or two side by side, over the whole screen."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui import curl_text
from tui.drawing.exchange import whole
from tui.drawing.parts import plain
from tui.drawing.versus import versus
from tui.finding import Render
from tui.messages import Copied, SendAsked
from tui.screens.framed import Framed
from tui.store import ProbeState, Store
from tui.widgets.bars import CaseBar
from tui.widgets.listing import Drawing, Listing

_SCROLL: tuple[BindingType, ...] = (
    Binding("escape", "leave", "back"),
    Binding("j,down", "move(1)", "down"),
    Binding("k,up", "move(-1)", "up"),
    Binding("g,home", "move(-100000)", "first"),
    Binding("G,end", "move(100000)", "last"),
    Binding("pagedown", "turn(1)", "page down"),
    Binding("pageup", "turn(-1)", "page up"),
    Binding("y", "copy", "copy"),
)


class Over(Framed):
    """A screen over the case, with one page that scrolls."""

    BINDINGS: ClassVar[list[BindingType]] = [*_SCROLL]
    CSS_PATH = "probe.tcss"

    def page(self) -> Listing:
        """Return the page; every such screen says what it shows here."""
        raise NotImplementedError

    def framed(self) -> Iterable[Widget]:
        """Return the case bar and the page."""
        yield CaseBar(self.store, self.render_finding, id="case")
        yield self.page()

    def action_leave(self) -> None:
        """Go back to the case."""
        self.app.pop_screen()

    def action_move(self, steps: int) -> None:
        """Scroll."""
        self.query_one(Listing).move(steps)

    def action_turn(self, pages: int) -> None:
        """Scroll by pages."""
        self.query_one(Listing).turn(pages)

    def action_copy(self) -> None:
        """Copy what is shown."""
        self.post_message(Copied(plain(self.query_one(Listing).text.lines)))


class ProbePage(Listing):
    """Everything about one probe."""

    def __init__(self, store: Store, render: Render, probe_id: str) -> None:
        super().__init__(store, render, id="whole")
        self.probe_id = probe_id

    @property
    def state(self) -> ProbeState | None:
        """The probe as it is now."""
        return self.store.probes.get(self.probe_id)

    def drawing(self, width: int) -> Drawing:
        """Return its lines; nothing of them can be chosen."""
        state = self.state
        return (whole(self.store, state, width, wide=self.wide) if state else []), {}


class ProbeScreen(Over):
    """Shows one probe; ``y`` copies its curl command."""

    KEYS = (("esc", "back"), ("j k", "scroll"), ("y", "copy curl"), ("Y", "copy all"), ("r", "run again"))
    BINDINGS: ClassVar[list[BindingType]] = [Binding("r", "again", "run again"), Binding("Y", "copy_all", "copy all")]

    def __init__(self, store: Store, render: Render, probe_id: str) -> None:
        super().__init__(store, render)
        self.probe_id = probe_id

    def page(self) -> Listing:
        """Return the page of the probe."""
        return ProbePage(self.store, self.render_finding, self.probe_id)

    def action_again(self) -> None:
        """Send this probe once more."""
        state = self.store.probes.get(self.probe_id)
        if state is not None:
            self.post_message(SendAsked(state.probe))

    def action_copy(self) -> None:
        """Copy the curl command."""
        state = self.store.probes.get(self.probe_id)
        if state is None:
            return
        insecure = bool(self.store.case and self.store.case.run.insecure)
        made = state.observation
        self.post_message(Copied(curl_text.of(made, insecure=insecure) if made else curl_text.command(state.probe)))

    def action_copy_all(self) -> None:
        """Copy the whole page."""
        self.post_message(Copied(plain(self.query_one(Listing).text.lines)))


class VersusPage(Listing):
    """Two probes."""

    def __init__(self, store: Store, render: Render, pair: tuple[str, str]) -> None:
        super().__init__(store, render, id="versus")
        self.pair = pair

    def drawing(self, width: int) -> Drawing:
        """Return both in two columns."""
        one, other = (self.store.probes.get(name) for name in self.pair)
        return (versus(one, other, width) if one and other else []), {}


class VersusScreen(Over):
    """Shows two probes side by side."""

    KEYS = (("esc", "back"), ("j k", "scroll"), ("y", "copy"))

    def __init__(self, store: Store, render: Render, pair: tuple[str, str]) -> None:
        super().__init__(store, render)
        self.pair = pair

    def page(self) -> Listing:
        """Return the page of both."""
        return VersusPage(self.store, self.render_finding, self.pair)
