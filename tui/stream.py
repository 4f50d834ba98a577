"""What the app needs of a case that is worked on: two methods and the case so far."""

from collections.abc import AsyncIterator
from typing import Protocol

from probes.model import Case
from probes.progress import PlanMade, Progress


class TriageLike(Protocol):
    """One case, driven through its stages; the app and the command line are consumers of the same stream."""

    @property
    def case(self) -> Case:
        """The case so far; current at every moment."""
        ...

    async def prepare(self) -> PlanMade:
        """Make the plan; nothing is sent."""
        ...

    def run(self) -> AsyncIterator[Progress]:
        """Send the plan and yield what happens; it is stopped by cancelling the task that iterates."""
        ...
