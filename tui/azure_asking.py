"""The part of the app that asks Azure: signs in, lists the sites, reads one; and shows what comes back.

Everything that waits for Azure waits for another thread, so that no key has to.
"""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from probes.errors import MtlsTriageError
from tui.azure_messages import CodeCame, RowsCame
from tui.later import Later
from tui.runs import Running

if TYPE_CHECKING:
    from tui import azure, site
    from tui.screens import azure as azure_screen
    from tui.screens import azure_code, azure_sites
else:
    azure = Later("tui.azure")
    azure_screen = Later("tui.screens.azure")
    azure_code = Later("tui.screens.azure_code")
    azure_sites = Later("tui.screens.azure_sites")
    site = Later("tui.site")

LEAVE_S = 0.3
"""Seconds that the end of the app waits for connections to Azure to be closed."""
WORK = "azure"
"""The group of the workers that wait for Azure; there is one at a time."""


class AzureAsking(Running):
    """Asks Azure one thing at a time, for the site that ``trip`` leads to."""

    trip: azure.Trip | None = None

    def _settings_came(self, trip: azure.Trip, settings: site.Settings) -> None:
        """Go on with the settings that were read; the rest of the way knows how."""
        raise NotImplementedError

    def end_azure(self) -> None:
        """Forget who is signed in."""
        if self.trip is not None and self.trip.session is not None:
            self.trip.session.close(LEAVE_S)

    def _ask(self, work: Coroutine[Any, Any, None]) -> None:
        self.run_worker(work, group=WORK, exclusive=True, exit_on_error=False)
        self._redrawn()

    def _redrawn(self) -> None:
        if isinstance(self.screen, azure_screen.OfAzure):
            self.screen.redraw()

    def _sign_in(self, way: Any) -> None:
        trip = self._trip()
        trip.access = replace(trip.access, sign_in=way)
        if trip.session is not None:
            trip.session.close()
            trip.session = None
        doing = {"auto": "asking who is signed in here", "browser": "waiting for the browser on this machine"}
        number = trip.begin("sign-in", doing.get(way, f"signing in by {way}"))
        if way == "device-code":
            if not isinstance(self.screen, azure_code.CodeScreen):
                self.push_screen(azure_code.CodeScreen(self.store, self.render_finding, trip))
            else:
                self.screen.show_code(None)
        self._ask(self._signed_in(trip, number))

    async def _signed_in(self, trip: azure.Trip, number: int) -> None:
        from probes.siteconfig.session import AzureSession

        session = AzureSession(trip.access)
        try:
            await session.sign_in(lambda code: _sent(self, CodeCame(number, code)))
        except MtlsTriageError as fault:
            session.close()
            self._failed(trip, fault)
        except BaseException:
            session.close()
            raise
        else:
            trip.session = session
            if isinstance(self.screen, azure_code.CodeScreen):
                self.pop_screen()
            self._go_on()

    def _go_on(self) -> None:
        trip = self._trip()
        if trip.wanted is not None:
            self._read()
        else:
            self._list()

    def _list(self) -> None:
        trip = self._trip()
        number = trip.begin("list", "listing the sites of all subscriptions that you can read")
        self._ask(self._listed(trip, number))

    async def _listed(self, trip: azure.Trip, number: int) -> None:
        assert trip.session is not None
        try:
            listed = await trip.session.sites(
                trip.options["subscription"], count=lambda rows: _sent(self, RowsCame(number, rows))
            )
        except MtlsTriageError as fault:
            self._failed(trip, fault)
            return
        trip.doing = None
        shown = self._sites()
        if shown is not None:
            self._back_to(shown)
            shown.listed_anew(listed)
        else:
            self.switch_screen(azure_sites.SitesScreen(self.store, self.render_finding, trip, listed))

    def _read(self) -> None:
        trip = self._trip()
        trip.begin("read", "reading the settings from Azure")
        if not isinstance(self.screen, azure_screen.AzureScreen):
            self.push_screen(azure_screen.AzureScreen(self.store, self.render_finding, trip))
        self._ask(self._was_read(trip))

    async def _was_read(self, trip: azure.Trip) -> None:
        assert trip.session is not None
        assert trip.wanted is not None
        try:
            found = await trip.session.read(trip.wanted)
        except MtlsTriageError as fault:
            self._failed(trip, fault)
            return
        trip.doing = None
        self.pop_screen()
        self._settings_came(trip, site.Settings(configuration=found.configuration, unknown=found.unknown))

    def _failed(self, trip: azure.Trip, fault: MtlsTriageError) -> None:
        trip.failed(fault)
        self._redrawn()

    async def _searched(self, trip: azure.Trip, words: str) -> None:
        assert trip.session is not None
        shown = self._sites()
        try:
            found = await trip.session.sites(trip.options["subscription"], words)
        except MtlsTriageError as fault:
            if shown is not None:
                shown.went_deeper(None, azure.told(fault)[0])
        else:
            if shown is not None:
                shown.went_deeper(found)

    def on_code_came(self, message: CodeCame) -> None:
        """Show a device code, unless it was given up meanwhile."""
        if (
            self.trip is not None
            and message.number == self.trip.number
            and isinstance(self.screen, azure_code.CodeScreen)
        ):
            self.screen.show_code(message.code)

    def on_rows_came(self, message: RowsCame) -> None:
        """Show how many sites were read so far."""
        if (
            self.trip is not None
            and message.number == self.trip.number
            and isinstance(self.screen, azure_screen.AzureScreen)
        ):
            self.screen.counted(message.count)

    def _trip(self) -> azure.Trip:
        assert self.trip is not None
        return self.trip

    def _sites(self) -> azure_sites.SitesScreen | None:
        return next((one for one in self.screen_stack if isinstance(one, azure_sites.SitesScreen)), None)

    def _back_to(self, screen: azure_sites.SitesScreen) -> None:
        while self.screen is not screen:
            self.pop_screen()


def _sent(app: AzureAsking, message: CodeCame | RowsCame) -> None:
    """Hand a message to the app from another thread; an app that has ended takes none."""
    app.post_message(message)
