"""What the page of every stage has in common: its keys, and what they do."""

from typing import ClassVar

from tui.drawing.parts import Line, plain
from tui.messages import Said
from tui.screens.framed import Framed
from tui.widgets.drawn import Drawn


class Stage:
    """A mix-in for the page of one stage; the screen hands it the keys that it names.

    ``KEYS`` are shown in the line of the keys, ``ABOUT`` in the help; ``ACTIONS`` are keys by Textual's names with
    the method that each calls.
    """

    KEYS: ClassVar[tuple[tuple[str, str], ...]] = ()
    ABOUT: ClassVar[tuple[tuple[str, str], ...]] = ()
    ACTIONS: ClassVar[dict[str, str]] = {}

    def act(self, key: str) -> None:
        """Do what ``key`` stands for on this page; other keys do nothing."""
        name = self.ACTIONS.get(key)
        if name is not None:
            getattr(self, name)()

    def move(self, steps: int) -> None:
        """Move the cursor, or scroll."""

    def turn(self, pages: int) -> None:
        """Move or scroll by pages."""

    def redraw(self) -> None:
        """Draw again what is shown."""

    def copied(self) -> str:
        """Return what the page is for as plain text: what is shown, where nothing else is said."""
        return plain(self.shown_lines())

    def shown_lines(self) -> list[Line]:
        """Return what is shown, to be copied."""
        parts = [self] if isinstance(self, Drawn) else list(self.query(Drawn))  # type: ignore[attr-defined]
        return [line for part in parts for line in part.lines]


def framed(page: object) -> Framed:
    """Return the screen that a page stands on."""
    screen = page.screen  # type: ignore[attr-defined]
    assert isinstance(screen, Framed)
    return screen


def said(words: str, *, wrong: bool = False) -> Said:
    """Return the message that tells ``words`` in the line of the keys."""
    return Said(words, "!", "warning") if wrong else Said(words)
