"""The Azure screen on which something is waited for, or on which something failed and can be tried again."""

from collections.abc import Iterable, Sequence
from time import monotonic
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui.azure import Trip
from tui.azure_messages import AzureAsked, SiteNamed
from tui.drawing.azure import azure_bar, waiting
from tui.drawing.parts import Line, cells, crop, fit, text, titled_rule, wrap
from tui.finding import Render
from tui.messages import Copied
from tui.screens.framed import Framed
from tui.store import Store
from tui.widgets.drawn import Drawn
from tui.widgets.listing import Drawing, Listing

TICK_S = 0.25
"""Seconds between two frames of the spinner."""
_TITLES = {"sign-in": "Sign in to Azure", "list": "The sites that you can read", "read": "The settings of the site"}


class AzureBar(Drawn):
    """Which Azure this is, and how the user is signed in."""

    trip: Trip

    def draw(self, width: int) -> Sequence[Line]:
        """Return two lines, or one in a narrow terminal."""
        return azure_bar(self.trip.access.cloud.arm, self.trip.signed_in, width, wide=self.wide)


class OfAzure(Framed):
    """What the Azure screens share: the bar, the spinner's clock, and the way back."""

    CSS_PATH = "azure.tcss"

    def __init__(self, store: Store, render: Render, trip: Trip) -> None:
        super().__init__(store, render)
        self.trip = trip

    def bar(self) -> AzureBar:
        """Return the bar on top."""
        bar = AzureBar(self.store, self.render_finding, id="case")
        bar.trip = self.trip
        return bar

    @property
    def still(self) -> bool:
        """Whether nothing is to be animated (TEXTUAL_ANIMATIONS=none)."""
        return self.app.animation_level == "none"

    def on_mount(self) -> None:
        """Draw what is waited for as the time goes by."""
        self.set_interval(TICK_S, self.tick)

    def tick(self) -> None:
        """Draw again while something is waited for."""
        if self.trip.doing is not None and self.is_current:
            self.redraw()

    def ask_for_site(self) -> None:
        """Ask for a URL or a resource id."""

        def named(typed: str) -> None:
            self.post_message(SiteNamed(typed))

        self.ask("URL or resource id of the site:", named)

    def action_leave(self) -> None:
        """Stop what is waited for, and go back."""
        self.post_message(AzureAsked("back"))


class Steps(Listing):
    """What is waited for, or why it failed with what can be done."""

    trip: Trip
    count = 0
    """How many sites were read so far."""

    def drawing(self, width: int) -> Drawing:
        """Return the lines; the choices can be chosen."""
        trip, lines = self.trip, list[Line]()
        lines += [titled_rule(text(_TITLES[trip.step], "bold"), width)]
        if trip.doing is not None:
            so_far = f"{trip.doing}, {self.count:,} so far" if self.count and trip.step == "list" else trip.doing
            still = self.app.animation_level == "none"
            lines += [(), waiting(so_far, monotonic() - trip.since, trip.limit_s, width, still=still)]
        for place, words in enumerate(trip.trouble):
            glyph = ("! ", "warning") if place == 0 else ("  ", "")
            lines += [()] if place == 0 else []
            lines += [(glyph if row == 0 else ("  ", ""), *line) for row, line in enumerate(wrap(words, width - 2))]
        if trip.notes:
            room = max(cells(text(name)) for name, _ in trip.notes)
            lines += [(), *(line for name, reason in trip.notes for line in _note(name, reason, room, width))]
        places: dict[str, int] = {}
        offers = trip.offers()
        lines += [()] if offers else []
        for key, name, words, about in offers:
            places[name] = len(lines)
            lines += [crop(((f"{key}  ", "primary bold"), (fit(words, 29), ""), (about, "muted")), width)]
        if trip.step == "sign-in" and trip.trouble:
            lines += [(), *wrap("Without a sign-in: f on the first screen takes saved settings.", width, "muted")]
        return lines, places


def _note(name: str, reason: str, room: int, width: int) -> list[Line]:
    first, *rest = wrap(reason, width - room - 5, "muted") or [()]
    below = (" " * (room + 5), "")
    return [((f"  {fit(name, room)}   ", "muted"), *first), *((below, *line) for line in rest)]


class AzureScreen(OfAzure):
    """Shows what is asked of Azure; a fault stays, with what can be done about it."""

    KEYS = (("enter", "take"), ("j k", "move"), ("y", "copy"), ("esc", "back"))
    ABOUT = (
        ("r", "try again what failed"),
        ("d", "sign in with a device code: a code to enter in a browser, on any machine (RFC 8628)"),
        ("b", "sign in with a browser, which opens on this machine"),
        ("s", "sign in in another way"),
        ("w", "go on without the settings, where you named the URL"),
        ("esc", "stop what is waited for, and go back"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "take"),
        Binding("escape", "leave", "back"),
        Binding("j,down", "move(1)", "down"),
        Binding("k,up", "move(-1)", "up"),
        Binding("y", "copy", "copy"),
        *(Binding(key, f"offer('{key}')", "take") for key in ("r", "d", "b", "s", "a", "w")),
    ]

    def framed(self) -> Iterable[Widget]:
        """Return the bar and the steps."""
        steps = Steps(self.store, self.render_finding, id="choices")
        steps.trip = self.trip
        yield self.bar()
        yield steps

    def counted(self, count: int) -> None:
        """Show how many sites were read so far."""
        for steps in self.query(Steps):
            steps.count = count
            steps.redraw()

    def action_move(self, steps: int) -> None:
        """Move the cursor."""
        self.query_one(Steps).move(steps)

    def on_listing_opened(self, event: Listing.Opened) -> None:
        """Take the choice that was clicked twice."""
        self.action_take()

    def action_take(self) -> None:
        """Take the choice under the cursor."""
        self._take(self.query_one(Steps).chosen)

    def action_offer(self, key: str) -> None:
        """Take the choice that has this key, if it is offered now."""
        self._take(next((name for offered, name, _, _ in self.trip.offers() if offered == key), None))

    def _take(self, name: str | None) -> None:
        if name == "named":
            self.ask_for_site()
        elif name is not None and self.trip.offers():
            self.post_message(AzureAsked(name))

    def action_copy(self) -> None:
        """Copy what is shown."""
        self.post_message(Copied(self.query_one(Steps).copied()))
