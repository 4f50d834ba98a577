"""The page of stage 2: the table of probes, the detail of one, and what can be done with a row."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical

from probes.personas import CLIENTS
from tui import curl_text
from tui.drawing.parts import plain, text
from tui.drawing.verdict import plain_verdict
from tui.finding import Render
from tui.messages import AgainAsked, AsClientAsked, Copied, LimitAsked, SendAsked
from tui.screens.choose import Choice, ChooseScreen
from tui.screens.edit import EditScreen
from tui.screens.probe import ProbeScreen, VersusScreen
from tui.store import ProbeState, Store
from tui.widgets.probe_detail import ProbeDetail
from tui.widgets.probe_table import ProbeTable, TableHeader
from tui.widgets.stage import Stage, framed, said


class ProbesPage(Vertical, Stage):
    """Every probe under its question; space marks two, enter opens one."""

    KEYS = (
        ("enter", "details"),
        ("space", "compare"),
        ("r", "run again"),
        ("e", "edit"),
        ("a", "run as…"),
        ("y", "copy"),
        ("esc", "stop"),
    )
    ABOUT = (
        ("enter", "everything about the probe under the cursor: heads, events, curl"),
        ("space", "mark a probe; the second one opens both side by side"),
        ("r", "send the probe under the cursor once more"),
        ("R", "run the whole plan again, with its sheet first"),
        ("u", "send what the run left out, too"),
        ("e", "change the probe and send it as one of your own"),
        ("a", "send what a client that you choose would send, and judge for that client"),
        ("c", "copy the curl command of the probe under the cursor"),
        ("L", "find the exact body size at which the site starts to refuse, as a picture"),
        ("slash", "show only the rows that hold a text; an empty text shows all"),
    )
    ACTIONS: ClassVar[dict[str, str]] = {
        "enter": "open",
        "space": "mark",
        "r": "one_again",
        "R": "all_again",
        "u": "left_out",
        "e": "edit",
        "a": "run_as",
        "c": "copy_curl",
        "slash": "filter",
        "L": "limit",
    }

    def __init__(self, store: Store, render: Render, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.store, self.render_finding = store, render
        self.table = ProbeTable(store, render, id="table")
        self.detail = ProbeDetail(store, render, id="detail")

    def compose(self) -> ComposeResult:
        """Put header, table and detail one below the other."""
        yield TableHeader(self.store, self.render_finding, id="header")
        yield self.table
        yield self.detail

    def redraw(self) -> None:
        """Show the probe under the cursor; keep what is running in view."""
        self.detail.state = self.table.chosen
        self.table.follow()

    def on_probe_table_moved(self, event: ProbeTable.Moved) -> None:
        """Show the detail of the probe under the cursor."""
        self.detail.state = self.table.chosen
        self.detail.redraw()

    def on_probe_table_opened(self, event: ProbeTable.Opened) -> None:
        """Open the probe that was clicked twice."""
        self.open()

    @property
    def state(self) -> ProbeState | None:
        """The probe under the cursor."""
        return self.table.chosen

    def move(self, steps: int) -> None:
        """Move the cursor."""
        self.table.move(steps)

    def turn(self, pages: int) -> None:
        """Move the cursor by pages."""
        self.table.page(pages)

    def open(self) -> None:
        """Show one probe on the whole screen."""
        if self.state is not None:
            self.app.push_screen(ProbeScreen(self.store, self.render_finding, self.state.probe.id))

    def mark(self) -> None:
        """Mark a probe, or open both when it is the second."""
        if self.state is None:
            return
        desk, name = self.store.desk, self.state.probe.id
        if desk.marked == (name,):
            desk.marked = ()
        elif desk.marked and desk.marked[0] in self.store.probes:
            pair, desk.marked = (desk.marked[0], name), ()
            self.app.push_screen(VersusScreen(self.store, self.render_finding, pair))
        else:
            desk.marked = (name,)
            self.post_message(said(f"probe {self.state.number} is marked; space on another compares the two"))
        self.table.rows.redraw()

    def one_again(self) -> None:
        """Send this probe once more."""
        if self.state is not None:
            self.post_message(SendAsked(self.state.probe))

    def all_again(self) -> None:
        """Run the plan again."""
        self.post_message(AgainAsked())

    def left_out(self) -> None:
        """Send the probes of the plan that the run did not need."""
        states = [one for one in self.store.probes.values() if one.skipped is not None and one.observation is None]
        if states:
            self.post_message(SendAsked(*(one.probe for one in states)))
        else:
            self.post_message(said("nothing of the plan was left out"))

    def edit(self) -> None:
        """Change this probe into one of the user's own."""
        if self.state is not None:
            self.app.push_screen(EditScreen(self.store, self.render_finding, self.state.probe))

    def run_as(self) -> None:
        """Ask for a client."""
        choices = [Choice(name, client.title, _waits(name)) for name, client in CLIENTS.items()]
        path = self.store.plan.upload_path if self.store.plan else "the upload path"
        about = (
            f"A GET, a small upload and one or two large ones to {path} go out as this client would send them, "
            "and the verdict is made for it."
        )
        screen = ChooseScreen(self.store, self.render_finding, "Run as …", choices, self._as_client, about=about)
        self.app.push_screen(screen)

    def _as_client(self, name: str) -> None:
        self.post_message(AsClientAsked(name))

    def copy_curl(self) -> None:
        """Copy the curl command of this probe."""
        if self.state is not None:
            insecure = bool(self.store.case and self.store.case.run.insecure)
            made = self.state.observation
            words = curl_text.of(made, insecure=insecure) if made else curl_text.command(self.state.probe)
            self.post_message(Copied(words))

    def limit(self) -> None:
        """Ask for the search of the size limit."""
        self.post_message(LimitAsked())

    def filter(self) -> None:
        """Ask which rows to show."""
        framed(self).ask("show only rows with:", self._filtered, value=self.store.desk.wanted)

    def _filtered(self, wanted: str) -> None:
        self.store.desk.wanted = wanted.strip()
        self.table.touched = True
        framed(self).redraw()

    def copied(self) -> str:
        """Return verdict, table and detail as text."""
        verdict = plain([text(plain_verdict(self.store, self.render_finding))])
        return "\n".join([verdict, "", plain(self.shown_lines())])


def _waits(name: str) -> str:
    client = CLIENTS[name]
    waits = "does not wait for 100 Continue"
    if client.waits:
        waits = "waits for 100 Continue when it is told to send Expect"
        if client.expect_above is not None:
            waits = f"waits for 100 Continue by itself above {client.expect_above:,} bytes"
    return waits + ("" if client.renegotiates else "; refuses renegotiation")
