"""Keeps what was changed in the lab, by whom and when, for ``Microsoft.Resources/changes``."""

import datetime as dt
import uuid

import msgspec

from probes.lab.settings import Settings
from probes.lab.state import LabState

MAX_CHANGES = 1_000
_CONFIG = frozenset(
    {
        "http20Enabled",
        "minTlsVersion",
        "minTlsCipherSuite",
        "ipSecurityRestrictions",
        "ipSecurityRestrictionsDefaultAction",
    }
)
"""The settings that ARM keeps in config/web."""
_NOT_IN_THE_SITE = frozenset({"sku", "auth", "unboundHostNames"})
"""Settings of the lab that are no property of the site's own body: plan, authsettingsV2, and the lab's word for
``hostNameSslStates``."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One property that changed; a value None was absent or null."""

    path: str
    before: str | None
    after: str | None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One write. ``at`` is UTC; ``slot`` None is production; ``name`` is the last part of the change's id."""

    at: dt.datetime
    by: str
    by_type: str
    client: str
    differences: tuple[Difference, ...]
    slot: str | None = None
    name: str = msgspec.field(default_factory=lambda: str(uuid.uuid4()))


class History:
    """The changes since the lab started, oldest first, bounded."""

    def __init__(self) -> None:
        self.started = dt.datetime.now(dt.UTC)
        self._changes: list[Change] = []

    def record(self, old: LabState, new: LabState, by: str) -> None:
        """Compare the settings of production and of each slot, and keep one change for each that differs."""
        before, after = _by_slot(old), _by_slot(new)
        for slot, settings in after.items():
            differences = _differences(before.get(slot, settings), settings)
            if differences:
                self._add(slot, by, differences)

    def _add(self, slot: str | None, by: str, differences: tuple[Difference, ...]) -> None:
        at = dt.datetime.now(dt.UTC)
        client = "Azure Resource Manager" if "@" not in by else "Azure Portal"
        kind = "User" if "@" in by else "Application"
        change = Change(at=at, by=by, by_type=kind, client=client, slot=slot, differences=differences)
        self._changes.append(change)
        del self._changes[:-MAX_CHANGES]

    def of(self, state: LabState, slot: str | None) -> list[Change]:
        """Return the changes of production (None) or a slot, newest first, past ones of the state included."""
        past = [
            Change(
                at=self.started - dt.timedelta(hours=one.hours_ago),
                by=one.by,
                by_type=one.by_type,
                client=one.client,
                slot=one.slot,
                differences=(Difference(path=one.path, before=one.before, after=one.after),),
                name=str(uuid.uuid5(uuid.NAMESPACE_OID, repr(one))),
            )
            for one in state.azure.past_changes
        ]
        wanted = [change for change in (*past, *self._changes) if _same(change.slot, slot)]
        return sorted(wanted, key=lambda change: change.at, reverse=True)

    @staticmethod
    def now() -> dt.datetime:
        """Return the time in UTC."""
        return dt.datetime.now(dt.UTC)

    def last(self, state: LabState, slot: str | None) -> dt.datetime:
        """Return when production or a slot was changed last, the lab's start when never."""
        return max((change.at for change in self.of(state, slot)), default=self.started)


def _same(one: str | None, other: str | None) -> bool:
    return (one or "").lower() == (other or "").lower()


def _by_slot(state: LabState) -> dict[str | None, Settings]:
    return {None: state.settings, **{slot.name: slot.settings for slot in state.azure.slots}}


def _differences(old: Settings, new: Settings) -> tuple[Difference, ...]:
    before, after = msgspec.to_builtins(old), msgspec.to_builtins(new)
    return tuple(
        Difference(path=_path(name), before=_text(before[name]), after=_text(after[name]))
        for name in after
        if before[name] != after[name] and name not in _NOT_IN_THE_SITE
    )


def _path(name: str) -> str:
    return f"properties.siteConfig.{name}" if name in _CONFIG else f"properties.{name}"


def _text(value: object) -> str | None:
    """Return a value as the change service writes it, where all values are texts."""
    if value is None or isinstance(value, str):
        return value
    return str(value) if isinstance(value, bool) else msgspec.json.encode(value).decode()
