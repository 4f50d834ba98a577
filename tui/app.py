"""The Textual app: its screens, themes, help, palette and clipboard; what runs a case is in tui/runs.py."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.theme import Theme
from textual.worker import Worker

from probes.errors import MtlsTriageError
from probes.printable import printable
from tui import clipboard
from tui.azure_way import Given
from tui.crash import crash_report, fault_line
from tui.ending import in_order
from tui.finding import Render, remembered, rendered
from tui.later import Later, arrive
from tui.messages import Copied, EvidenceWanted, Said
from tui.papers import ReadingApp
from tui.preferences import Preferences
from tui.runs import Ended, Happened
from tui.screens.framed import Framed
from tui.screens.start import StartScreen
from tui.store import Store
from tui.stream import TriageLike
from tui.terminal import require_terminal
from tui.themes import DARK, LIGHT, TERMINAL
from tui.widgets.drawn import WIDE

if TYPE_CHECKING:
    from tui import palette
    from tui.screens import case as case_screen
    from tui.screens import help as help_screen
    from tui.screens import plan as plan_screen
    from tui.widgets import stage
else:
    case_screen = Later("tui.screens.case")
    help_screen = Later("tui.screens.help")
    plan_screen = Later("tui.screens.plan")
    palette = Later("tui.palette")
    stage = Later("tui.widgets.stage")

__all__ = ["Ended", "Happened", "TriageApp", "crash_report", "fault_line", "show"]

REPAINT_S = 0.3
"""Seconds between repaints; what happens in between is drawn together."""


class TriageApp(ReadingApp):
    """Works on one case, or asks what to work on where there is none.

    ``again`` makes a new case for another run, ``autosend`` leaves the plan sheet out, ``begin_with`` is called once
    the start screen is shown.
    """

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
        triage: TriageLike | None = None,
        *,
        autosend: bool = False,
        again: Callable[[], TriageLike] | None = None,
        render: Render = rendered,
        begin_with: Callable[[TriageApp], None] | None = None,
        preferences: Preferences = Preferences(),  # noqa: B008 - immutable
    ) -> None:
        super().__init__()
        self.triage, self.autosend, self.again, self.session = triage, autosend, again, None
        self.render_finding = remembered(render)
        self.preferences = preferences
        self.store = Store()
        self.store.desk.audience = preferences.audience
        self.resources = AsyncExitStack()
        self._begin_with = begin_with
        self.farewell: MtlsTriageError | None = None
        self._drawn = -1
        self._sending: Worker[None] | None = None
        for theme in (DARK, LIGHT, TERMINAL):
            self.register_theme(theme)
        self.theme = {"dark": DARK, "light": LIGHT, "terminal": TERMINAL}[preferences.theme].name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return our own variables, so that the style sheets know them under every theme."""
        return dict(DARK.variables)

    def on_mount(self) -> None:
        """Show the plan sheet, or the case at once, and begin with the plan; without a case the start screen."""
        self.set_interval(REPAINT_S, self._repaint)
        if self.triage is None:
            self.push_screen(StartScreen(self.store, self.render_finding))
            self.call_after_refresh(Thread(target=arrive, name="imports", daemon=True).start)
            if self._begin_with is not None:
                self.call_after_refresh(self._begin_with, self)
            return
        if self.autosend:
            self.show_case()
        else:
            self.show_plan()
        self.begin()

    def show_case(self) -> None:
        """Show the case."""
        self._show(case_screen.CaseScreen)

    def show_plan(self) -> None:
        """Show the sheet of the plan."""
        self._show(plan_screen.PlanScreen)

    def _show(self, kind: type[Framed]) -> None:
        shown = kind(self.store, self.render_finding)
        while len(self.screen_stack) > 2:
            self.pop_screen()
        if isinstance(self.screen, Framed):
            self.switch_screen(shown)
        else:
            self.push_screen(shown)

    def _repaint(self) -> None:
        self.store.tick(monotonic())
        if self.store.revision != self._drawn and isinstance(self.screen, Framed):
            self._drawn = self.store.revision
            self.screen.redraw()

    def on_plan_screen_agreed(self, message: plan_screen.PlanScreen.Agreed) -> None:
        """Send the plan that was shown."""
        if self.store.phase == "planned":
            self.show_case()
            self.send_plan()

    def on_evidence_wanted(self, message: EvidenceWanted) -> None:
        """Go where the evidence is: to the probe, the setting, or the certificate."""
        screen = self.screen
        if not isinstance(screen, case_screen.CaseScreen):
            return
        for item in message.items:
            kind, _, rest = item.partition(":")
            made = self.store.observation(rest.partition("#")[0]) if kind == "obs" else None
            if made is not None:
                screen.show_probe(made.probe.id)
                return
            if kind in ("config", "credential"):
                screen.action_stage(1 if kind == "config" else 3)
                return
        self.tell("that rests on your own answer; o takes it back")

    def on_copied(self, message: Copied) -> None:
        """Copy by every way there is; none claims what it cannot know."""
        text = printable(message.copied, lines=True)
        self.copy_to_clipboard(text)
        self.tell("copying …")
        work = self._copy_elsewhere(text, to_file=message.to_file)
        self.run_worker(work, group="copy", exclusive=True, exit_on_error=False)

    async def _copy_elsewhere(self, text: str, *, to_file: bool) -> None:
        program = await clipboard.aside(clipboard.by_tool, text)
        file = await clipboard.aside(clipboard.by_file, text) if to_file else None
        self.tell(clipboard.told(text, program, file))

    def on_said(self, message: Said) -> None:
        """Tell what a page has to say."""
        self.tell(message.words, message.glyph, message.role)

    def reveal(self, probe_id: str) -> None:
        """Put the cursor on a row, where the rows are shown."""
        if isinstance(self.screen, case_screen.CaseScreen) and self.screen.stage == 2:
            self.screen.show_probe(probe_id)

    def tell(self, words: str, glyph: str = "–", role: str = "primary") -> None:
        """Say something in the line of the keys of the screen that is shown."""
        if isinstance(self.screen, Framed):
            self.screen.say(((f"{glyph} ", role), (words, "")))

    def action_help(self) -> None:
        """Show the help, once, about the page that is shown."""
        if not isinstance(self.screen, help_screen.HelpScreen):
            shown = self.screen.page if isinstance(self.screen, case_screen.CaseScreen) else self.screen
            about = shown.ABOUT if isinstance(shown, stage.Stage | Framed) else ()
            self.push_screen(help_screen.HelpScreen(self.store, self.render_finding, about))

    def action_tickets(self) -> None:
        """Show the tickets of the lab."""
        if isinstance(self.screen, StartScreen):
            self.screen.action_offer("l")

    def action_theme(self) -> None:
        """Change between dark and light."""
        self._paint(LIGHT if self.theme == DARK.name else DARK)

    def action_terminal_theme(self) -> None:
        """Take the colours of the terminal's own palette."""
        self._paint(TERMINAL)

    def _paint(self, theme: Theme) -> None:
        self.theme = theme.name

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Return the commands of the palette that apply now."""
        return palette.commands(self, screen)

    def _fatal_error(self) -> None:
        # The stock crash screen prints local variables, and secrets are among them. The place of the fault is
        # enough to report it; not even the exception's own text is shown.
        self.bell()
        self._exit_renderables.append(Text(crash_report(sys.exc_info()[1])))
        self._close_messages_no_wait()


async def show(
    begin_with: Callable[[TriageApp], None] | None = None,
    *,
    show_tickets: bool = False,
    preferences: Preferences = Preferences(),  # noqa: B008 - immutable
    given: Given = (None, frozenset()),
) -> int:
    """Show the app on its start screen and return its exit status, which is not 0 after a crash.

    ``begin_with`` is called with the app once it is shown, to open what the command line named; a fault of that ends
    the app. ``show_tickets`` goes to the lab's tickets at once. ``given`` are the options of the command line where
    it named no target. Raises MtlsTriageError where there is no terminal (UsageFault), or that fault.
    """
    require_terminal()
    begin_with_ = TriageApp.action_tickets if show_tickets else begin_with
    app = TriageApp(begin_with=begin_with_, preferences=preferences)
    app.fatal = begin_with is not None
    app.given, app.given_typed = given
    with in_order(app):
        try:
            await app.run_async()
        finally:
            app.leave()
            app.end_azure()
            await app.resources.aclose()
    if app.farewell is not None:
        raise app.farewell
    return app.return_code or 0
