"""An app of Textual that shows one line: what nobody can be faster than. Imports the modules that are named to it."""

import importlib
import sys

from textual.app import App, ComposeResult
from textual.widgets import Static

MARK = "nothing else is here"


class Empty(App[None]):
    """One line of text."""

    def compose(self) -> ComposeResult:
        """Show it."""
        yield Static(MARK)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        importlib.import_module(name)
    Empty().run()
