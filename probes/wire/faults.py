"""How a probe ends without an answer, inside the wire engine; it becomes an outcome, never a traceback."""

from probes.model import Outcome


class WireFault(Exception):
    """The connection came to an end; ``outcome`` and ``kind`` go into the observation, ``message`` to the user."""

    def __init__(self, outcome: Outcome, kind: str, message: str) -> None:
        super().__init__(message)
        self.outcome: Outcome = outcome
        self.kind = kind
        self.message = message
