"""Edits a probe and sends it: method, path, size, certificate, Expect, TLS, HTTP; nothing goes before ``s``."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from probes.model import Probe
from tui import curl_text, edit
from tui.drawing.parts import Line, crop, fit, text, titled_rule
from tui.drawing.prose import code_lines
from tui.finding import Render
from tui.messages import Copied, Said, SendAsked
from tui.screens.probe import Over
from tui.store import Store
from tui.widgets.listing import Drawing, Listing


class Fields(Listing):
    """The fields of the probe, its warnings, and the same as a curl command."""

    def __init__(self, store: Store, render: Render, probe: Probe) -> None:
        super().__init__(store, render, id="whole")
        self.probe = probe

    @property
    def has_certificate(self) -> bool:
        """Whether a client certificate with its key was given."""
        case = self.store.case
        return case is not None and case.credential.kind != "none" and "key-missing" not in case.credential.faults

    @property
    def upload_path(self) -> str:
        """Where the plan's own uploads go."""
        return self.store.plan.upload_path if self.store.plan else ""

    def drawing(self, width: int) -> Drawing:
        """Return a line for each field."""
        lines: list[Line] = [titled_rule(text("A probe of your own", "bold"), width)]
        lines += [crop(text(f"to {self.probe.origin}; s sends it, nothing goes before that", "muted"), width), ()]
        places: dict[str, int] = {}
        for name, label in edit.LABELS.items():
            places[name] = len(lines)
            hint = "enter to type" if name in edit.TYPED else "← →"
            value = edit.value_words(name, getattr(self.probe, name))
            line: Line = (
                (fit(label, 18), "muted"),
                (fit(value, width - 34), ""),
                (fit(hint, 16, right=True), "faint"),
            )
            lines += [crop(line, width)]
        lines += [()]
        for words in edit.warnings(self.probe, self.upload_path):
            lines += [crop((("! ", "warning"), (words, "")), width)]
        lines += [(), titled_rule(text("The same with curl", "italic muted"), width)]
        return [*lines, *code_lines(curl_text.command(self.probe), width)], places

    def turn_field(self, steps: int) -> None:
        """Take the next choice of the chosen field."""
        if self.chosen is not None and self.chosen in edit.CHOICES:
            self.probe = edit.turned(self.probe, self.chosen, steps, has_certificate=self.has_certificate)
            self.redraw()


class EditScreen(Over):
    """A form of its own keys; esc leaves without sending."""

    KEYS = (
        ("s", "send"),
        ("j k", "field"),
        ("← →", "choose"),
        ("enter", "type"),
        ("y", "copy curl"),
        ("esc", "back"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "send", "send"),
        Binding("h,left", "turn_field(-1)", "previous choice"),
        Binding("l,right,space", "turn_field(1)", "next choice"),
        Binding("enter", "type", "type"),
    ]

    def __init__(self, store: Store, render: Render, probe: Probe) -> None:
        super().__init__(store, render)
        number = sum(1 for name in store.probes if name.startswith("own-")) + 1
        self.first = edit.own(probe, number)

    def page(self) -> Listing:
        """Return the form."""
        return Fields(self.store, self.render_finding, self.first)

    @property
    def fields(self) -> Fields:
        """The form."""
        return self.query_one(Fields)

    def action_turn_field(self, steps: int) -> None:
        """Take another choice."""
        self.fields.turn_field(steps)

    def action_type(self) -> None:
        """Type a value, or take the next choice."""
        name = self.fields.chosen
        if name not in edit.TYPED:
            self.fields.turn_field(1)
            return
        value = str(getattr(self.fields.probe, name))
        self.ask(f"{edit.LABELS[name]}:", lambda given: self._typed(name, given), value=value)

    def _typed(self, name: str, value: str) -> None:
        made = edit.typed(self.fields.probe, name, value)
        if isinstance(made, str):
            self.post_message(Said(made, "!", "warning"))
        else:
            self.fields.probe = made
        self.fields.redraw()

    def action_send(self) -> None:
        """Send it, and go back to see what comes of it."""
        probe = self.fields.probe
        self.app.pop_screen()
        self.app.post_message(SendAsked(probe))

    def action_copy(self) -> None:
        """Copy the curl command."""
        self.post_message(Copied(curl_text.command(self.fields.probe)))
