"""The help: the keys, the words and the colours of the app."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget

from tui.drawing.parts import Line, fit, text, titled_rule, wrap
from tui.screens.framed import Framed
from tui.widgets.bars import CaseBar
from tui.widgets.drawn import Drawn

_KEYS = (
    ("1 2 3 4 5", "go to a stage: Configuration, Probes, Certificate, Diagnosis, Report"),
    ("j k  ↓ ↑", "move the cursor, or scroll; g and G go to the ends"),
    ("enter", "on the plan sheet: send what it says"),
    ("esc", "stop sending; what was seen is kept"),
    ("r", "run again, with the plan sheet first"),
    ("[ ]", "on Diagnosis: another way to fix it"),
    ("y", "copy, by OSC 52: the terminal decides whether its clipboard takes it"),
    ("t", "dark or light"),
    ("^p", "all commands"),
    ("q  ^q", "quit"),
)
_WORDS = (
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

    def draw(self, width: int) -> Sequence[Line]:
        """Return keys and words."""
        lines: list[Line] = [titled_rule(text("Keys", "bold"), width)]
        for heading, pairs in (("", _KEYS), ("Words", _WORDS)):
            if heading:
                lines += [(), titled_rule(text(heading, "bold"), width)]
            for key, words in pairs:
                wrapped = wrap(words, width - 21)
                lines.append(((fit(key, 19), "primary"), ("  ", ""), *wrapped[0]))
                lines += [((" " * 21, ""), *line) for line in wrapped[1:]]
        return lines


class HelpScreen(Framed):
    """Shows the help over whatever screen it was asked on."""

    CSS_PATH = "help.tcss"
    KEYS = (("esc", "back"), ("j k", "scroll"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark", "dismiss", "back"),
        Binding("j,down", "scroll(1)", "down"),
        Binding("k,up", "scroll(-1)", "up"),
    ]

    def framed(self) -> Iterable[Widget]:
        """Return the case bar and the text."""
        yield CaseBar(self.store, self.render_finding, id="case")
        yield VerticalScroll(HelpText(self.store, self.render_finding), id="help", can_focus=False)

    def action_scroll(self, lines: int) -> None:
        """Scroll a help that is longer than the terminal."""
        self.query_one("#help").scroll_relative(y=lines, animate=False)
