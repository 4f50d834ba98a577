"""Finds sites in the Resource Graph: by host name, by name, or all of them for a list to choose from."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from probes.errors import UsageFault
from probes.printable import printable
from probes.siteconfig.choose import serves
from probes.siteconfig.client import Graph
from probes.siteconfig.faults import SeveralSites, SiteNotFound
from probes.siteconfig.reader import Reader, flat
from probes.siteconfig.siteid import SiteId, is_site_id, site_id

_HOST = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_TYPES = "resources | where type in~ ('microsoft.web/sites', 'microsoft.web/sites/slots')"
_COLUMNS = "project id, name, type, kind, location, resourceGroup, subscriptionId, properties"
_SHOWN = 4


@dataclass(frozen=True, kw_only=True)
class SiteRow:
    """One site that the user can read, as a list shows it."""

    id: SiteId
    host: str | None
    hosts: tuple[str, ...]
    kind: str | None
    state: str | None

    def matches(self, words: str) -> bool:
        """Say whether every word is in the name, the group or a host name, in any case."""
        text = " ".join((self.id.shown, self.id.group, self.id.subscription, *self.hosts)).lower()
        return all(word in text for word in words.lower().split())


async def sites(graph: Graph, subscription: str | None = None) -> tuple[SiteRow, ...]:
    """Return all sites and slots that the user can read, by name."""
    rows = await graph.rows(f"{_TYPES} | {_COLUMNS} | order by name asc", subscription)
    return tuple(sorted(_parsed(rows), key=lambda one: one.id.shown.lower()))


async def by_host(graph: Graph, host: str, subscription: str | None = None) -> SiteRow:
    """Return the site that a host name is bound to.

    Raises SiteNotFound when no site that the user can read has it, SeveralSites when more than one has.
    """
    host = host.lower().rstrip(".")
    # The name goes into a query, so that nothing but a host name may be in it.
    if not _HOST.fullmatch(host):
        raise UsageFault(f"The host {printable(host, limit=80)!r} is no name that Azure could know.")
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
