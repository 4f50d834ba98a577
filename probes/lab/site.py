"""What all connections of one lab share: the state, the certificates, the app, and the counts of what was seen."""

import copy
from collections.abc import Callable
from typing import Self

import msgspec

from probes.lab.app import DebugApp
from probes.lab.history import History
from probes.lab.judging import Known
from probes.lab.pki import Pki
from probes.lab.state import LabState

MAX_CALLS = 5_000


class AzureCall(msgspec.Struct, frozen=True, kw_only=True):
    """One request to the lab's Azure; neither a token nor a body nor a query that could hold one.

    ``bearer`` is whether an Authorization header came with it.
    """

    service: str
    method: str
    host: str
    path: str
    status: int
    bearer: bool
    user_agent: str


class Seen(msgspec.Struct, kw_only=True):
    """Counts since the lab started; ``crashes`` counts connections that ended by a fault of the lab itself.

    The edge's counts leave the lab's Azure out; ``azure`` lists its requests, oldest first, the last 5,000 of them.
    """

    connections: int = 0
    handshakes: int = 0
    handshakes_failed: int = 0
    renegotiations: int = 0
    requests: int = 0
    refusals: int = 0
    reached_app: int = 0
    crashes: int = 0
    last_crash: str | None = None
    azure: list[AzureCall] = msgspec.field(default_factory=list)

    def note(self, call: AzureCall) -> None:
        """Add one request to the list, in bounded memory."""
        self.azure.append(call)
        del self.azure[:-MAX_CALLS]


class _Kept:
    """Holds the state for a lab and for all its slots."""

    def __init__(self, state: LabState) -> None:
        self.state = state


class Site:
    """The one mutable thing of a lab; its state is immutable and replaced as a whole.

    ``slot`` None is production. A slot shares everything with it but the settings.
    """

    def __init__(self, state: LabState, pki: Pki) -> None:
        self._kept = _Kept(state)
        self.slot: str | None = None
        self.pki = pki
        self.app = DebugApp(Known(roots=(pki.root.certificate,), intermediates=(pki.intermediate.certificate,)))
        self.seen = Seen()
        self.history = History()
        self.https_port = 0
        self.on_state: Callable[[LabState], None] = lambda _: None

    @property
    def state(self) -> LabState:
        """The state, with the slot's settings for a slot; what is stale is so in production alone."""
        whole = self._kept.state
        settings = next((one.settings for one in whole.azure.slots if one.name == self.slot), None)
        if settings is None:
            return whole
        edge = msgspec.structs.replace(whole.edge, stale_settings=None)
        return msgspec.structs.replace(whole, settings=settings, edge=edge)

    def become(self, state: LabState, by: str) -> None:
        """Take a new state of the whole; ``by`` is the principal who changed it, for the history of changes."""
        self.history.record(self._kept.state, state, by)
        self._kept.state = state
        self.on_state(state)

    def at(self, host: str | None) -> Self:
        """Return the slot that ``host`` is bound to, production for every other name and for a name of both."""
        wanted = (host or "").lower()
        if wanted in (name.lower() for name in self._kept.state.settings.host_names):
            return self
        for slot in self._kept.state.azure.slots:
            if wanted in (name.lower() for name in slot.settings.host_names):
                found = copy.copy(self)
                found.slot = slot.name
                return found
        return self
