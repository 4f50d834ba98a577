"""What the app needs of a case that is worked on: three methods and the case so far."""

from collections.abc import AsyncGenerator
from typing import Protocol

from probes.model import Case, Probe
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

    def run(self) -> AsyncGenerator[Progress, None]:
        """Send the plan and yield what happens; it is stopped by cancelling the task that iterates."""
        ...

    def send_one(self, probe: Probe) -> AsyncGenerator[Progress, None]:
        """Send one probe, again or of the user's own making, and judge the case anew."""
        ...
