"""The state of the app: a plain object that turns the stream of events into rows; no widget is known here."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from time import monotonic
from typing import Literal, TypeGuard

import msgspec

from probes.model import Case, Observation, Probe, Unknown
from probes.plan import Plan
from probes.progress import (
    CaseFinished,
    ConfigurationRead,
    ObservationMade,
    PlanMade,
    ProbesSkipped,
    ProbeStarted,
    ProbeWaiting,
    Progress,
    VerdictChanged,
)
from tui.checking import Checking
from tui.desk import Desk
from tui.lesson import Lesson
from tui.limit import Limit

TICK_S = 0.5
"""Seconds after which the time alone is worth a repaint."""

Phase = Literal["empty", "planned", "running", "finished", "cancelled", "failed"]


@dataclass
class ProbeState:
    """What is known of one probe of the plan. Times are seconds of the store's clock.

    ``number`` is its row; ``observation`` is that of the latest attempt; ``running`` says that a connection is open.
    """

    probe: Probe
    number: int
    running: bool = False
    started: float = 0.0
    waiting_since: float = 0.0
    limit_s: float = 0.0
    awaiting: str | None = None
    observation: Observation | None = None
    skipped: str | None = None
    stopped: bool = False


@dataclass
class Store:
    """One case as the screens see it; ``revision`` grows with every change, so that idle screens do not repaint.

    ``run`` is the number of the current run: what a cancelled or older run still sends is dropped by it.
    ``fault`` is the line that is told to the user when the run broke off. ``reported`` is the file of the report,
    ``checking`` the verification of the fix, ``lesson`` the ticket of the lab that is worked on,
    ``limit`` the search for a size limit.
    """

    run: int = 0
    phase: Phase = "empty"
    plan: Plan | None = None
    case: Case | None = None
    configuration_read: bool = False
    fault: str | None = None
    revision: int = 0
    clock: float = 0.0
    probes: dict[str, ProbeState] = field(default_factory=dict)
    desk: Desk = field(default_factory=Desk)
    reported: str | None = None
    checking: Checking | None = None
    lesson: Lesson | None = None
    limit: Limit | None = None

    def begin(self) -> int:
        """Forget the last run and return the number of a new one; desk and lesson stay."""
        number, revision = self.run + 1, self.revision + 1
        self.__init__(run=number, revision=revision, desk=self.desk, lesson=self.lesson)  # type: ignore[misc]
        return number

    @property
    def busy(self) -> bool:
        """Whether probes are being sent."""
        return self.phase == "running"

    @property
    def over(self) -> bool:
        """Whether nothing more will come of this run."""
        return self.phase in ("finished", "cancelled", "failed")

    @property
    def sent(self) -> int:
        """How many probes have an observation that something was sent for."""
        return sum(1 for state in self.probes.values() if was_sent(state.observation))

    @property
    def to_send(self) -> int:
        """How many probes are to be sent in all; those that were left out do not count."""
        return sum(1 for state in self.probes.values() if state.skipped is None)

    def groups(self, wanted: str = "") -> Iterator[tuple[str, list[ProbeState]]]:
        """Yield each question with its probes, in the order of their numbers; only those that hold ``wanted``."""
        order: dict[str, list[ProbeState]] = {}
        for state in sorted(self.probes.values(), key=lambda state: state.number):
            if wanted.casefold() in _words_of(state):
                order.setdefault(state.probe.question, []).append(state)
        yield from order.items()

    def observation(self, observation_id: str) -> Observation | None:
        """Return the observation of that id, None when there is none."""
        seen = self.case.observations if self.case else ()
        return next((made for made in seen if made.id == observation_id), None)

    def number_of(self, observation_id: str) -> int | None:
        """Return the row number of the probe that an observation belongs to."""
        made = self.observation(observation_id)
        state = self.probes.get(made.probe.id) if made else None
        return state.number if state else None

    def apply(self, event: Progress, now: float | None = None) -> None:
        """Take one event of the stream; ``now`` is seconds of a monotonic clock."""
        self.clock = monotonic() if now is None else now
        self.revision += 1
        match event:
            case PlanMade():
                self._planned(event)
            case ConfigurationRead():
                self.configuration_read = True
                unknown = dict.fromkeys((*self._unknown(), *event.unknown))
                self._change(configuration=event.configuration, unknown=tuple(unknown))
            case ProbeStarted():
                self._started(event)
            case ProbeWaiting():
                if state := self.probes.get(event.probe_id):
                    state.awaiting, state.waiting_since = event.awaiting, self.clock
            case ObservationMade():
                self._observed(event.observation)
            case ProbesSkipped():
                for probe_id in event.probe_ids:
                    if state := self.probes.get(probe_id):
                        state.skipped, state.running = event.because, False
            case VerdictChanged():
                self._change(verdict=event.verdict)
            case CaseFinished():
                self.case = event.case
                self._settle(event.case)
                self._end("cancelled" if event.cancelled else "finished")

    def tick(self, now: float) -> None:
        """Let the time pass, so that running rows can say how long they have waited."""
        checking = self.checking is not None and self.checking.running
        if now - self.clock < TICK_S:
            return
        if checking or any(state.running for state in self.probes.values()):
            self.clock = now
            self.revision += 1

    def now(self) -> float:
        """Take the time of the clock, and return it."""
        self.clock = monotonic()
        return self.clock

    def send(self) -> None:
        """Note that the plan is being sent."""
        self.phase = "running"
        self.revision += 1

    def resting(self, case: Case, phase: Phase) -> None:
        """Note that single probes were sent, and that the case is again what it was before them."""
        self.case = case
        self._settle(case)
        self._end(phase)

    def changed(self, case: Case) -> None:
        """Note that the case was judged anew, without anything having been sent."""
        self.case = case
        self.revision += 1

    def resettle(self) -> None:
        """Take the observations of the case as they are judged now."""
        if self.case is not None:
            self._settle(self.case)

    def cancelled(self, case: Case) -> None:
        """Note that the user stopped the run; what was seen stays."""
        self.case = case
        self._end("cancelled")

    def failed(self, fault: str) -> None:
        """Note why the run broke off, in one line; what was seen stays."""
        self.fault = fault
        self._end("failed")

    def _unknown(self) -> tuple[Unknown, ...]:
        return self.case.unknown if self.case else ()

    def _change(self, **fields: object) -> None:
        if self.case is not None:
            self.case = msgspec.structs.replace(self.case, **fields)

    def _planned(self, event: PlanMade) -> None:
        self.plan, self.case = event.plan, event.case
        if self.phase == "empty":
            self.phase = "planned"
        known = self.probes
        self.probes = {}
        for probe in event.plan.probes:
            self.probes[probe.id] = known.get(probe.id) or ProbeState(probe, 0)
        self._number()

    def _number(self) -> None:
        # Numbers follow the screen, group by group; the plan itself is ordered by waves.
        questions = list(dict.fromkeys(state.probe.question for state in self.probes.values()))
        ordered = sorted(self.probes.values(), key=lambda state: questions.index(state.probe.question))
        for number, state in enumerate(ordered, start=1):
            state.number = number

    def _state(self, probe: Probe) -> ProbeState:
        if probe.id not in self.probes:
            self.probes[probe.id] = ProbeState(probe, 0)
            self._number()
        return self.probes[probe.id]

    def _started(self, event: ProbeStarted) -> None:
        state = self._state(event.probe)
        state.running, state.stopped, state.skipped = True, False, None
        state.started = state.waiting_since = self.clock
        state.limit_s, state.awaiting = event.limit_s, "connect"

    def _observed(self, made: Observation) -> None:
        state = self._state(made.probe)
        state.running, state.skipped = False, None
        if state.observation is None or made.attempt >= state.observation.attempt:
            state.observation = made
        seen = self.case.observations if self.case else ()
        if all(other.id != made.id for other in seen):
            self._change(observations=(*seen, made))

    def _settle(self, case: Case) -> None:
        # The last word over an observation is the finished case's: settings that came late change the judgement.
        for made in case.observations:
            state = self.probes.get(made.probe.id)
            if state and (state.observation is None or made.attempt >= state.observation.attempt):
                state.observation = made

    def _end(self, phase: Phase) -> None:
        self.phase = phase
        self.revision += 1
        for state in self.probes.values():
            state.stopped = state.stopped or state.running
            state.running = False


def _words_of(state: ProbeState) -> str:
    probe, made = state.probe, state.observation
    words = [probe.id, probe.question, probe.method, probe.path, probe.identity, probe.expect, probe.tls, probe.http]
    if made is not None:
        words += [made.outcome, str(made.status or ""), made.judged.by, made.error.message if made.error else ""]
    return " ".join(words).casefold()


def was_sent(made: Observation | None) -> TypeGuard[Observation]:
    """Whether an observation stands for something that was sent; ``not-run`` is no evidence."""
    return made is not None and made.outcome != "not-run"
