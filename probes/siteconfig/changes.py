"""What changed in the last 14 days: who changed which of the settings that matter, when, from what to what."""

from collections.abc import Mapping, Sequence
from typing import Any

from probes.model import SettingChange
from probes.siteconfig.reader import Reader, flat
from probes.siteconfig.shape import lowered

VERSION = "2022-05-01"
"""Microsoft Learn, REST API reference, "Changes - List": a GET; it reaches back 14 days."""

# The last part of a changed property's path, lower case, and the name by which it is shown.
_MATTER = {
    name.lower(): name
    for name in (
        "clientCertEnabled",
        "clientCertMode",
        "clientCertExclusionPaths",
        "httpsOnly",
        "publicNetworkAccess",
        "http20Enabled",
        "http20ProxyFlag",
        "minTlsVersion",
        "minTlsCipherSuite",
        "ipSecurityRestrictions",
        "ipSecurityRestrictionsDefaultAction",
        "hostNameSslStates",
        "hostNames",
        "serverFarmId",
        "sku",
        "state",
    )
}


def path(site_id: str) -> str:
    """Return where the changes of a resource are listed."""
    return f"{site_id}/providers/Microsoft.Resources/changes"


def changes(rows: Sequence[Mapping[str, Any]]) -> tuple[SettingChange, ...]:
    """Return the changes of settings that matter, the newest first; rows of another shape are passed over."""
    found = [change for row in rows for change in _of_row(flat(row, outside=()))]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))


def _of_row(row: Mapping[str, Any]) -> list[SettingChange]:
    whole = Reader("changes", row)
    about = Reader("changes", whole.inner("changeAttributes"))
    # The parts of the path keep their case, so the object is taken as it stands.
    listed = row.get("changes")
    found = []
    for key, value in listed.items() if isinstance(listed, Mapping) else ():
        setting = setting_of(str(key))
        if setting is None or not isinstance(value, Mapping):
            continue
        one = lowered(value)
        found.append(
            SettingChange(
                at=about.text("timestamp") or "",
                setting=setting,
                old=_text(one.get("previousvalue")),
                new=_text(one.get("newvalue")),
                by=about.text("changedBy"),
                by_kind=about.text("changedByType"),
                client=about.text("clientType"),
            )
        )
    return found


def setting_of(key: str) -> str | None:
    """Return the setting that a changed path such as ``properties.siteConfig.minTlsVersion`` belongs to."""
    parts = [part.partition("[")[0].lower() for part in key.split(".")]
    return next((_MATTER[part] for part in reversed(parts) if part in _MATTER), None)


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        value = repr(value)[:40]
    return Reader("changes", {"value": value}).text("value")
