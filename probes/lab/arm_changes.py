"""``Microsoft.Resources/changes`` of a site: who changed which property, when, from what to what.

Shape: Microsoft Learn, Resource Management REST API, Changes - List, 2022-05-01, with the further attributes that
Azure Resource Graph documents for resource changes (changedBy, changedByType, clientType, operation). Values are
texts. Which of the properties of config/web the service records is not documented; the lab records those it has.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from probes.lab.arm_inventory import WebSite, stable_id
from probes.lab.history import Change, Difference

KEPT = dt.timedelta(days=14)
"""How far back the service goes."""


def changes_of(site: WebSite, changes: Iterable[Change], now: dt.datetime) -> list[dict[str, Any]]:
    """Return the change resources of the last 14 days, in the order that they have."""
    return [_resource(site, change) for change in changes if now - change.at <= KEPT]


def _resource(site: WebSite, change: Change) -> dict[str, Any]:
    return {
        "id": f"{site.id}/providers/Microsoft.Resources/changes/{change.name}",
        "name": change.name,
        "type": "Microsoft.Resources/changes",
        "properties": {
            "targetResourceId": site.id,
            "targetResourceType": site.type.lower(),
            "changeType": "Update",
            "changeAttributes": {
                "previousResourceSnapshotId": stable_id(change.name, "before"),
                "newResourceSnapshotId": stable_id(change.name, "after"),
                "correlationId": stable_id(change.name, "correlation"),
                "changedBy": change.by,
                "changedByType": change.by_type,
                "clientType": change.client,
                "operation": f"{site.type.lower()}/write",
                "changesCount": len(change.differences),
                "timestamp": change.at.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z",
            },
            "changes": {one.path: _entry(one) for one in change.differences},
        },
    }


def _entry(one: Difference) -> dict[str, Any]:
    kind = "Insert" if one.before is None else "Remove" if one.after is None else "Update"
    return {
        "propertyChangeType": kind,
        "changeCategory": "User",
        "previousValue": one.before,
        "newValue": one.after,
    }
