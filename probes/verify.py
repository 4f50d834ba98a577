"""Says over time whether a fix took effect: the verifying probe on fresh connections, and a control beside it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from probes.model import Attempt, Observation, Probe, Value, VerificationRun
from probes.verified import in_a_row, may_fail, passed, statement

if TYPE_CHECKING:
    from probes.verifying import Verifying

NO_EVIDENCE = frozenset({"not-run", "cancelled"})

Send = Callable[[Probe, str], Awaitable[Observation]]
"""Sends one probe on a fresh connection under an observation id and returns what was seen, judged."""
Outcome = Literal["held", "did-not-hold", "inconclusive"]


class Pace(Value, frozen=True, kw_only=True):
    """How long and how often: at most ``for_s`` seconds, one attempt every ``every_s``, until ``streak`` passes."""

    for_s: float = 600.0
    every_s: float = 10.0
    streak: int = 20

    @property
    def attempts_at_most(self) -> int:
        """How many attempts fit into the time."""
        return max(self.streak, int(self.for_s / max(self.every_s, 0.001)) + 1)


class Verified(VerificationRun, frozen=True, kw_only=True):
    """The result: a verification as a case holds it, and what it means.

    ``passes`` counts the attempts that passed since the last failure, ``failing_at_most`` is the part of connections
    that may still fail with a certainty of 95 %, None when no attempt passed last. ``statement`` says so in words.
    """

    finding: str
    outcome: Outcome
    passes: int
    failing_at_most: float | None
    statement: str


class Verification:
    """One verification; what it holds is true at every moment."""

    def __init__(self, chosen: "Verifying", send: Send, pace: Pace, on_attempt: Callable[[Attempt], None]) -> None:
        self._chosen = chosen
        self._send = send
        self._pace = pace
        self._on_attempt = on_attempt
        self._attempts: list[Attempt] = []
        self._nothing_sent = 0
        self._control: bool | None = None

    async def run(self) -> Verified:
        """Send attempts until enough of them passed in a row, or the time is over; ask the control first and last."""
        started = _now()
        refused_before = await self._control_refused("first")
        loop = asyncio.get_running_loop()
        ends = loop.time() + self._pace.for_s
        while True:
            began = loop.time()
            await self._attempt()
            if in_a_row(self._attempts) >= self._pace.streak or self._nothing_sent >= self._pace.streak:
                break
            following = began + self._pace.every_s
            if following > ends:
                break
            await asyncio.sleep(max(0.0, following - loop.time()))
        self._judge_control(refused_before, await self._control_refused("last"))
        return self._result(started)

    async def _attempt(self) -> None:
        number = len(self._attempts) + self._nothing_sent + 1
        seen = await self._send(self._chosen.probe, f"v{number}")
        if seen.outcome in NO_EVIDENCE:
            self._nothing_sent += 1
            return
        why_not = self._chosen.failure(seen)
        ip = seen.connection.ip if seen.connection else None
        attempt = Attempt(at=seen.at, ip=ip, outcome=f"failed: {why_not}" if why_not else f"passed: {seen.status}")
        self._attempts.append(attempt)
        self._on_attempt(attempt)

    async def _control_refused(self, when: str) -> bool | None:
        if self._chosen.control is None:
            return None
        seen = await self._send(self._chosen.control, f"control-{when}")
        if seen.judged.reached_app == "unknown":
            return None
        return seen.judged.reached_app == "no" and seen.outcome not in NO_EVIDENCE

    def _judge_control(self, before: bool | None, after: bool | None) -> None:
        """Keep whether the control is still refused; None where it need not be, or could not be told."""
        expected = self._chosen.control_was_refused
        if expected is None:
            expected = before
        self._control = after if expected else None

    def _result(self, started: str) -> Verified:
        failures = [one.at for one in self._attempts if not passed(one)]
        passes = in_a_row(self._attempts)
        enough = passes >= self._pace.streak
        outcome: Outcome = "held" if enough and self._control is not False else "did-not-hold"
        if not self._attempts:
            outcome = "inconclusive"
        return Verified(
            probe=self._chosen.probe.id,
            started=started,
            ended=_now(),
            attempts=tuple(self._attempts),
            streak=self._pace.streak,
            last_failure=failures[-1] if failures else None,
            control_still_refused=self._control,
            finding=self._chosen.finding,
            outcome=outcome,
            passes=passes,
            failing_at_most=may_fail(self._attempts),
            statement=statement(self._attempts),
        )


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
