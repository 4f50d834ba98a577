"""Azure for the length of the app: signed in once, in a thread of its own, so that nothing can freeze a screen."""

from collections.abc import Callable
from contextlib import AsyncExitStack

from probes.siteconfig.aside import OwnLoop
from probes.siteconfig.asking import Azure, AzureRead, Wanted, open_azure, within
from probes.siteconfig.clouds import Access
from probes.siteconfig.live import FIND_S, READ_S
from probes.siteconfig.rows import SiteList
from probes.siteconfig.ways import Prompt, refuse_when_signed_out


class AzureSession:
    """One sign-in and what is asked with it; its token stays in this object's thread, in memory.

    Every question raises AzureFault or what derives from UsageFault, and is bounded; cancelling it ends it at once.
    """

    def __init__(self, access: Access) -> None:
        self.access = access
        self.signed_in: str | None = None
        """By which way, in words; None before."""
        self._loop = OwnLoop()
        self._open = AsyncExitStack()
        self._azure: Azure | None = None

    async def sign_in(self, prompt: Prompt) -> str:
        """Sign in and return by which way; ``prompt`` is called from another thread. Raises SignedOut."""
        refuse_when_signed_out(self.access)

        async def work() -> str:
            self._azure = await self._open.enter_async_context(open_azure(self.access, prompt))
            return self._azure.signed_in

        self.signed_in = await self._loop.ask(work)
        return self.signed_in

    async def sites(
        self, subscription: str | None = None, words: str = "", count: Callable[[int], None] | None = None
    ) -> SiteList:
        """Return the sites that fit the words; ``count`` is told from another thread how many were read so far."""

        async def work() -> SiteList:
            async with within(FIND_S, "Listing the sites"):
                return await self._signed().sites(subscription, words, count)

        return await self._loop.ask(work)

    async def read(self, site: Wanted) -> AzureRead:
        """Return the configuration of one site."""

        async def work() -> AzureRead:
            async with within(FIND_S, "Looking for the site in Azure"):
                where = await self._signed().find(site)
            async with within(READ_S, f"Reading {where.shown} from Azure"):
                return await self._signed().read(where)

        return await self._loop.ask(work)

    def close(self, wait_s: float = 0.0) -> None:
        """Sign out of nothing: drop the token and all connections; waits for that at most ``wait_s`` seconds."""
        self._loop.stop(self._open.aclose, wait_s)

    def _signed(self) -> Azure:
        if self._azure is None:
            raise RuntimeError("asked before signing in")
        return self._azure
