"""Random states of the lab over real TLS: the verdict is right or honestly inconclusive, and all beside it is true.

``MTLS_TRIAGE_EXAMPLES=2000`` tries so many new states; without it a fixed choice is tried, the same every time.
"""

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.random_states.drawing import POOLS, examples
from tests.random_states.example import Example
from tests.random_states.judging import Tally, complaints
from tests.random_states.running import diagnosed
from tests.random_states.truth import truth

WANTED = int(os.environ.get("MTLS_TRIAGE_EXAMPLES", "0"))
FIXED = 58
"""Examples of each test where nobody asks for more; some are drawn twice and run anew, and count once."""
LEAST = 45
"""Different states in each of them: above 300 in all."""
MANY = max(WANTED // len(POOLS), 1) if WANTED else FIXED
LEAST_DECIDED = 4
"""So many of a fixed choice must have one answer, or always saying "inconclusive" would pass."""
profile = settings(
    max_examples=MANY,
    derandomize=not WANTED,
    database=None,
    deadline=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.mark.timeout(300 + 6 * MANY)
@pytest.mark.parametrize("pool", POOLS)
def test_the_verdict_is_right_or_says_that_it_does_not_know(
    pool: str, ready: dict[str, Any], record_property: Any
) -> None:
    tally = Tally()

    @profile
    @given(examples(pool))
    def is_right(example: Example) -> None:
        case, expected = diagnosed(example, ready), truth(example)
        assert case.verdict is not None
        tally.count(repr(example), case.verdict, expected)
        assert complaints(case.verdict, expected) == []

    is_right()
    record_property("figures", f"random lab states, {pool}: {tally}")
    assert len(tally.seen) >= min(MANY // 2, LEAST)
    assert WANTED or tally.decided >= LEAST_DECIDED
