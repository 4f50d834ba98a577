"""What all connections of one lab share: the state, the certificates, the app, and the counts of what was seen."""

import msgspec

from probes.lab.app import DebugApp
from probes.lab.pki import Pki
from probes.lab.state import LabState


class Seen(msgspec.Struct, kw_only=True):
    """Counts since the lab started; ``crashes`` counts connections that ended by a fault of the lab itself."""

    connections: int = 0
    handshakes: int = 0
    handshakes_failed: int = 0
    renegotiations: int = 0
    requests: int = 0
    refusals: int = 0
    reached_app: int = 0
    crashes: int = 0
    last_crash: str | None = None


class Site:
    """The one mutable thing of a lab; ``state`` itself is immutable and replaced as a whole."""

    def __init__(self, state: LabState, pki: Pki) -> None:
        self.state = state
        self.pki = pki
        self.app = DebugApp()
        self.seen = Seen()
        self.https_port = 0
