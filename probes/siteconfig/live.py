"""Stage 1 read from Azure by one question; imports no Azure until it is asked, and then in a thread of its own."""

from collections.abc import Callable

from probes.siteconfig.aside import in_own_loop
from probes.siteconfig.asking import AzureRead, Wanted, open_azure, wanted, within
from probes.siteconfig.clouds import Access
from probes.siteconfig.ways import refuse_when_signed_out

__all__ = ["FIND_S", "READ_S", "AzureRead", "Wanted", "read_from_azure", "wanted"]

FIND_S = 20.0
"""Seconds to find a site in the Resource Graph, or to list all."""
READ_S = 45.0
"""Seconds to read one site, whatever Azure does."""

Line = Callable[[str], None]
"""Told in a line what the person must do to sign in; called from another thread than the one that waits."""


async def read_from_azure(access: Access, site: Wanted, prompt: Line) -> AzureRead:
    """Return the configuration of one site.

    Raises SignedOut, SiteNotFound, SeveralSites or AzureFault. Cancelling ends it at once, whatever hangs.
    """

    async def work() -> AzureRead:
        async with open_azure(access, lambda code: prompt(code.line)) as azure:
            async with within(FIND_S, "Looking for the site in Azure"):
                where = await azure.find(site)
            async with within(READ_S, f"Reading {where.shown} from Azure"):
                return await azure.read(where)

    refuse_when_signed_out(access)
    return await in_own_loop(work)
