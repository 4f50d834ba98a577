"""The device code: where to enter it and how long it works; ``y`` copies it, esc gives the sign-in up at once."""

import time
from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget

from probes.siteconfig.ways import DeviceCode
from tui.azure_messages import AzureAsked
from tui.drawing.azure import code_page, waiting
from tui.drawing.parts import Line, text, titled_rule, wrap
from tui.messages import Copied
from tui.screens.azure import OfAzure
from tui.widgets.drawn import Drawn


class CodeText(Drawn):
    """The code, or that it is asked for, or how it ended."""

    owner: "CodeScreen"

    def draw(self, width: int) -> Sequence[Line]:
        """Return the page of the moment."""
        trip, code, still = self.owner.trip, self.owner.code, self.owner.still
        elapsed = time.monotonic() - trip.since
        if trip.doing is not None and code is not None:
            return code_page(code, elapsed, code.ends - time.time(), width, still=still)
        title = titled_rule(text("Sign in with a device code", "bold"), width)
        if trip.doing is not None:
            return [title, (), waiting("asking for a code", elapsed, None, width, still=still)]
        ended = [line for words in trip.trouble for line in wrap(words, width - 2)]
        reasons = [line for _, reason in trip.notes for line in wrap(reason, width - 2, "muted")]
        glyphs = (("✗ ", "error"), *((("  ", ""),) * (len(ended) + len(reasons))))
        shown = [(glyph, *line) for glyph, line in zip(glyphs, (*ended, *reasons), strict=False)]
        offer: Line = (("enter  ", "primary bold"), ("get a new code", ""))
        return [title, (), *shown, (), offer, (("esc    ", "primary bold"), ("back to the other ways", ""))]


class CodeScreen(OfAzure):
    """Shows a device code and waits for the person at the other screen."""

    KEYS = (("y", "copy the code"), ("u", "copy the address"), ("esc", "cancel"))
    ABOUT = (
        ("y", "copy the code; it is written to no file"),
        ("u", "copy the address of the page"),
        ("enter", "get a new code, once this one has ended"),
        ("esc", "give the sign-in up; nothing more is asked of Azure"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy_code", "copy the code"),
        Binding("u", "copy_address", "copy the address"),
        Binding("enter,r", "again", "get a new code"),
        Binding("escape", "leave", "cancel"),
        Binding("j,down", "scroll(1)", "down"),
        Binding("k,up", "scroll(-1)", "up"),
    ]
    code: DeviceCode | None = None

    def framed(self) -> Iterable[Widget]:
        """Return the bar and the page."""
        page = CodeText(self.store, self.render_finding)
        page.owner = self
        yield self.bar()
        yield VerticalScroll(page, id="choices", can_focus=False)

    def show_code(self, code: DeviceCode | None) -> None:
        """Show a code, None before there is one."""
        self.code = code
        self.redraw()

    def action_copy_code(self) -> None:
        """Copy the code; it is written to no file."""
        if self.code is not None and self.trip.doing is not None:
            self.post_message(Copied(self.code.code, to_file=False))

    def action_copy_address(self) -> None:
        """Copy the address of the page."""
        if self.code is not None and self.trip.doing is not None:
            self.post_message(Copied(self.code.address, to_file=False))

    def action_again(self) -> None:
        """Ask for a new code where the last one ended."""
        if self.trip.doing is None:
            self.post_message(AzureAsked("device-code"))

    def action_scroll(self, lines: int) -> None:
        """Scroll a page that is longer than the terminal."""
        self.query_one("#choices").scroll_relative(y=lines, animate=False)
