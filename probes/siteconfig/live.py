"""Stage 1 read from Azure; the only way in. Imports no Azure until it is asked, and then in a thread of its own."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from probes.errors import UsageFault
from probes.model import SiteConfig, Unknown
from probes.siteconfig.aside import in_own_loop
from probes.siteconfig.clouds import Access
from probes.siteconfig.export import missing
from probes.siteconfig.faults import AzureFault
from probes.siteconfig.siteid import SiteId, checked, site_id
from probes.siteconfig.ways import refuse_when_signed_out

if TYPE_CHECKING:
    import aiohttp

    from probes.siteconfig.graph import SiteRow
    from probes.siteconfig.signin import SignedIn

T = TypeVar("T")
FIND_S = 20.0
"""Seconds to find a site in the Resource Graph."""
READ_S = 45.0
"""Seconds to read one site, whatever Azure does."""

Prompt = Callable[[str], None]
"""Told what the person must do to sign in; called from another thread than the one that waits."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which site: by its resource id, by its names, or by a host name that is bound to it."""

    id: str | None = None
    subscription: str | None = None
    group: str | None = None
    name: str | None = None
    slot: str | None = None
    host: str | None = None


@dataclass(frozen=True, kw_only=True)
class AzureRead:
    """What was read; ``signed_in`` says how, ``unknown`` what was not read and which permission it needs."""

    configuration: SiteConfig
    unknown: tuple[Unknown, ...]
    site: SiteId
    signed_in: str


def wanted(
    *,
    id: str | None = None,  # noqa: A002 - the word of ARM
    subscription: str | None = None,
    group: str | None = None,
    name: str | None = None,
    slot: str | None = None,
    host: str | None = None,
) -> Wanted:
    """Return which site is meant; raises UsageFault where that cannot be a site."""
    if id is not None:
        found = site_id(id)
        if slot and found.slot and slot.lower() != found.slot.lower():
            raise UsageFault(f"The resource id names the slot {found.slot}, --slot another one. Name one of them.")
        return Wanted(id=SiteId(found.subscription, found.group, found.name, found.slot or slot).text)
    for part in (subscription, group, name, slot):
        if part is not None:
            checked(part)
    if name is None and host is None:
        raise UsageFault("Which site? Give its URL or resource id as TARGET, or --name with --resource-group.")
    return Wanted(subscription=subscription, group=group, name=name, slot=slot, host=host)


async def read_from_azure(access: Access, site: Wanted, prompt: Prompt) -> AzureRead:
    """Return the configuration of one site.

    Raises SignedOut, SiteNotFound, SeveralSites or AzureFault. Cancelling ends it at once, whatever hangs.
    """

    async def work() -> AzureRead:
        async with _opened(access, prompt) as azure:
            async with _within(FIND_S, "Looking for the site in Azure"):
                where = await azure.find(site)
            async with _within(READ_S, f"Reading {where.shown} from Azure"):
                return await azure.read(where)

    refuse_when_signed_out(access)
    return await in_own_loop(work)


async def list_sites(access: Access, subscription: str | None, prompt: Prompt) -> "tuple[SiteRow, ...]":
    """Return the sites that the user can read, to choose from; raises as :func:`read_from_azure`."""

    async def work() -> "tuple[SiteRow, ...]":
        async with _opened(access, prompt) as azure, _within(FIND_S, "Listing the sites in Azure"):
            return await azure.sites(subscription)

    refuse_when_signed_out(access)
    return await in_own_loop(work)


@asynccontextmanager
async def _within(seconds: float, doing: str) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise AzureFault(
            f"{doing}: no end after {seconds:.0f} s. Try again, or give saved settings with --config FILE."
        ) from None


class _Azure:
    """An open, signed-in way to Azure for the length of one question."""

    def __init__(self, access: Access, http: "aiohttp.ClientSession", who: "SignedIn") -> None:
        self._access = access
        self._http = http
        self._who = who

    async def find(self, site: Wanted) -> SiteId:
        """Return the one site that is meant."""
        from probes.siteconfig import graph

        if site.id is not None:
            return site_id(site.id)
        if site.name and site.group and site.subscription:
            return SiteId(site.subscription, site.group, site.name, site.slot)
        asked = self._graph()
        if site.name is not None:
            row = await self._asked(graph.by_name(asked, site.name, site.group, site.slot, site.subscription))
            return row.id
        row = await self._asked(graph.by_host(asked, site.host or "", site.subscription))
        return SiteId(row.id.subscription, row.id.group, row.id.name, row.id.slot or site.slot)

    async def sites(self, subscription: str | None) -> "tuple[SiteRow, ...]":
        """Return all sites of the list."""
        from probes.siteconfig import graph

        return await self._asked(graph.sites(self._graph(), subscription))

    async def read(self, where: SiteId) -> AzureRead:
        """Return one site's configuration."""
        from probes.siteconfig.arm import SiteReader
        from probes.siteconfig.client import Arm

        reader = SiteReader(Arm(self._access, self._who, self._http, where.subscription), where)
        configuration = await reader.read()
        unknown = tuple(dict.fromkeys(reader.unknown))
        if not unknown:
            unknown = missing(configuration)
        return AzureRead(configuration=configuration, unknown=unknown, site=where, signed_in=self._who.way)

    def _graph(self) -> Any:
        from probes.siteconfig.client import Graph

        return Graph(self._access, self._who, self._http)

    async def _asked(self, question: Coroutine[Any, Any, T]) -> T:
        from probes.siteconfig.trouble import RAISED, trouble

        try:
            return await question
        except AzureFault:
            raise
        except RAISED as fault:
            why = trouble(fault)
            raise AzureFault(
                f"Asking the Resource Graph: {why.text}. Name the site with --subscription, --resource-group and "
                "--name, which needs no graph."
            ) from None


@asynccontextmanager
async def _opened(access: Access, prompt: Prompt) -> AsyncIterator[_Azure]:
    """Open the sessions and sign in; close both."""
    from probes.siteconfig.signin import sign_in
    from probes.siteconfig.transport import session

    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(session(access.arm_ca))
        # What is trusted for ARM is trusted for the authority only where both are the same.
        authority = http
        if access.authority_ca != access.arm_ca:
            authority = await stack.enter_async_context(session(access.authority_ca))
        who = await stack.enter_async_context(await sign_in(access, authority, prompt))
        yield _Azure(access, http, who)
