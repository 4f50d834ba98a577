"""The first screen: what to work on; nothing is contacted before something is named."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui.azure_messages import AzureWanted
from tui.drawing.parts import Line, crop, fit, text, wrap
from tui.later import Later
from tui.lesson import TICKETS
from tui.messages import CaseWanted, Said, TargetGiven, TicketTaken
from tui.screens.choose import Choice, ChooseScreen
from tui.screens.framed import Framed
from tui.widgets.listing import Drawing, Listing

if TYPE_CHECKING:
    from tui import opening as cases
else:
    cases = Later("tui.opening")

OFFERS = (
    ("l", "Practise in the lab", "six tickets on a site of this machine; nothing leaves it"),
    ("u", "Look at a URL", "https://host/path, with a client certificate or without one"),
    ("f", "A saved configuration", "what az webapp show printed; its default host is looked at"),
    ("c", "A customer's curl command", "taken apart: method, headers, size, certificate, TLS and HTTP"),
    ("z", "An Azure site", "sign in, search, pick; Reader is enough"),
    ("e", "An earlier case", "opened as it was, offline"),
)


class Offers(Listing):
    """What can be worked on."""

    opening: str | None = None
    """What is being opened now, to be shown."""
    trouble: str | None = None
    """Why the last thing could not be opened; it stays until something else is tried."""

    def drawing(self, width: int) -> Drawing:
        """Return a line for each offer."""
        lines: list[Line] = [text("mtls-triage", "bold")]
        lines += wrap("Why does a client certificate not work on this App Service or Functions site?", width, "muted")
        lines += [()]
        places: dict[str, int] = {}
        for key, words, note in OFFERS:
            places[key] = len(lines)
            lines += [crop(((f"{key}  ", "primary bold"), (fit(words, 28), ""), (note, "muted")), width)]
        lines += [
            (),
            *wrap("Nothing in Azure is ever changed, and nothing is sent before you agree to it.", width, "muted"),
        ]
        if self.opening is not None:
            lines += [(), crop((("… ", "primary"), (self.opening, "")), width)]
        if self.trouble is not None:
            first, *more = wrap(self.trouble, width - 2)
            lines += [(), (("! ", "warning"), *first), *((("  ", ""), *line) for line in more)]
        return lines, places


class StartScreen(Framed):
    """Offers the ways in; each asks for what it needs."""

    CSS_PATH = "choose.tcss"
    KEYS = (("enter", "take"), ("j k", "move"), ("q", "quit"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "take"),
        Binding("j,down", "move(1)", "down"),
        Binding("k,up", "move(-1)", "up"),
        *(Binding(key, f"offer('{key}')", words) for key, words, _ in OFFERS),
    ]

    def framed(self) -> Iterable[Widget]:
        """Return the offers."""
        yield Offers(self.store, self.render_finding, id="choices")

    def opening(self, words: str | None) -> None:
        """Show what is being opened, None when that is over."""
        offers = self.query_one(Offers)
        offers.opening = words
        offers.trouble = None if words is not None else offers.trouble
        offers.redraw()

    def failed(self, words: str) -> None:
        """Show why something could not be opened."""
        offers = self.query_one(Offers)
        offers.trouble = words or "it could not be opened"
        offers.redraw()

    def action_move(self, steps: int) -> None:
        """Move the cursor."""
        self.query_one(Offers).move(steps)

    def on_listing_opened(self, event: Listing.Opened) -> None:
        """Take the offer that was clicked twice."""
        self.action_take()

    def action_take(self) -> None:
        """Take the offer under the cursor."""
        chosen = self.query_one(Offers).chosen
        if chosen is not None:
            self.action_offer(chosen)

    def action_offer(self, key: str) -> None:
        """Ask for what an offer needs."""
        questions = {
            "u": ("URL:", self._url, "https://"),
            "f": ("file with the settings (az webapp show):", self._file, ""),
            "c": ("paste the curl command:", self._curl, ""),
        }
        if key in questions:
            question, answered, value = questions[key]
            self.ask(question, answered, value=value, whole=key == "c")
        elif key == "l":
            self._tickets()
        elif key == "z":
            self.post_message(AzureWanted())
        else:
            self._earlier()

    def _url(self, url: str) -> None:
        url = url.strip()
        if url in ("", "https://", "http://"):
            return
        asked = "client certificate, PEM or PFX (empty: none):"
        self.ask(asked, lambda file: self._given(url, ("--cert", file.strip()) if file.strip() else ()))

    def _given(self, target: str, options: tuple[str, ...] = ()) -> None:
        self.post_message(TargetGiven(target, options))

    def _file(self, file: str) -> None:
        if file.strip():
            self.post_message(TargetGiven("", ("--config", file.strip())))

    def _curl(self, command: str) -> None:
        if command.strip():
            self._given("", ("--curl", command.strip()))

    def _tickets(self) -> None:
        choices = [Choice(str(one.number), f"T{one.number}  {one.title}", one.words) for one in TICKETS]
        choices += [Choice("0", "Free mode", "a site whose settings are switches")]
        about = "A customer writes. The site is a lab on this machine, and behaves as App Service does."
        screen = ChooseScreen(self.store, self.render_finding, "Tickets", choices, self._ticket, about=about)
        self.app.push_screen(screen)

    def _ticket(self, number: str) -> None:
        self.post_message(TicketTaken(int(number)))

    def _earlier(self) -> None:
        found = cases.earlier_cases()
        if not found:
            self.post_message(Said("no case was kept yet"))
            return
        choices = [Choice(path, *cases.case_words(case)) for path, case in found]
        screen = ChooseScreen(self.store, self.render_finding, "Earlier cases, in UTC", choices, self._case)
        self.app.push_screen(screen)

    def _case(self, path: str) -> None:
        self.post_message(CaseWanted(path))
