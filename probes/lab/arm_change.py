"""Writes to the lab's ARM: a PATCH or PUT changes what the edge does. The lab alone takes them.

Properties that the lab does not know are ignored. What the service makes of a null in a PATCH is not documented; here
it clears a property of the site that may be null, and changes nothing within ``siteConfig``.
"""

from typing import Any

import msgspec

from probes.lab.arm_errors import bad_request
from probes.lab.arm_inventory import WebSite
from probes.lab.azure_http import Reply
from probes.lab.change import StateFault, as_json, changed
from probes.lab.settings import IpRule
from probes.lab.site import Site

_SITE = ("clientCertEnabled", "clientCertMode", "clientCertExclusionPaths", "httpsOnly", "publicNetworkAccess")
_CONFIG = (
    "http20Enabled",
    "minTlsVersion",
    "minTlsCipherSuite",
    "ipSecurityRestrictions",
    "ipSecurityRestrictionsDefaultAction",
    "publicNetworkAccess",
)
_RULE = frozenset(field.encode_name for field in msgspec.structs.fields(IpRule))
_ALLOW_ALL_PRIORITY = 2_147_483_647


def change_site(lab: Site, site: WebSite, body: Any, by: str) -> Reply | None:
    """Apply the body of a PATCH or PUT of the site itself; the error when it cannot be taken, None when it was."""
    properties = _properties(body)
    if properties is None:
        return bad_request("The request content is not valid JSON or has no properties.")
    new = _taken(properties, _SITE, nulls=True)
    config = properties.get("siteConfig")
    if isinstance(config, dict):
        new |= _taken(config, _CONFIG, nulls=False)
    return _apply(lab, site, new, by)


def change_config(lab: Site, site: WebSite, body: Any, by: str) -> Reply | None:
    """Apply the body of a PATCH or PUT of config/web."""
    properties = _properties(body)
    if properties is None:
        return bad_request("The request content is not valid JSON or has no properties.")
    return _apply(lab, site, _taken(properties, _CONFIG, nulls=False), by)


def change_state(lab: Site, site: WebSite, action: str, by: str) -> Reply | None:
    """Apply ``start``, ``stop`` or ``restart``."""
    return _apply(lab, site, {"state": "Stopped" if action == "stop" else "Running"}, by)


def _properties(body: Any) -> dict[str, Any] | None:
    found = body.get("properties") if isinstance(body, dict) else None
    return found if isinstance(found, dict) else None


def _taken(properties: dict[str, Any], names: tuple[str, ...], *, nulls: bool) -> dict[str, Any]:
    """Return those of ``properties`` that the lab knows, found in any case."""
    lowered = {str(key).lower(): value for key, value in properties.items()}
    found = {name: lowered[name.lower()] for name in names if name.lower() in lowered}
    if not nulls:
        found = {name: value for name, value in found.items() if value is not None}
    if "ipSecurityRestrictions" in found:
        found["ipSecurityRestrictions"] = _rules(found["ipSecurityRestrictions"])
    return found


def _rules(rows: Any) -> Any:
    """Drop what the lab does not keep of a rule, and the "Allow all" that a GET shows where there is no rule."""
    if not isinstance(rows, list):
        return rows
    kept = [{key: value for key, value in row.items() if key in _RULE} for row in rows if isinstance(row, dict)]
    return [row for row in kept if row.get("priority") != _ALLOW_ALL_PRIORITY]


def _apply(lab: Site, site: WebSite, new: dict[str, Any], by: str) -> Reply | None:
    if site.thumbprint is None:
        return bad_request("The lab's neighbours cannot be changed.")
    try:
        lab.become(changed(lab.state, _body(lab, site, new)), by)
    except StateFault as fault:
        return bad_request(str(fault))
    return None


def _body(lab: Site, site: WebSite, new: dict[str, Any]) -> dict[str, Any]:
    if site.slot is None:
        return {"settings": new}
    slots: list[dict[str, Any]] = as_json(lab.state)["azure"]["slots"]
    merged = [
        slot | {"settings": slot["settings"] | new} if slot["name"].lower() == site.slot.lower() else slot
        for slot in slots
    ]
    return {"azure": {"slots": merged}}
