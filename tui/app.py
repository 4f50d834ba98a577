"""The Textual app: one worker feeds the store, one timer repaints, and the keys of all screens."""

import asyncio
import sys
from collections.abc import Callable, Iterable
from time import monotonic
from traceback import extract_tb
from typing import Any, ClassVar

from rich.text import Text
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen
from textual.worker import Worker

from probes.errors import MtlsTriageError
from probes.printable import printable
from probes.progress import PlanMade, Progress
from tui.finding import Render, remembered, rendered
from tui.screens.case import CaseScreen
from tui.screens.framed import Copied, Framed
from tui.screens.help import HelpScreen
from tui.screens.plan import PlanScreen
from tui.store import Store
from tui.stream import TriageLike
from tui.terminal import require_terminal
from tui.themes import DARK, LIGHT
from tui.widgets.drawn import WIDE

REPAINT_S = 0.2
"""Seconds between repaints; what happens in between is drawn together."""


class Happened(Message):
    """An event of the run of this number."""

    def __init__(self, run: int, event: Progress) -> None:
        super().__init__()
        self.run, self.event = run, event


class Ended(Message):
    """The stream of the run of this number is over; ``fault`` is why it broke off, None when it did not."""

    def __init__(self, run: int, fault: BaseException | None) -> None:
        super().__init__()
        self.run, self.fault = run, fault


class TriageApp(App[None]):
    """Works on one case; ``again`` makes a new one for another run, ``autosend`` leaves the plan sheet out."""

    TITLE = "mtls-triage"
    CSS_PATH = "screens/frame.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-compact"), (WIDE, "-wide")]  # noqa: RUF012 - declared by Textual
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "quit", "quit"),
        Binding("ctrl+q", "quit", "quit", priority=True),
        Binding("question_mark,f1", "help", "help"),
        Binding("t", "theme", "dark or light"),
    ]

    def __init__(
        self,
        triage: TriageLike,
        *,
        autosend: bool = False,
        again: Callable[[], TriageLike] | None = None,
        render: Render = rendered,
    ) -> None:
        super().__init__()
        self.triage, self.autosend, self.again = triage, autosend, again
        self.render_finding = remembered(render)
        self.store = Store()
        self.farewell: MtlsTriageError | None = None
        self._drawn = -1
        self._sending: Worker[None] | None = None
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = DARK.name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return our own variables, so that the style sheets know them under every theme."""
        return dict(DARK.variables)

    def on_mount(self) -> None:
        """Show the plan sheet, or the case at once, and begin with the plan."""
        self._show(CaseScreen if self.autosend else PlanScreen)
        self.set_interval(REPAINT_S, self._repaint)
        self._begin()

    def _show(self, kind: type[CaseScreen] | type[PlanScreen]) -> None:
        shown = kind(self.store, self.render_finding)
        if isinstance(self.screen, Framed):
            self.switch_screen(shown)
        else:
            self.push_screen(shown)

    def _repaint(self) -> None:
        self.store.tick(monotonic())
        if self.store.revision != self._drawn and isinstance(self.screen, Framed):
            self._drawn = self.store.revision
            self.screen.redraw()

    def _begin(self) -> None:
        run = self.store.begin()
        self.run_worker(self._prepare(run, self.triage), group="prepare", exit_on_error=False)

    async def _prepare(self, run: int, triage: TriageLike) -> None:
        try:
            self.post_message(Happened(run, await triage.prepare()))
        except Exception as fault:
            self.post_message(Ended(run, fault))

    def _send(self) -> None:
        if self.store.phase != "planned":
            return
        self.store.send()
        self._sending = self.run_worker(
            self._send_and_tell(self.store.run, self.triage), group="case", exit_on_error=False
        )

    async def _send_and_tell(self, run: int, triage: TriageLike) -> None:
        fault: BaseException | None = None
        try:
            async for event in triage.run():
                self.post_message(Happened(run, event))
        except Exception as raised:
            fault = raised
        self.post_message(Ended(run, fault))

    def on_happened(self, message: Happened) -> None:
        """Take an event of the current run into the store; those of older runs are dropped."""
        if message.run != self.store.run:
            return
        self.store.apply(message.event)
        if isinstance(message.event, PlanMade) and self.autosend:
            self._send()

    def on_ended(self, message: Ended) -> None:
        """Tell why the current run broke off, if it did; without a plan there is nothing to show, so the app ends."""
        if message.run != self.store.run or self.store.over:
            return
        if self.store.plan is None and isinstance(message.fault, MtlsTriageError):
            self.farewell = message.fault
            self.exit()
        elif self.store.plan is None and message.fault is not None:
            raise message.fault
        else:
            self.store.failed(fault_line(message.fault))

    def on_plan_screen_agreed(self, message: PlanScreen.Agreed) -> None:
        """Send the plan that was shown."""
        if self.store.phase == "planned":
            self._show(CaseScreen)
            self._send()

    def on_case_screen_stop_asked(self, message: CaseScreen.StopAsked) -> None:
        """Stop sending; what was seen is kept."""
        if not self.store.busy or self._sending is None:
            self._say("nothing is being sent")
            return
        self._sending.cancel()
        self.store.cancelled(self.triage.case)
        self._say("stopped; what was seen is kept")

    def on_case_screen_again_asked(self, message: CaseScreen.AgainAsked) -> None:
        """Make a new run of the same request, with its plan sheet before it."""
        if self.store.busy:
            self._say("a run is under way; esc stops it")
        elif self.again is None:
            self._say("this case cannot be run again")
        else:
            self.triage = self.again()
            if not self.autosend:
                self._show(PlanScreen)
            self._begin()

    def on_copied(self, message: Copied) -> None:
        """Send a text to the terminal's clipboard; whether it takes it, no terminal says."""
        text = printable(message.copied, lines=True)
        self.copy_to_clipboard(text)
        lines = text.count("\n") + 1
        self._say(f"{lines} {'line' if lines == 1 else 'lines'} sent to the terminal's clipboard (OSC 52)")

    def _say(self, words: str) -> None:
        if isinstance(self.screen, Framed):
            self.screen.say((("– ", "primary"), (words, "")))

    def action_help(self) -> None:
        """Show the help, once."""
        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.store, self.render_finding))

    def action_theme(self) -> None:
        """Change between dark and light."""
        self.theme = LIGHT.name if self.theme == DARK.name else DARK.name

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Return the commands of the palette; their texts are fixed, nothing from outside is among them."""
        if isinstance(screen, CaseScreen):
            yield SystemCommand("Run again", "The same request once more, after its plan sheet", screen.action_again)
            yield SystemCommand("Stop", "Send nothing more, keep what was seen", screen.action_stop)
            yield SystemCommand("Probes", "Every probe under its question", lambda: screen.action_stage(2))
            yield SystemCommand("Diagnosis", "The walk, the finding, the fix", lambda: screen.action_stage(4))
            yield SystemCommand("Copy", "What this page shows, to the clipboard", screen.action_copy)
        yield SystemCommand("Dark or light", "Change the theme", self.action_theme)
        yield SystemCommand("Help", "Keys, words and colours", self.action_help)
        yield SystemCommand("Quit", "Leave; a run that is under way is stopped", self.exit)

    def _fatal_error(self) -> None:
        # The stock crash screen prints local variables, and secrets are among them. The place of the fault is
        # enough to report it; not even the exception's own text is shown.
        self.bell()
        self._exit_renderables.append(Text(crash_report(sys.exc_info()[1])))
        self._close_messages_no_wait()


def fault_line(fault: BaseException | None) -> str:
    """Return in one line why a run broke off: the message of our own errors, of others only type and place."""
    if fault is None:
        return "The run ended without a result"
    if isinstance(fault, MtlsTriageError):
        return printable(str(fault))
    last = extract_tb(fault.__traceback__)[-1:]
    place = f" at {last[0].filename.rpartition('/')[2]}:{last[0].lineno}" if last else ""
    return f"mtls-triage itself failed: {type(fault).__name__}{place}"


def crash_report(error: BaseException | None) -> str:
    """Return what is printed after a crash: type and places, no values of variables."""
    lines = [f"mtls-triage itself failed: {type(error).__name__}. This is a defect of the tool, not of the site."]
    for frame in extract_tb(error.__traceback__) if error else ():
        lines.append(f"  {printable(frame.filename)}:{frame.lineno} in {frame.name}")
    return "\n".join(lines)


async def show(triage: TriageLike, *, autosend: bool = False, again: Callable[[], TriageLike] | None = None) -> int:
    """Show the app on one case and return its exit status, which is not 0 after a crash.

    ``autosend`` sends the plan at once, ``again`` makes a case for another run.
    Raises MtlsTriageError where there is no terminal (UsageFault) or no plan could be made.
    """
    require_terminal()
    app = TriageApp(triage, autosend=autosend, again=again)
    await app.run_async()
    if app.farewell is not None:
        raise app.farewell
    return app.return_code or 0


def open_app(triage: TriageLike, *, autosend: bool = False, again: Callable[[], TriageLike] | None = None) -> int:
    """Do what :func:`show` does, where no event loop is running yet."""
    return asyncio.run(show(triage, autosend=autosend, again=again))
