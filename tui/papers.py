"""The part of the app that shows what is read rather than steered: comparisons, scripts, traces, causes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from probes.errors import MtlsTriageError
from tui.crash import fault_line
from tui.later import Later
from tui.limits_app import SearchingApp
from tui.messages import PaperWanted
from tui.screens.choose import Choice, ChooseScreen
from tui.screens.framed import Framed

if TYPE_CHECKING:
    from probes import case as cases
    from probes import diagnosis
    from tui import opening, reporting, reproducing, scripted
    from tui.commands import findings
    from tui.screens import paper
else:
    cases, diagnosis = Later("probes.case"), Later("probes.diagnosis")
    opening, reporting = Later("tui.opening"), Later("tui.reporting")
    reproducing, scripted = Later("tui.reproducing"), Later("tui.scripted")
    findings, paper = Later("tui.commands.findings"), Later("tui.screens.paper")


class ReadingApp(SearchingApp):
    """Shows texts, and opens what a script of ours or curl has printed as a case."""

    def on_paper_wanted(self, message: PaperWanted) -> None:
        """Begin with what is needed to write the text."""
        ways = {
            "compare": self._ask_which_case,
            "script": self._ask_which_shell,
            "read": self._ask_for_trace,
            "reproduce": self._ask_for_ticket,
            "causes": self._list_causes,
        }
        ways[message.name]()

    def _show_paper(self, title: str, written: str) -> None:
        written = click.unstyle(written)
        self.push_screen(paper.PaperScreen(self.store, self.render_finding, title, written))

    def _choose_paper(self, asked: str, choices: list[Choice], chosen: Any, about: str = "") -> None:
        self.push_screen(ChooseScreen(self.store, self.render_finding, asked, choices, chosen, about=about))

    def _say_why(self, fault: Exception) -> None:
        words = fault.format_message() if isinstance(fault, click.ClickException) else fault_line(fault)
        self.tell(words, "!", "warning")

    def _ask_which_case(self) -> None:
        now = self.store.case
        if now is None:
            self.tell("open a case first; it is compared with an earlier one")
            return
        others = [(path, one) for path, one in opening.earlier_cases() if one.run.id != now.run.id]
        if not others:
            self.tell("no other case was kept yet")
            return
        choices = [Choice(path, *opening.case_words(one)) for path, one in others]
        self._choose_paper("Compare this case with an earlier one, times in UTC", choices, self._compare_with)

    def _compare_with(self, path: str) -> None:
        assert self.store.case is not None
        try:
            earlier = cases.open_case(Path(path)).case
        except MtlsTriageError as fault:
            self._say_why(fault)
            return
        self._show_paper("What changed", reporting.comparison_text(cases.compare(earlier, self.store.case)))

    def _ask_which_shell(self) -> None:
        if self.session is None:
            self.tell("open a target first; the script sends its plan")
            return
        about = "It needs nothing but curl, and holds no secret. What it prints is read here again."
        choices = [Choice("bash", "bash", "Linux, macOS"), Choice("powershell", "PowerShell", "Windows")]
        self._choose_paper("A script for the machine that has the key", choices, self._show_script, about)

    def _show_script(self, shell: str) -> None:
        assert self.session is not None
        self._show_paper("Script", scripted.script_of(self.session.request, cast(Any, shell)))

    def _ask_for_trace(self) -> None:
        if isinstance(self.screen, Framed):
            self.screen.ask("file with what the script, or any curl -v, has printed:", self._open_trace)

    def _open_trace(self, file: str) -> None:
        if not file.strip():
            return
        try:
            found = scripted.case_of(str(Path(file.strip()).expanduser()), (), symptom=None, client=None)
        except MtlsTriageError as fault:
            self._say_why(fault)
        else:
            self.show_earlier(opening.Earlier(found))

    def _ask_for_ticket(self) -> None:
        def settings(file: str) -> None:
            if file.strip() and isinstance(self.screen, Framed):
                self.screen.ask("paste the curl command:", lambda curl: command(file.strip(), curl), whole=True)

        def command(file: str, curl: str) -> None:
            if curl.strip():
                self.tell("the command is replayed in the lab …")
                work = self._replay(str(Path(file).expanduser()), curl.strip())
                self.run_worker(work, group="reproduce", exclusive=True, exit_on_error=False)

        if isinstance(self.screen, Framed):
            self.screen.ask("file with the customer's settings (az webapp show):", settings)

    async def _replay(self, file: str, curl: str) -> None:
        try:
            found, call = await reproducing.found((file,), curl, body_bytes=None)
        except (MtlsTriageError, click.ClickException) as fault:
            self._say_why(fault)
        else:
            self._show_paper("Replayed in the lab", reproducing.text_of(found, call))

    def _list_causes(self) -> None:
        choices = [Choice(one.slug, one.slug, one.sentence) for one in diagnosis.catalogue()]
        self._choose_paper("The causes that can be named", choices, self._show_cause)

    def _show_cause(self, slug: str) -> None:
        (chosen,) = (one for one in diagnosis.catalogue() if one.slug == slug)
        self._show_paper(slug, findings.page(chosen))
