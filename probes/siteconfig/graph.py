"""Finds sites in the Resource Graph: by host name, by name, or all of them for a list to choose from."""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from probes.errors import UsageFault
from probes.siteconfig.choose import serves
from probes.siteconfig.client import Graph
from probes.siteconfig.faults import SeveralSites, SiteNotFound
from probes.siteconfig.reader import Reader, clean, flat
from probes.siteconfig.rows import SiteList, SiteRow
from probes.siteconfig.siteid import checked_host, is_site_id, site_id
from probes.siteconfig.trouble import RAISED

_TYPES = "resources | where type in~ ('microsoft.web/sites', 'microsoft.web/sites/slots')"
_WORD = re.compile(r"[a-z0-9._-]{1,80}")
_SEARCHED = ("name", "resourceGroup", "subscriptionId", "tostring(properties.hostNames)")
_NAMES_S = 5.0
"""Seconds for the names of the subscriptions, without which a list is still a list."""
_LISTED = (
    "project id, name, type, kind, resourceGroup, subscriptionId, state = properties.state, "
    "defaultHostName = properties.defaultHostName, hostNames = properties.hostNames"
)
_COLUMNS = "project id, name, type, kind, location, resourceGroup, subscriptionId, properties"
_SHOWN = 4


async def sites(
    graph: Graph, subscription: str | None = None, words: str = "", count: Callable[[int], None] | None = None
) -> SiteList:
    """Return the sites and slots that the user can read and that fit the words, by name."""
    names = await _subscriptions(graph) if words else {}
    query = f"{_TYPES}{_fitting(words, names)} | {_LISTED} | order by name asc"
    listed = await graph.listed(query, subscription, count)
    names = names or await _subscriptions(graph)
    rows = (replace(row, subscription=names.get(row.id.subscription.lower())) for row in _parsed(listed.rows))
    # A token that leads back to the same page brings the same rows again.
    once = {row.id.text.lower(): row for row in rows}
    found = tuple(sorted(once.values(), key=lambda one: one.id.shown.lower()))
    return SiteList(rows=found, total=listed.total or len(found), whole=listed.whole, words=words)


async def _subscriptions(graph: Graph) -> dict[str, str]:
    """Return the names of the subscriptions by their ids in lower case; nothing where they cannot be read."""
    query = "resourcecontainers | where type =~ 'microsoft.resources/subscriptions' | project subscriptionId, name"
    try:
        async with asyncio.timeout(_NAMES_S):
            rows = await graph.rows(query)
    except RAISED:
        return {}
    pairs = ((row.get("subscriptionId"), row.get("name")) for row in rows)
    return {clean(key).lower(): clean(name) for key, name in pairs if isinstance(key, str) and isinstance(name, str)}


def _fitting(words: str, names: Mapping[str, str]) -> str:
    """Return the condition for a search; a word that could be more than a name is left to whoever gets the list."""
    found = ""
    for word in (one for one in words.lower().split() if _WORD.fullmatch(one)):
        tests = [f"{field} contains '{word}'" for field in _SEARCHED]
        inside = [key for key, name in names.items() if word in name.lower() and _WORD.fullmatch(key)]
        if inside:
            tests.append(f"subscriptionId in~ ({', '.join(repr(key) for key in inside[:50])})")
        found += f" | where {' or '.join(tests)}"
    return found


async def by_host(graph: Graph, host: str, subscription: str | None = None) -> SiteRow:
    """Return the site that a host name is bound to.

    Raises SiteNotFound when no site that the user can read has it, SeveralSites when more than one has, UsageFault
    for what is no host name.
    """
    host = checked_host(host)
    names = [host, "*." + host.partition(".")[2]] if "." in host else [host]
    tests = " or ".join(f"tolower(tostring(properties)) contains '\"{name}\"'" for name in names)
    rows = _parsed(await graph.rows(f"{_TYPES} | where {tests} | {_COLUMNS}", subscription))
    exact = [row for row in rows if host in (name.lower() for name in row.hosts)]
    return _only(exact or [row for row in rows if serves(row.hosts, host)], f"the host name {host}")


async def by_name(
    graph: Graph, name: str, group: str | None, slot: str | None, subscription: str | None = None
) -> SiteRow:
    """Return the site with a name, in a group or anywhere; raises as :func:`by_host`."""
    wanted = f"{name}/{slot}" if slot else name
    rows = _parsed(await graph.rows(f"{_TYPES} | where name =~ '{wanted}' | {_COLUMNS}", subscription))
    found = [
        row
        for row in rows
        if row.id.shown.lower() == wanted.lower() and (group is None or row.id.group.lower() == group.lower())
    ]
    return _only(found, f"the name {wanted}" + (f" in the resource group {group}" if group else ""))


def _only(found: Sequence[SiteRow], what: str) -> SiteRow:
    if len(found) == 1:
        return found[0]
    if not found:
        raise SiteNotFound(
            f"Looking for the site in Azure: no site that you can read has {what}. Is it in another tenant, behind a "
            "gateway, or newer than a few minutes? Name it with --subscription, --resource-group and --name."
        )
    listed = ", ".join(row.id.text for row in found[:_SHOWN])
    raise SeveralSites(f"Looking for the site in Azure: {len(found)} sites have {what}. Name one as TARGET: {listed}")


def _parsed(rows: Sequence[Mapping[str, Any]]) -> list[SiteRow]:
    found = []
    for row in rows:
        outer = Reader("graph", flat(row, outside=("id", "kind")))
        text = outer.text("id")
        if text is None or not is_site_id(text):
            continue
        try:
            where = site_id(text)
        except UsageFault:
            continue
        default = outer.text("defaultHostName")
        listed = (*(outer.texts("hostNames") or ()), *(outer.texts("enabledHostNames") or ()))
        found.append(
            SiteRow(
                id=where,
                host=default,
                hosts=tuple(dict.fromkeys((*((default,) if default else ()), *listed))),
                kind=outer.text("kind"),
                state=outer.text("state"),
            )
        )
    return found
