"""The help: about the page it was asked on, then the keys, the words and the colours of the app."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget

from tui.drawing.parts import Line, fit, text, titled_rule, wrap
from tui.finding import Render
from tui.screens.framed import Framed
from tui.store import Store
from tui.widgets.bars import CaseBar
from tui.widgets.drawn import Drawn

Pairs = tuple[tuple[str, str], ...]
_SHOWN = {"slash": "/", "right_square_bracket": "]", "left_square_bracket": "["}
_KEYS: Pairs = (
    ("1 2 3 4 5", "go to a stage: Configuration, Probes, Certificate, Diagnosis, Report"),
    ("j k  ↓ ↑", "move the cursor, or scroll; g and G go to the ends, page up and page down by pages"),
    ("enter", "on the plan sheet: send what it says"),
    ("esc", "stop sending; what was seen is kept. In an input or on a screen above the case: back"),
    ("y", "copy: by OSC 52, where the terminal decides; by this machine's clipboard program; and to a file"),
    ("t", "dark or light"),
    ("^p", "all commands that apply now"),
    ("q  ^q", "quit"),
)
_WORDS: Pairs = (
    ("✓ ✗ ?", "the request reached the app, did not, or it could not be told; the status does not matter"),
    ("edge", "the front end of App Service answered, before the app; in sentences: the front end"),
    ("app", "the app answered: the front end let the request through"),
    ("gate prox", "a gateway or a proxy on the way answered"),
    ("http", "there was an answer, and it does not tell who gave it"),
    ("red", "only where the request should have reached the app"),
    ("sent after request", "the certificate was asked for after the request: renegotiation in TLS 1.2, "
     "post-handshake authentication in TLS 1.3"),
    ("waited", "Expect: 100-continue was sent and the body held back (RFC 9110, section 10.1.1)"),
    ("not waited", "the header was sent, the body went along with it"),
    ("kB", "1024 bytes; the detail has the exact number"),
)  # fmt: skip


class HelpText(Drawn):
    """The help's text."""

    about: Pairs = ()

    def draw(self, width: int) -> Sequence[Line]:
        """Return what the page can do, then keys and words."""
        parts: list[tuple[str, Pairs]] = []
        if self.about:
            parts += [("On this page", self.about)]
        lines: list[Line] = []
        for heading, pairs in (*parts, ("Keys", _KEYS), ("Words", _WORDS)):
            lines += (
                [(), titled_rule(text(heading, "bold"), width)]
                if lines
                else [titled_rule(text(heading, "bold"), width)]
            )
            for key, words in pairs:
                wrapped = wrap(words, width - 21)
                lines.append(((fit(_SHOWN.get(key, key), 19), "primary"), ("  ", ""), *wrapped[0]))
                lines += [((" " * 21, ""), *line) for line in wrapped[1:]]
        return lines


class HelpScreen(Framed):
    """Shows the help over whatever screen it was asked on."""

    CSS_PATH = "help.tcss"
    KEYS = (("esc", "back"), ("j k", "scroll"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,f1", "dismiss", "back"),
        Binding("j,down", "scroll(1)", "down"),
        Binding("k,up", "scroll(-1)", "up"),
        Binding("pagedown", "scroll(10)", "page down"),
        Binding("pageup", "scroll(-10)", "page up"),
    ]

    def __init__(self, store: Store, render: Render, about: Pairs = ()) -> None:
        super().__init__(store, render)
        self.about = about

    def framed(self) -> Iterable[Widget]:
        """Return the case bar and the text."""
        words = HelpText(self.store, self.render_finding)
        words.about = self.about
        yield CaseBar(self.store, self.render_finding, id="case")
        yield VerticalScroll(words, id="help", can_focus=False)

    def action_scroll(self, lines: int) -> None:
        """Scroll a help that is longer than the terminal."""
        self.query_one("#help").scroll_relative(y=lines, animate=False)
