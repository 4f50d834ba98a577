"""The part of the app that opens things: targets, tickets of the lab, earlier cases; and closes them at the end."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import click

from probes.errors import MtlsTriageError
from probes.model import SiteConfig
from tui.azure_way import AzureWay
from tui.commands.options import parse_options
from tui.crash import fault_line
from tui.later import Later
from tui.lesson import EXPECTATIONS, TICKETS, Lesson
from tui.messages import CaseWanted, LabChanged, LabCommand, SwitchesWanted, TargetGiven, TicketTaken
from tui.preferences import Preferences
from tui.screens.choose import Choice, ChooseScreen
from tui.screens.framed import Framed
from tui.screens.start import StartScreen

if TYPE_CHECKING:
    from tui import consent, opening, site, steer
    from tui import target as targets
    from tui.screens import azure_sites, switches
else:
    consent = Later("tui.consent")
    opening = Later("tui.opening")
    azure_sites = Later("tui.screens.azure_sites")
    switches = Later("tui.screens.switches")
    site = Later("tui.site")
    steer = Later("tui.steer")
    targets = Later("tui.target")

TRIES = 3
"""How often a pass phrase is asked for."""
FREE = "healthy-required"
"""The scenario that free mode starts from."""


class Opening(AzureWay):
    """Opens what the user names; a fault is told where it was named, and nothing is lost."""

    resources: AsyncExitStack
    preferences: Preferences

    def use(self, session: steer.Session) -> None:
        """Work on a session: its first case begins with the plan."""
        self.session, self.again = session, session.fresh
        self.autosend = consent.stays_here(session.request.plan)
        given = session.request.credential
        self.store.desk.sent = (given.leaf, *given.chain) if given is not None else ()
        self.leave()
        self.triage = session.fresh()
        if self.autosend:
            self.show_case()
        else:
            self.show_plan()
        self.begin()

    def open(self, target: str, options: Any, typed: frozenset[str] = frozenset(), tries: int = TRIES) -> None:
        """Begin to open a target; a pass phrase is asked for where one is needed."""
        merged = self.preferences.merged(options, typed)
        if not targets.is_lab(target) and merged.get("read_settings") is None and site.asks_azure(target, merged):
            self.through_azure(target, merged, typed)
        else:
            self._open(target, merged, typed, None, tries)

    def _open(self, target: str, options: Any, typed: frozenset[str], phrase: str | None, tries: int) -> None:
        ask = opening.asking(phrase) if tries >= 0 else opening.without
        work = self._opened(target, options, typed, ask, tries)
        self.run_worker(work, group="open", exclusive=True, exit_on_error=False)

    async def _opened(self, target: str, options: Any, typed: frozenset[str], ask: Any, tries: int) -> None:
        self._opening(f"{target or 'the target'} is being opened" if target else "it is being opened")
        try:
            await self.resources.aclose()
            self.resources = AsyncExitStack()
            session = await opening.open_session(self.resources, target, options, typed, ask=ask)
        except opening.PhraseWanted as wanted:
            self._opening(None)
            self._ask_phrase(target, options, typed, str(wanted), tries)
        except (MtlsTriageError, click.ClickException, click.Abort) as fault:
            self._opening(None)
            self._not_opened(fault)
        else:
            self._opening(None)
            self.use(session)

    def _opening(self, words: str | None) -> None:
        if isinstance(self.screen, StartScreen):
            self.screen.opening(words)

    def _ask_phrase(self, target: str, options: Any, typed: frozenset[str], why: str, tries: int) -> None:
        if tries <= 0 or not isinstance(self.screen, Framed):
            self._open(target, options, typed, None, -1)
            return
        self.tell(why, "!", "warning")
        self.screen.ask(
            "pass phrase (esc goes on without the certificate):",
            lambda phrase: self._open(target, options, typed, phrase, tries - 1),
            secret=True,
            left=lambda: self._open(target, options, typed, None, -1),
        )

    def _not_opened(self, fault: Exception) -> None:
        words = fault_line(fault)
        if isinstance(fault, click.ClickException):
            words = fault.format_message()
        elif isinstance(fault, click.Abort):
            words = "not opened"
        if self.fatal and isinstance(fault, MtlsTriageError):
            self.farewell = fault
            self.exit()
        elif isinstance(self.screen, StartScreen | azure_sites.SitesScreen):
            self.screen.failed(words)
        else:
            self.tell(words, "!", "warning")

    def on_target_given(self, message: TargetGiven) -> None:
        """Open the target that was named."""
        try:
            options = parse_options(list(message.options))
        except click.ClickException as fault:
            self._not_opened(fault)
            return
        plain = parse_options([])
        said = {name: value for name, value in options.items() if value != plain[name]}
        self.open_named(message.target, {**(self.given or plain), **said}, self.given_typed | frozenset(said))

    def open_named(self, target: str, options: Mapping[str, Any], typed: frozenset[str]) -> None:
        """Open a target; where none is named, the site of the saved settings."""
        if not target and options["config_files"] and not options["curl"]:
            target = self._host_in(options["config_files"][0]) or ""
            if not target:
                return
        self.open(target, options, typed)

    def _host_in(self, file: str) -> str | None:
        from pathlib import Path

        from probes.siteconfig import read

        try:
            configuration: SiteConfig = read([Path(file).expanduser()])[0]
        except MtlsTriageError as fault:
            self._not_opened(fault)
            return None
        if configuration.default_host_name is None:
            self.tell("that file names no host; give the URL with u", "!", "warning")
            return None
        # The user named the file, not the host: whether it is contacted is decided on the sheet of the plan.
        return f"https://{configuration.default_host_name}/"

    def on_ticket_taken(self, message: TicketTaken) -> None:
        """Open a ticket of the lab, once the learner has said what to expect."""
        ticket = next((one for one in TICKETS if one.number == message.number), None)
        if ticket is None:
            self.store.lesson = None
            self.open(f"lab:{FREE}", parse_options([]))
            return
        lesson = Lesson(ticket)
        choices = [Choice(slug, words) for slug, words in sorted(EXPECTATIONS, key=lambda pair: pair[1].casefold())]
        choices += [Choice("", "no idea yet", "that is an answer too")]

        def chosen(slug: str) -> None:
            lesson.expected = slug or None
            self.store.lesson = lesson
            options = parse_options(["--symptom", ticket.symptom])
            self.open(f"lab:{ticket.scenario}", options, frozenset({"symptom"}))

        about = f"T{ticket.number}  {ticket.title}. “{ticket.words}”"
        asked = "What do you expect? Say it before the probes go out."
        self.push_screen(ChooseScreen(self.store, self.render_finding, asked, choices, chosen, about=about))

    def on_case_wanted(self, message: CaseWanted) -> None:
        """Show an earlier case."""
        try:
            triage = opening.Earlier.read(message.path)
        except MtlsTriageError as fault:
            self._not_opened(fault)
            return
        self.show_earlier(triage)

    def show_earlier(self, triage: opening.Earlier) -> None:
        """Show a case in which nothing is sent."""
        self.leave()
        self.session, self.again, self.triage, self.autosend = None, None, triage, True
        self.show_case()
        self.begin()

    def on_lab_command(self, message: LabCommand) -> None:
        """Apply a command to the lab."""
        from tui.az import changes

        if message.typed.strip() == "deploy" and self.store.lesson is not None:
            from probes.lab.scenarios import find

            fix = find(self.store.lesson.ticket.scenario).fix
            if fix is not None and fix.lab is not None and set(fix.lab) != {"settings"}:
                self._change_lab(fix.lab, "deployed")
                return
        try:
            body = changes(message.typed)
        except MtlsTriageError as fault:
            self.tell(fault_line(fault), "!", "warning")
            return
        self._change_lab(body, message.typed)

    def on_lab_changed(self, message: LabChanged) -> None:
        """Turn a switch of the lab."""
        self._change_lab(dict(message.body), "")

    def _change_lab(self, body: dict[str, Any], typed: str) -> None:
        self.run_worker(self._changed_lab(body, typed), group="lab", exclusive=True, exit_on_error=False)

    async def _changed_lab(self, body: dict[str, Any], typed: str) -> None:
        if self.session is None:
            self.tell("this is no lab: commands are shown and copied, never run")
            return
        try:
            await self.session.changed_lab(body)
        except MtlsTriageError as fault:
            self.tell(fault_line(fault), "!", "warning")
            return
        if self.store.lesson is not None and typed:
            self.store.lesson.changed = (*self.store.lesson.changed, typed)
        self.store.revision += 1
        if isinstance(self.screen, switches.SwitchScreen) and self.session.lab is not None:
            self.screen.show_state(await self.session.lab.get())
        else:
            self.tell("done; v verifies the fix, R runs the plan again")

    def on_switches_wanted(self, message: SwitchesWanted) -> None:
        """Show the lab's switches."""
        self.run_worker(self._show_switches(), group="lab", exclusive=True, exit_on_error=False)

    async def _show_switches(self) -> None:
        lab = self.session.lab if self.session is not None else None
        if lab is None:
            self.tell("this is no lab: its settings are changed in Azure, by whoever may")
            return
        try:
            state = await lab.get()
        except MtlsTriageError as fault:
            self.tell(fault_line(fault), "!", "warning")
        else:
            self.push_screen(switches.SwitchScreen(self.store, self.render_finding, state))
