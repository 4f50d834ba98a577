"""Azure Resource Graph of the lab: POST of a query, rows or an error, paged by a skip token.

Shape: Microsoft Learn, Azure Resource Graph REST API, Resources, 2021-03-01. Resource types and group names come in
lower case there, ``resultTruncated`` is a text.
"""

import re
from typing import Any

from probes.lab.arm_changes import changes_of
from probes.lab.arm_inventory import WebSite
from probes.lab.arm_kql import QueryFault, Row, run
from probes.lab.arm_parts import group_body, plan_body
from probes.lab.arm_web import sites_body
from probes.lab.azure_http import Reply, json_reply
from probes.lab.azure_names import SUBSCRIPTIONS, TENANT
from probes.lab.site import Site

MAX_ROWS = 1_000
DEFAULT_ROWS = 100


def query(lab: Site, sites: list[WebSite], body: Any) -> Reply:
    """Answer one query over those of the caller's subscriptions that the body names, all when it names none."""
    if not isinstance(body, dict) or not isinstance(body.get("query"), str):
        return _invalid("InvalidQuery", "The query is missing.")
    named, options = body.get("subscriptions") or list(SUBSCRIPTIONS), body.get("options") or {}
    if not isinstance(named, list) or not isinstance(options, dict):
        return _invalid("InvalidOptions", "subscriptions must be a list, options an object.")
    wanted = {str(one).lower() for one in named}
    inside = [site for site in sites if site.subscription in wanted]
    try:
        rows = run(body["query"], _tables(lab, inside, wanted))
    except QueryFault as fault:
        return _invalid("ParserFailure", str(fault))
    return _page(lab, rows, options)


def _tables(lab: Site, sites: list[WebSite], subscriptions: set[str]) -> dict[str, list[Row]]:
    bodies = zip(sites, sites_body(lab, sites), strict=True)
    resources = [_row(body, site.subscription, site.group) for site, body in bodies]
    plans = {site.plan_id: site for site in sites}
    resources += [_row(plan_body(site, 1), site.subscription, site.group) for site in plans.values()]
    groups = sorted({(site.subscription, site.group) for site in sites})
    containers = [
        _container(subscription, name)
        for subscription, name in SUBSCRIPTIONS.items()
        if subscription in subscriptions
    ]
    containers += [
        _row(
            group_body(subscription, group) | {"type": "microsoft.resources/subscriptions/resourcegroups"},
            subscription,
            group,
        )
        for subscription, group in groups
    ]
    return {"resources": resources, "resourcecontainers": containers, "resourcechanges": _changes(lab, sites)}


def _changes(lab: Site, sites: list[WebSite]) -> list[Row]:
    own = [site for site in sites if site.thumbprint]
    now = lab.history.now()
    return [
        _row(change, site.subscription, site.group)
        for site in own
        for change in changes_of(site, lab.history.of(lab.state, site.slot), now)
    ]


def _row(body: dict[str, Any], subscription: str, group: str) -> Row:
    empty = dict.fromkeys(
        ("kind", "location", "managedBy", "sku", "plan", "tags", "identity", "zones", "extendedLocation")
    )
    row = empty | body | {"tenantId": TENANT, "subscriptionId": subscription, "resourceGroup": group.lower()}
    location = str(row["location"] or "").replace(" ", "").lower()
    return row | {"type": str(body["type"]).lower(), "location": location}


def _container(subscription: str, name: str) -> Row:
    body = {
        "id": f"/subscriptions/{subscription}",
        "name": name,
        "type": "microsoft.resources/subscriptions",
        "properties": {"state": "Enabled", "managedByTenants": []},
    }
    return _row(body, subscription, "")


def _page(lab: Site, rows: list[Row], options: dict[str, Any]) -> Reply:
    token = str(options.get("$skipToken") or "")
    start = int(token) if re.fullmatch("[0-9]{1,9}", token) else options.get("$skip") or 0
    top = options.get("$top") or DEFAULT_ROWS
    if not isinstance(start, int) or start < 0 or not isinstance(top, int) or not 1 <= top <= MAX_ROWS:
        return _invalid("InvalidOptions", f"$skip must be a number, $top 1 to {MAX_ROWS}.")
    size = min(top, lab.state.azure.page_size)
    data = rows[start : start + size]
    body: dict[str, Any] = {"totalRecords": len(rows), "count": len(data), "facets": [], "resultTruncated": "false"}
    body["data"] = _table(data) if options.get("resultFormat") == "table" else data
    if start + size < len(rows):
        body["$skipToken"] = str(start + size)
    return json_reply(body)


def _table(rows: list[Row]) -> dict[str, Any]:
    names = list(rows[0]) if rows else []
    columns = [{"name": name, "type": _type(rows[0][name])} for name in names]
    return {"columns": columns, "rows": [[row[name] for name in names] for row in rows]}


def _type(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (dict, list)):
        return "object"
    return "integer" if isinstance(value, int) else "string"


def _invalid(code: str, message: str) -> Reply:
    details = [{"code": "InvalidQuery", "message": "Query is invalid."}, {"code": code, "message": message}]
    body = {"error": {"code": "BadRequest", "message": "The request is invalid.", "details": details}}
    return json_reply(body, 400)
