"""The arithmetic of a verification: streaks, the control, and what so many passes prove. No wire is claimed here."""

import asyncio
from collections.abc import Sequence

import pytest

from probes.model import Judged, Observation, Probe
from probes.model.observation import Outcome
from probes.verify import Pace, Verification, Verified
from probes.verifying import Verifying, not_reached

PROBE = Probe(id="get-own", question="?", origin="https://h:443", path="/", identity="given")
CONTROL = Probe(id="get-none", question="?", origin="https://h:443", path="/", identity="none")


def seen(probe: Probe, name: str, good: bool, outcome: Outcome = "response") -> Observation:
    return Observation(
        id=name,
        attempt=1,
        at=f"2026-01-01T00:00:{name.removeprefix('v'):0>2}Z",
        probe=probe,
        outcome=outcome,
        status=200 if good else 403,
        judged=Judged(reached_app="yes" if good else "no"),
    )


def verified(
    passes: Sequence[bool],
    control: Sequence[bool] = (False, False),
    *,
    streak: int,
    must_be_refused: bool | None = None,
    outcome: Outcome = "response",
) -> Verified:
    """Verify with attempts that end as in ``passes`` and a control that gets through as in ``control``."""
    attempts, controls = iter(passes), iter(control)

    async def send(probe: Probe, name: str) -> Observation:
        if probe is CONTROL:
            return seen(probe, name, next(controls))
        return seen(probe, name, next(attempts, passes[-1]), outcome)

    chosen = Verifying("path-excluded", PROBE, not_reached, CONTROL, must_be_refused)
    pace = Pace(for_s=0.3, every_s=0, streak=streak)
    return asyncio.run(Verification(chosen, send, pace, lambda _: None).run())


@pytest.mark.parametrize(("streak", "bound"), [(3, 1.0), (20, 0.15), (60, 0.05), (300, 0.01)])
def test_the_rule_of_three(streak: int, bound: float) -> None:
    found = asyncio.run(_many(streak))
    assert (found.outcome, found.passes) == ("held", streak)
    assert found.failing_at_most == pytest.approx(bound)
    # The exact bound for no failure in n trials is 1 - 0.05^(1/n); the rule is never below it.
    assert found.failing_at_most is not None
    assert found.failing_at_most >= 1 - 0.05 ** (1 / streak)


async def _many(streak: int) -> Verified:
    async def send(probe: Probe, name: str) -> Observation:
        return seen(probe, name, good=True)

    chosen = Verifying("path-excluded", PROBE, not_reached)
    return await Verification(chosen, send, Pace(for_s=60, every_s=0, streak=streak), lambda _: None).run()


def test_a_failure_begins_the_streak_again() -> None:
    found = verified([True, True, False, True, True, True], streak=3)
    assert (found.outcome, found.passes, len(found.attempts)) == ("held", 3, 6)
    assert found.last_failure == found.attempts[2].at


def test_one_green_is_not_the_fix() -> None:
    found = verified([False, False, True, False], streak=3)
    assert (found.outcome, found.passes, found.failing_at_most) == ("did-not-hold", 0, None)


def test_too_few_passes_say_so() -> None:
    assert "prove nothing" in verified([True], streak=2).statement


@pytest.mark.parametrize(
    ("before", "after", "must", "still", "outcome"),
    [
        (False, False, None, True, "held"),
        (False, True, None, False, "did-not-hold"),
        (True, True, None, None, "held"),
        (True, True, True, False, "did-not-hold"),
        (False, False, True, True, "held"),
        (True, True, False, None, "held"),
    ],
)
def test_the_control(before: bool, after: bool, must: bool | None, still: bool | None, outcome: str) -> None:
    found = verified([True], (before, after), streak=2, must_be_refused=must)
    assert (found.control_still_refused, found.outcome) == (still, outcome)


def test_what_was_not_sent_is_no_evidence() -> None:
    found = verified([True], streak=2, outcome="not-run")
    assert (found.outcome, found.attempts, found.control_still_refused) == ("inconclusive", (), True)
    assert "nothing is known" in found.statement
