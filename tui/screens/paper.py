"""A text over the whole screen: what changed, a script, a cause; copied as it is, not as it was wrapped."""

from tui.drawing.parts import Line, cells, text, titled_rule, wrap
from tui.finding import Render
from tui.messages import Copied
from tui.screens.probe import Over
from tui.store import Store
from tui.widgets.listing import Drawing, Listing


class PaperPage(Listing):
    """The text, a line that is too long broken at blanks."""

    def __init__(self, store: Store, render: Render, title: str, written: str) -> None:
        super().__init__(store, render, id="whole")
        self.title, self.written = title, written

    def drawing(self, width: int) -> Drawing:
        """Return the title and the text."""
        lines: list[Line] = [titled_rule(text(self.title, "bold"), width), ()]
        for line in self.written.strip("\n").splitlines():
            lines += _broken(line, width)
        return lines, {}


def _broken(line: str, width: int) -> list[Line]:
    if cells(text(line)) <= width:
        return [text(line)]
    indent = len(line) - len(line.lstrip(" "))
    return [((" " * indent, ""), *piece) for piece in wrap(line, width - indent)]


class PaperScreen(Over):
    """Shows a text; ``written`` is what is copied."""

    KEYS = (("esc", "back"), ("j k", "scroll"), ("y", "copy"))

    def __init__(self, store: Store, render: Render, title: str, written: str) -> None:
        super().__init__(store, render)
        self.heading, self.written = title, written

    def page(self) -> Listing:
        """Return the text."""
        return PaperPage(self.store, self.render_finding, self.heading, self.written)

    def action_copy(self) -> None:
        """Copy the text as it is."""
        self.post_message(Copied(self.written, to_file=True))
