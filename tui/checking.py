"""A verification while it runs: the attempts so far, and what it came to."""

from dataclasses import dataclass

from probes.model import Attempt
from probes.verify import Pace, Verified


@dataclass
class Checking:
    """The state of one verification; ``began`` is seconds of the store's clock.

    ``result`` is there when it is over, ``fault`` when it could not go on, ``stopped`` when the user ended it.
    """

    finding: str
    pace: Pace
    probe: str
    began: float
    attempts: tuple[Attempt, ...] = ()
    result: Verified | None = None
    fault: str | None = None
    stopped: bool = False

    @property
    def running(self) -> bool:
        """Whether attempts are still being sent."""
        return self.result is None and self.fault is None and not self.stopped

    @property
    def streak(self) -> int:
        """How many of the last attempts passed, one after the other."""
        count = 0
        for attempt in reversed(self.attempts):
            if not passed(attempt):
                break
            count += 1
        return count

    @property
    def opened(self) -> bool:
        """Whether requests get through that must not: without a certificate, where it was refused before."""
        return self.result is not None and self.result.control_still_refused is False

    @property
    def held(self) -> bool:
        """Whether the fix took effect, as far as that can be said."""
        return self.result is not None and self.result.outcome == "held"


def passed(attempt: Attempt) -> bool:
    """Whether one attempt passed."""
    return attempt.outcome.startswith("passed")
