"""The lab's free mode: the settings of the site and the manners of its front end as switches."""

from typing import Any, ClassVar

from textual.binding import Binding, BindingType

from tui.drawing.parts import Line, crop, fit, text, titled_rule
from tui.finding import Render
from tui.messages import LabChanged
from tui.screens.probe import Over
from tui.store import Store
from tui.widgets.listing import Drawing, Listing

SWITCHES: tuple[tuple[str, str, tuple[Any, ...]], ...] = (
    ("settings", "clientCertEnabled", (True, False)),
    ("settings", "clientCertMode", ("Required", "Optional", "OptionalInteractiveUser")),
    ("settings", "clientCertExclusionPaths", ()),
    ("settings", "httpsOnly", (True, False)),
    ("settings", "http20Enabled", (False, True)),
    ("settings", "minTlsVersion", ("1.2", "1.3", "1.1", "1.0")),
    ("settings", "state", ("Running", "Stopped")),
    ("settings", "publicNetworkAccess", ("Enabled", "Disabled")),
    ("edge", "generation", ("yarp", "iis")),
    ("edge", "renegotiating_edge", ("negotiate-down", "no-certificate", "reset", "post-handshake")),
    ("edge", "forged_header", ("strip", "pass")),
    ("edge", "server_certificate", ("good", "expired", "wrong-host", "untrusted")),
    ("app", "parser", ("right", "pem", "hex")),
)
"""Where a switch stands in the lab's state, its name there, and what it can be; none means that it is typed."""
GROUPS = {"settings": "Settings, by their ARM names", "edge": "Front end", "app": "App"}


class Switches(Listing):
    """A line for each switch."""

    state: dict[str, Any] | None = None

    def drawing(self, width: int) -> Drawing:
        """Return the switches under their groups, as the lab has them."""
        if self.state is None:
            return [text("… the lab is asked", "muted")], {}
        lines: list[Line] = []
        places: dict[str, int] = {}
        group = ""
        for where, name, choices in SWITCHES:
            if where != group:
                lines += [*([()] if lines else []), titled_rule(text(GROUPS[where], "italic muted"), width)]
                group = where
            places[f"{where}.{name}"] = len(lines)
            value = self.state[where].get(name)
            shown = str(value).lower() if isinstance(value, bool) else str(value or "none")
            hint = "← →" if choices else "enter to type"
            now: Line = ((fit(name, 28), ""), (fit(shown, width - 48), "bold"), ("  ", ""), (hint, "faint"))
            lines += [crop(now, width)]
        return [*lines, (), text("R on the probes runs the plan on what the lab is now.", "muted")], places


class SwitchScreen(Over):
    """Changes the lab; each switch takes effect at once."""

    KEYS = (("← →", "turn"), ("j k", "switch"), ("enter", "turn or type"), ("esc", "back"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h,left", "turn_switch(-1)", "previous"),
        Binding("l,right,space", "turn_switch(1)", "next"),
        Binding("enter", "type", "turn or type"),
    ]

    def __init__(self, store: Store, render: Render, state: dict[str, Any]) -> None:
        super().__init__(store, render)
        self.state = state

    def page(self) -> Listing:
        """Return the switches."""
        page = Switches(self.store, self.render_finding, id="whole")
        page.state = self.state
        return page

    def show_state(self, state: dict[str, Any]) -> None:
        """Show what the lab is now."""
        page = self.query_one(Switches)
        page.state = self.state = state
        page.redraw()

    def _chosen(self) -> tuple[str, str, tuple[Any, ...]] | None:
        name = self.query_one(Switches).chosen
        return next((one for one in SWITCHES if f"{one[0]}.{one[1]}" == name), None)

    def action_turn_switch(self, steps: int) -> None:
        """Take another choice."""
        chosen = self._chosen()
        if chosen is not None and chosen[2]:
            where, name, choices = chosen
            now = self.state[where].get(name)
            here = choices.index(now) if now in choices else 0
            self.post_message(LabChanged({where: {name: choices[(here + steps) % len(choices)]}}))

    def action_type(self) -> None:
        """Type a value, or take the next choice."""
        chosen = self._chosen()
        if chosen is None:
            return
        where, name, choices = chosen
        if choices:
            self.action_turn_switch(1)
            return
        value = str(self.state[where].get(name) or "")
        self.ask(f"{name}:", lambda typed: self._typed(where, name, typed), value=value)

    def _typed(self, where: str, name: str, value: str) -> None:
        self.post_message(LabChanged({where: {name: value.strip() or None}}))
