"""A search for a size limit while it runs: the uploads so far, and what it came to."""

from dataclasses import dataclass

from probes.model import Observation
from probes.threshold import Threshold


@dataclass
class Limit:
    """The state of one search. ``result`` is there when it is over, ``fault`` when it could not go on."""

    seen: tuple[Observation, ...] = ()
    result: Threshold | None = None
    fault: str | None = None
    stopped: bool = False

    @property
    def running(self) -> bool:
        """Whether uploads are still being sent."""
        return self.result is None and self.fault is None and not self.stopped
