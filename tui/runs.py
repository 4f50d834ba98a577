"""The half of the app that works on a case: workers feed messages, handlers feed the store, nobody else does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.message import Message
from textual.worker import Worker

from probes.errors import MtlsTriageError
from probes.model import Probe
from probes.progress import PlanMade, ProbeStarted, Progress
from tui.crash import fault_line
from tui.finding import Render
from tui.later import Later
from tui.messages import (
    AgainAsked,
    AnswerGiven,
    AsClientAsked,
    ConfigurationGiven,
    DebugPathGiven,
    SendAsked,
    StopAsked,
    SymptomGiven,
)
from tui.store import Phase, Store
from tui.stream import TriageLike

if TYPE_CHECKING:
    from probes import triage as core
    from tui import steer
else:
    core = Later("probes.triage")
    steer = Later("tui.steer")


class Happened(Message):
    """An event of the run of this number."""

    def __init__(self, run: int, event: Progress) -> None:
        super().__init__()
        self.run, self.event = run, event


class Ended(Message):
    """The stream of the run of this number is over; ``fault`` is why it broke off, None when it did not.

    ``rest`` is the phase to go back to after single probes, None after a whole run.
    """

    def __init__(self, run: int, fault: BaseException | None, rest: Phase | None = None) -> None:
        super().__init__()
        self.run, self.fault, self.rest = run, fault, rest


class Closed(Message):
    """Everything that the run of this number had open is closed, also where the user stopped it."""

    def __init__(self, run: int) -> None:
        super().__init__()
        self.run = run


class Running(App[None]):
    """Runs cases; ``again`` makes a new one for another run, ``session`` knows what the user said meanwhile."""

    triage: TriageLike | None
    render_finding: Render
    session: steer.Session | None
    again: Callable[[], TriageLike] | None
    store: Store
    autosend: bool
    farewell: MtlsTriageError | None
    _sending: Worker[None] | None
    _reveal: str | None = None
    """The single probe that was asked for and has not begun."""

    def show_case(self) -> None:
        """Show the case; the app knows its screens."""
        raise NotImplementedError

    def show_plan(self) -> None:
        """Show the sheet of the plan."""
        raise NotImplementedError

    def reveal(self, probe_id: str) -> None:
        """Put the cursor on a row, where the rows are shown."""
        raise NotImplementedError

    def tell(self, words: str, glyph: str = "–", role: str = "primary") -> None:
        """Say something in the line of the keys."""
        raise NotImplementedError

    def leave(self) -> None:
        """Close the file of the case that was worked on."""
        if self.triage is not None and isinstance(self.triage, core.Triage):
            self.triage.journal.close()

    def begin(self) -> None:
        """Begin with the plan of the case; nothing is sent."""
        assert self.triage is not None
        run = self.store.begin()
        self.run_worker(self._prepare(run, self.triage), group="prepare", exit_on_error=False)

    async def _prepare(self, run: int, triage: TriageLike) -> None:
        try:
            self.post_message(Happened(run, await triage.prepare()))
        except Exception as fault:
            self.post_message(Ended(run, fault))

    def send_plan(self) -> None:
        """Send the plan that was shown."""
        if self.store.phase == "planned" and self.triage is not None:
            self.store.send()
            self._send(self.triage.run(), None)

    def _send(self, events: Any, rest: Phase | None) -> None:
        work = self._send_and_tell(self.store.run, events, rest)
        self._sending = self.run_worker(work, group="case", exit_on_error=False)

    async def _send_and_tell(self, run: int, events: Any, rest: Phase | None) -> None:
        fault: BaseException | None = None
        try:
            async for event in events:
                self.post_message(Happened(run, event))
        except Exception as raised:
            fault = raised
        finally:
            await events.aclose()
            # After a stop the case was still judged and written: what the screen shows must be that.
            self.post_message(Closed(run))
        self.post_message(Ended(run, fault, rest))

    def on_closed(self, message: Closed) -> None:
        """Take the last word over a run that the user stopped."""
        if message.run == self.store.run and self.store.phase == "cancelled" and self.triage is not None:
            self.store.changed(self.triage.case)

    def on_happened(self, message: Happened) -> None:
        """Take an event of the current run into the store; those of older runs are dropped."""
        if message.run != self.store.run or self.store.over:
            return
        self.store.apply(message.event)
        if isinstance(message.event, ProbeStarted) and message.event.probe.id == self._reveal:
            self._reveal = None
            self.reveal(message.event.probe.id)
        if isinstance(message.event, PlanMade) and self.autosend:
            self.send_plan()

    def on_ended(self, message: Ended) -> None:
        """Tell why the current run broke off, if it did; without a plan there is nothing to show, so the app ends."""
        if message.run != self.store.run or self.store.over:
            return
        if self.store.plan is None and isinstance(message.fault, MtlsTriageError):
            self.farewell = message.fault
            self.exit()
        elif self.store.plan is None and message.fault is not None:
            raise message.fault
        elif message.rest is not None and message.fault is None and self.triage is not None:
            self.store.resting(self.triage.case, message.rest)
        else:
            self.store.failed(fault_line(message.fault))

    def on_stop_asked(self, message: StopAsked) -> None:
        """Stop sending; what was seen is kept."""
        if not self.store.busy or self._sending is None or self.triage is None:
            self.tell("nothing is being sent")
            return
        self._sending.cancel()
        self.store.cancelled(self.triage.case)
        self.tell("stopped; what was seen is kept")

    def on_again_asked(self, message: AgainAsked) -> None:
        """Make a new run of the same request, with its plan sheet before it."""
        if self._is_busy():
            return
        if self.again is None:
            self.tell("this case cannot be run again")
            return
        self.leave()
        self.triage = self.again()
        if not self.autosend:
            self.show_plan()
        self.begin()

    def _is_busy(self) -> bool:
        if self.store.busy:
            self.tell("a run is under way; esc stops it")
        return self.store.busy

    def on_send_asked(self, message: SendAsked) -> None:
        """Send single probes, one after the other, and judge the case anew."""
        if self._is_busy() or self.triage is None or not message.probes:
            return
        rest = self.store.phase
        if rest not in ("finished", "cancelled", "failed"):
            self.tell("send the plan first")
            return
        self.store.send()
        self._reveal = message.probes[0].id
        self._send(one_by_one(self.triage, message.probes), rest)

    def _steered(self) -> tuple[steer.Session, core.Triage] | None:
        if self._is_busy():
            return None
        if self.session is None or not isinstance(self.triage, core.Triage):
            self.tell("this case is not open for that")
            return None
        return self.session, self.triage

    def on_as_client_asked(self, message: AsClientAsked) -> None:
        """Send what a client would send, and judge for it."""
        if (open_ := self._steered()) is not None:
            session, triage = open_
            self.on_send_asked(SendAsked(*session.client_probes(triage, message.client)))

    def on_debug_path_given(self, message: DebugPathGiven) -> None:
        """Ask the debug endpoint."""
        if not message.path.startswith("/"):
            self.tell("a path begins with /", "!", "warning")
        elif (open_ := self._steered()) is not None:
            session, triage = open_
            self.store.desk.pasted = None
            self.on_send_asked(SendAsked(session.debug_probe(triage, message.path)))

    def on_answer_given(self, message: AnswerGiven) -> None:
        """Note the user's answer; the case is judged anew."""
        if (open_ := self._steered()) is not None:
            session, triage = open_
            session.answered(triage, message.node, message.answer)
            self.store.changed(triage.case)
            self.tell("judged anew with your answer" if message.answer else "judged anew by the evidence alone")

    def on_symptom_given(self, message: SymptomGiven) -> None:
        """Walk the same evidence for another symptom."""
        if (open_ := self._steered()) is not None:
            session, triage = open_
            session.complained(triage, message.symptom)
            self.store.changed(triage.case)
            self.tell("walked anew; R runs the plan of this symptom")

    def on_configuration_given(self, message: ConfigurationGiven) -> None:
        """Read the settings from a file; the case is judged anew."""
        if (open_ := self._steered()) is not None:
            session, triage = open_
            try:
                session.configured(triage, message.path)
            except MtlsTriageError as fault:
                self.tell(fault_line(fault), "!", "warning")
                return
            self.store.changed(triage.case)
            self.store.resettle()
            self.tell("settings read; the case was judged anew")


async def one_by_one(triage: TriageLike, probes: Sequence[Probe]) -> Any:
    """Yield what happens while these probes are sent, one after the other."""
    for probe in probes:
        async for event in triage.send_one(probe):
            yield event
