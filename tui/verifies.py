"""The part of the app that verifies a fix: fresh connections over time, the control beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message
from textual.worker import Worker

from probes.errors import UsageFault
from probes.model import Attempt, VerificationRun
from probes.verify import Pace, Verification, Verified
from tui.checking import Checking
from tui.crash import fault_line
from tui.drawing.words import kilobytes
from tui.later import Later
from tui.messages import StopAsked, VerifyAsked
from tui.screens.choose import Choice, ChooseScreen
from tui.starts import Opening

if TYPE_CHECKING:
    from probes import triage as core
    from probes import verifying as verifying_
else:
    core = Later("probes.triage")
    verifying_ = Later("probes.verifying")

PACES = {
    "lab": Pace(for_s=60, every_s=0.05, streak=20),
    "ten minutes": Pace(),
    "one minute": Pace(for_s=60, every_s=2, streak=10),
}


class Attempted(Message):
    """One attempt of the verification of the run of this number."""

    def __init__(self, run: int, attempt: Attempt) -> None:
        super().__init__()
        self.run, self.attempt = run, attempt


class Checked(Message):
    """The verification of the run of this number is over, or broke off by a fault."""

    def __init__(self, run: int, result: Verified | None, fault: BaseException | None) -> None:
        super().__init__()
        self.run, self.result, self.fault = run, result, fault


class VerifyingApp(Opening):
    """Counts fresh connections until the fix held, or the time is over."""

    _checking: Worker[None] | None = None

    def on_verify_asked(self, message: VerifyAsked) -> None:
        """Begin the verification, after saying what it sends; in the lab at once."""
        check = self.store.checking
        if check is not None and check.running:
            self.tell("the fix is being verified; esc stops it")
            return
        if self._is_busy() or not isinstance(self.triage, core.Triage):
            self.tell("there is nothing to verify here")
            return
        case = self.triage.case
        if case.verdict is None or not self.store.over:
            self.tell("a fix can be verified when there is a verdict")
            return
        try:
            chosen = verifying_.verifying(case.verdict.finding, self.triage.plan, case)
        except UsageFault as fault:
            self.tell(fault_line(fault), "!", "warning")
            return
        if self.session is not None and self.session.lab is not None:
            self._verify(self.triage, chosen, PACES["lab"])
        else:
            self._ask_pace(self.triage, chosen)

    def _ask_pace(self, triage: core.Triage, chosen: verifying_.Verifying) -> None:
        size = f" of {kilobytes(chosen.probe.body_bytes)}" if chosen.probe.body_bytes else ""
        choices = []
        for name in ("ten minutes", "one minute"):
            pace = PACES[name]
            much = (
                f"{pace.attempts_at_most} at most, one every {pace.every_s:g} s, until {pace.streak} in a row passed"
            )
            choices += [Choice(name, f"for {name}", much)]
        about = f"Each attempt is a {chosen.probe.method}{size} to {chosen.probe.path} on a fresh connection."
        asked = "How long shall the fix be verified?"
        screen = ChooseScreen(
            self.store,
            self.render_finding,
            asked,
            choices,
            lambda name: self._verify(triage, chosen, PACES[name]),
            about=about,
        )
        self.push_screen(screen)

    def _verify(self, triage: core.Triage, chosen: verifying_.Verifying, pace: Pace) -> None:
        store = self.store
        store.checking = Checking(chosen.finding, pace, chosen.probe.id, store.now())
        store.revision += 1
        work = self._attempts(store.run, triage, chosen, pace)
        self._checking = self.run_worker(work, group="verify", exclusive=True, exit_on_error=False)

    async def _attempts(self, run: int, triage: core.Triage, chosen: verifying_.Verifying, pace: Pace) -> None:
        result: Verified | None = None
        fault: BaseException | None = None
        try:
            async with triage.sender() as send:
                told = Verification(chosen, send, pace, lambda one: self._attempted(run, one))
                result = await told.run()
        except Exception as raised:
            fault = raised
        self.post_message(Checked(run, result, fault))

    def _attempted(self, run: int, attempt: Attempt) -> None:
        self.post_message(Attempted(run, attempt))

    def on_attempted(self, message: Attempted) -> None:
        """Take one attempt into the strip."""
        check = self.store.checking
        if message.run == self.store.run and check is not None and check.running:
            check.attempts = (*check.attempts, message.attempt)
            self.store.revision += 1

    def on_checked(self, message: Checked) -> None:
        """Take what the verification came to; the case keeps it."""
        check = self.store.checking
        if message.run != self.store.run or check is None or not check.running:
            return
        if message.result is None:
            check.fault = fault_line(message.fault)
        else:
            check.result = message.result
            check.attempts = message.result.attempts
            self._keep(message.result)
        self.store.revision += 1

    def _keep(self, result: Verified) -> None:
        if not isinstance(self.triage, core.Triage):
            return
        known = {name: getattr(result, name) for name in VerificationRun.__struct_fields__}
        self.triage.verified(VerificationRun(**known))
        self.store.changed(self.triage.case)

    def on_stop_asked(self, message: StopAsked) -> None:
        """Stop the verification where one runs; else what is being sent."""
        check = self.store.checking
        if check is None or not check.running or self._checking is None:
            return  # what is being sent is stopped by the class below
        message.prevent_default()
        self._checking.cancel()
        check.stopped = True
        self.store.revision += 1
        self.tell("the verification was stopped")
