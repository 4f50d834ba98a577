"""An open way to Azure: signed in once, then sites are found, listed and read; imports no Azure before it is open."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from probes.errors import UsageFault
from probes.model import SiteConfig, Unknown
from probes.siteconfig.clouds import Access
from probes.siteconfig.export import missing
from probes.siteconfig.faults import AzureFault
from probes.siteconfig.rows import SiteList
from probes.siteconfig.siteid import SiteId, checked, checked_host, site_id
from probes.siteconfig.ways import Prompt

if TYPE_CHECKING:
    import aiohttp

    from probes.siteconfig.signin import SignedIn

T = TypeVar("T")


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
    if name is None and host is not None:
        host = checked_host(host)
    return Wanted(subscription=subscription, group=group, name=name, slot=slot, host=host)


@asynccontextmanager
async def within(seconds: float, doing: str) -> AsyncIterator[None]:
    """Bound what is done; raises AzureFault when it has not ended after so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        seen = f"{doing}: no end after {seconds:.0f} s"
        raise AzureFault(f"{seen}. Try again, or give saved settings with --config FILE.", seen=seen) from None


class Azure:
    """An open, signed-in way to Azure."""

    def __init__(self, access: Access, http: "aiohttp.ClientSession", who: "SignedIn") -> None:
        self._access = access
        self._http = http
        self._who = who

    @property
    def signed_in(self) -> str:
        """By which way the person or the program signed in, in words."""
        return self._who.way

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

    async def sites(
        self, subscription: str | None = None, words: str = "", count: Callable[[int], None] | None = None
    ) -> SiteList:
        """Return the sites that fit the words; ``count`` is told how many were read so far."""
        from probes.siteconfig import graph

        return await self._asked(graph.sites(self._graph(), subscription, words, count))

    async def read(self, where: SiteId) -> AzureRead:
        """Return one site's configuration."""
        from probes.siteconfig.arm import SiteReader
        from probes.siteconfig.client import Arm

        arm = Arm(self._access, self._who, self._http, where.subscription)
        reader = SiteReader(arm, where)
        configuration = await reader.read()
        older = tuple(
            f"the API version {wanted} is not known here; {found} was read, which may lack settings"
            for wanted, found in arm.versions.items()
        )
        configuration = msgspec.structs.replace(configuration, notes=(*configuration.notes, *older))
        # What a part that was not read leaves open is told once, with the part.
        unread = tuple(dict.fromkeys(reader.unknown))
        unknown = (*unread, *missing(configuration, without=reader.unread))
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
            seen = f"Asking the Resource Graph: {why.text}"
            raise AzureFault(
                f"{seen}. Name the site with --subscription, --resource-group and --name, which needs no graph.",
                seen=seen,
            ) from None


@asynccontextmanager
async def open_azure(access: Access, prompt: Prompt) -> AsyncIterator[Azure]:
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
        yield Azure(access, http, who)
