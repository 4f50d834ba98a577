"""The part of the app that leads through Azure to a site: what the user chooses, and a yes to the site's host."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from probes.errors import MtlsTriageError
from probes.model import SiteConfig, Unknown
from probes.printable import printable
from tui.azure_asking import WORK, AzureAsking
from tui.azure_messages import AzureAsked, AzureWanted, SiteNamed, SitePicked, SitesSearched
from tui.commands.options import parse_options
from tui.later import Later
from tui.preferences import Preferences
from tui.screens.choose import Choice, ChooseScreen
from tui.screens.framed import Framed

if TYPE_CHECKING:
    from tui import azure, curl, site
    from tui import url as urls
    from tui.drawing import configuration as configuration_page
    from tui.screens import azure as azure_screen
    from tui.screens import azure_code, azure_sites
else:
    azure = Later("tui.azure")
    curl = Later("tui.curl")
    configuration_page = Later("tui.drawing.configuration")
    azure_screen = Later("tui.screens.azure")
    azure_code = Later("tui.screens.azure_code")
    azure_sites = Later("tui.screens.azure_sites")
    site = Later("tui.site")
    urls = Later("tui.url")

Given = tuple[Mapping[str, Any] | None, frozenset[str]]
"""The options of the command line, None where there are none, and the names of those that were written."""


_NO = "no, go back"
"""The name of the refusal among the hosts to choose from; no host has a blank in it."""


class AzureWay(AzureAsking):
    """Leads to a site of Azure; what was read stays in the options of the target that is then opened.

    ``given`` are the options of the command line when no target was named, ``given_typed`` those that were written.
    """

    preferences: Preferences
    given: Mapping[str, Any] | None = None
    given_typed: frozenset[str] = frozenset()
    fatal = False
    """Whether a target that cannot be opened ends the app: it was named on the command line."""

    def open(self, target: str, options: Any, typed: frozenset[str] = frozenset(), tries: int = 3) -> None:
        """Begin to open a target; the app knows how."""
        raise NotImplementedError

    def _not_opened(self, fault: Exception) -> None:
        raise NotImplementedError

    def on_azure_wanted(self, message: AzureWanted) -> None:
        """Lead to a site that is picked from the list."""
        options = self.given if self.given is not None else parse_options([])
        self.through_azure("", self.preferences.merged(options, self.given_typed), self.given_typed)

    def through_azure(self, target: str, options: Mapping[str, Any], typed: frozenset[str]) -> None:
        """Lead to the site that is named: by a URL, a resource id, the options, or not yet."""
        try:
            if options["curl"]:
                target, options = curl.with_curl(target, options)
            url = urls.checked_url(target) if target and not site.is_resource_id(target) else None
            names_one = bool(target) or options["site_name"] is not None
            wanted = site.wanted_of(target or None, options) if names_one else None
            trip = azure.Trip(site.access_of(options), options, typed, url=url, wanted=wanted)
        except (MtlsTriageError, click.ClickException) as fault:
            self._not_opened(fault)
            return
        # From here on nothing that goes wrong ends the app: it can be tried again.
        self.fatal = False
        before, self.trip = self.trip, trip
        if before is not None and before.session is not None:
            if before.signed_in and replace(before.access, sign_in="auto") == replace(trip.access, sign_in="auto"):
                trip.session, trip.access = before.session, before.access
            else:
                before.session.close()
        self.push_screen(azure_screen.AzureScreen(self.store, self.render_finding, trip))
        if trip.session is not None:
            self._go_on()
        else:
            self._sign_in(trip.access.sign_in)

    def on_azure_asked(self, message: AzureAsked) -> None:
        """Do what was chosen on an Azure screen."""
        trip = self._trip()
        match message.action:
            case "back":
                self._back(trip)
            case "device-code" | "browser":
                self._sign_in(message.action)
            case "otherwise":
                self._otherwise(trip)
            case "without":
                self._without(trip)
            case "again":
                self._again(trip)

    def _again(self, trip: azure.Trip) -> None:
        if isinstance(self.screen, azure_sites.SitesScreen):
            self.push_screen(azure_screen.AzureScreen(self.store, self.render_finding, trip))
            self._list()
        elif trip.step == "sign-in":
            # What was asked for on the command line is asked again; a choice of this screen is made anew.
            self._sign_in(site.access_of(trip.options).sign_in)
        else:
            self._go_on() if trip.step == "list" else self._read()

    def _otherwise(self, trip: azure.Trip) -> None:
        trip.begin("sign-in", "")
        trip.stopped("Choose how to sign in.")
        if isinstance(self.screen, azure_sites.SitesScreen):
            trip.wanted, trip.url = None, None
            self.switch_screen(azure_screen.AzureScreen(self.store, self.render_finding, trip))
        self._redrawn()

    def _without(self, trip: azure.Trip) -> None:
        if trip.url is None:
            return
        why = "; ".join(trip.trouble) or "they were not read"
        missing = Unknown(what=f"the site's settings: {why}", why="not-observable", how_to_get="mtls-triage config")
        self.pop_screen()
        self._open_url(trip, trip.url, site.Settings(configuration=SiteConfig(), unknown=(missing,)))

    def _back(self, trip: azure.Trip) -> None:
        """Stop what is waited for at once; from a sign-in by a person the other ways are next."""
        self.workers.cancel_group(self, WORK)
        waited = trip.doing is not None
        if waited:
            trip.stopped("Stopped; nobody was signed in." if trip.step == "sign-in" else "Stopped.")
        chosen = isinstance(self.screen, azure_code.CodeScreen) or (waited and trip.access.sign_in == "browser")
        if isinstance(self.screen, azure_code.CodeScreen) or not (chosen and trip.step == "sign-in"):
            self.pop_screen()
        if isinstance(self.screen, azure_sites.SitesScreen):
            trip.wanted, trip.url = None, None
        self._redrawn()

    def on_site_picked(self, message: SitePicked) -> None:
        """Read the settings of the site that was picked; a host that was searched for by its URL was named."""
        trip = self._trip()
        try:
            trip.url = urls.checked_url(message.url) if message.url else None
            trip.wanted = site.wanted_of(message.row.id.text, {**trip.options, "slot": None})
        except MtlsTriageError as fault:
            self._not_opened(fault)
            return
        self._read()

    def on_site_named(self, message: SiteNamed) -> None:
        """Read the settings of the site that was named by its URL or resource id."""
        named, trip = message.named.strip(), self._trip()
        if not named:
            return
        try:
            trip.url = None if site.is_resource_id(named) else urls.checked_url(named)
            trip.wanted = site.wanted_of(
                named, {**trip.options, "site_name": None, "resource_group": None, "slot": None}
            )
        except MtlsTriageError as fault:
            self._not_opened(fault)
            return
        self._read()

    def on_sites_searched(self, message: SitesSearched) -> None:
        """Search Azure itself, where the list is not whole."""
        trip = self._trip()
        if trip.session is not None:
            self.run_worker(self._searched(trip, message.words), group=WORK, exclusive=True, exit_on_error=False)

    def _settings_came(self, trip: azure.Trip, settings: site.Settings) -> None:
        if trip.url is not None:
            self._open_url(trip, trip.url, settings)
        else:
            self._ask_host(trip, settings)

    def _ask_host(self, trip: azure.Trip, settings: site.Settings) -> None:
        """Ask whether a host that only Azure named may be probed; it is contacted after a yes and not before."""
        configuration = settings.configuration
        default = configuration.default_host_name
        hosts = list(dict.fromkeys(name.lower() for name in (default, *(configuration.host_names or ())) if name))
        agreed = (trip.options["confirm_host"] or "").lower()
        if not hosts or agreed:
            self._agreed(trip, settings, agreed)
            return
        choices = [Choice(_NO, "No, go back", "nothing was sent to it, and nothing will be")]
        for host in hosts:
            note = "its default host name" if host == (default or "").lower() else "a custom domain"
            choices.append(Choice(host, f"Yes, probe {printable(host, limit=120)}", note))
        means = configuration_page.consequence(configuration)[2]
        about = f"{printable(configuration.name or 'The site', limit=80)}. {means}"
        asked = "This host was found in Azure and not named by you. Probe it?"
        chosen = ChooseScreen(
            self.store,
            self.render_finding,
            asked,
            choices,
            lambda host: self._agreed(trip, settings, host),
            about=about,
        )
        self.push_screen(chosen)

    def _agreed(self, trip: azure.Trip, settings: site.Settings, host: str) -> None:
        if host == _NO:
            trip.wanted = None if self._sites() is not None else trip.wanted
            self.tell("nothing was sent")
            return
        try:
            url = site.probed_url(settings.configuration, {**trip.options, "confirm_host": host})
        except MtlsTriageError as fault:
            self._not_opened(fault)
            return
        if isinstance(self.screen, Framed):
            self.screen.ask(
                "path to look at:", lambda path: self._open_url(trip, _joined(url, path), settings), value="/"
            )

    def _open_url(self, trip: azure.Trip, url: str, settings: site.Settings) -> None:
        """Open a URL with the settings that were read, once the client certificate was named or left out."""
        options = {**trip.options, "read_settings": settings, "curl": None}

        def given(file: str) -> None:
            more = {"cert": file.strip()} if file.strip() else {}
            self.open(url, {**options, **more}, trip.typed | {"read_settings"})

        if trip.options["cert"] or trip.options["curl"] or not isinstance(self.screen, Framed):
            given("")
        else:
            self.screen.ask("client certificate, PEM or PFX (empty: none):", given)


def _joined(url: str, path: str) -> str:
    return url.rstrip("/") + (path.strip() if path.strip().startswith("/") else f"/{path.strip()}")
