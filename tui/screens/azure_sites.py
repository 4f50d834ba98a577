"""The list of the sites in Azure: searched as one types, picked with enter; only the rows in sight are drawn."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.events import Click, MouseScrollDown, MouseScrollUp, Resize
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

from probes.printable import printable
from probes.siteconfig.rows import SiteList
from probes.siteconfig.siteid import is_site_id
from tui.azure import Trip
from tui.azure_list import Found
from tui.azure_messages import AzureAsked, SiteNamed, SitePicked, SitesSearched
from tui.drawing.azure import site_detail, site_head, site_line
from tui.drawing.parts import Line, crop, pad, spread, text
from tui.finding import Render
from tui.messages import Copied
from tui.screens.azure import OfAzure
from tui.store import Store
from tui.widgets.drawn import Drawn
from tui.widgets.prompt import Entry

PAUSE_S = 0.4
"""Seconds without a key after which Azure is searched, where the list is not whole."""
_WHEEL = 3
"""Rows that one step of the wheel moves."""


class SiteRows(Drawn):
    """The rows in sight, below the names of the columns."""

    found: Found
    top = 0
    """The index of the first row in sight."""

    class Opened(Message):
        """The chosen row was clicked again."""

    @property
    def room(self) -> int:
        """How many rows there is room for."""
        return max(self.content_size.height - 1, 1)

    def draw(self, width: int) -> Sequence[Line]:
        """Return the head and the rows in sight, or that there are none."""
        head = spread(site_head(width, wide=self.wide), (), width)
        if not self.found.rows:
            return [head, crop(text(self._nothing(), "muted"), width)]
        shown = self.found.rows[self.top : self.top + self.room]
        lines = [site_line(row, width, wide=self.wide) for row in shown]
        chosen = self.cursor()
        return [head, *(pad(line, width) if place == chosen else line for place, line in enumerate(lines, 1))]

    def _nothing(self) -> str:
        if not self.found.words.strip():
            return "Your sign-in reads no site. s signs in another way; a names a site by its URL or resource id."
        if self.found.asking is not None:
            return "No site so far fits these words; Azure is searched."
        return "No site that was read fits these words."

    def cursor(self) -> int | None:
        """Return the line of the chosen row, where it is in sight."""
        place = self.found.place - self.top + 1
        return place if self.found.rows and 0 < place <= self.room else None

    def follow(self) -> None:
        """Bring the chosen row into sight, and draw."""
        place, last = self.found.place, max(len(self.found.rows) - self.room, 0)
        self.top = min(max(self.top, place - self.room + 1), place, last)
        self.redraw()

    def on_resize(self, event: Resize) -> None:
        """Keep the chosen row in sight."""
        self.follow()

    def _scroll_rows(self, rows: int) -> None:
        self.top = min(max(self.top + rows, 0), max(len(self.found.rows) - self.room, 0))
        self.redraw()

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Show what is further down; the chosen row stays chosen."""
        self._scroll_rows(_WHEEL)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Show what is further up."""
        self._scroll_rows(-_WHEEL)

    def on_click(self, event: Click) -> None:
        """Choose the row under the mouse, or open it where it is chosen already."""
        offset = event.get_content_offset(self)
        place = self.top + offset.y - 1 if offset else -1
        if offset is None or offset.y < 1 or place >= len(self.found.rows):
            return
        clicked = self.found.rows[place].id.text
        if clicked == self.found.chosen:
            self.post_message(self.Opened())
            return
        self.found.chosen = clicked
        self.screen.redraw()  # type: ignore[attr-defined]


class Searching(Drawn):
    """What stands before the field, and how much of the list is shown."""

    found: Found

    def draw(self, width: int) -> Sequence[Line]:
        """Return one line."""
        shown, missing = self.found.told()
        wrong = self.found.trouble
        note: Line = (
            ((f"   ! {wrong}", "warning"),) if wrong else ((f"   ! {missing}" if missing else "", "warning"),)
        )
        if self.found.asking is not None:
            note = text(f"   … {missing}", "primary")
        title = ("Sites in Azure   ", "bold") if self.wide else ("Sites   ", "bold")
        return [crop((title, (shown, "muted"), *note), width)]


class SiteDetail(Drawn):
    """What the list has no room for."""

    found: Found

    def draw(self, width: int) -> Sequence[Line]:
        """Return the three lines of the chosen site."""
        return site_detail(self.found.row, width)


class SearchLine(Horizontal):
    """The search field, with its name before it."""

    def __init__(self, label: Drawn) -> None:
        super().__init__(id="search")
        self.label = label
        self.entry = Entry(compact=True)
        self.entry.cursor_blink = False

    def compose(self) -> ComposeResult:
        """Put name and field side by side."""
        yield self.label
        yield self.entry


class FieldName(Drawn):
    """The name of the search field."""

    def draw(self, width: int) -> Sequence[Line]:
        """Return the key that leads into it, and its name."""
        return [crop((("/ ", "primary bold"), ("search  ", "muted")), width)]


class SitesScreen(OfAzure):
    """Lets a site be searched and picked; nothing of a site is contacted here."""

    KEYS = (("enter", "pick"), ("/", "search"), ("j k", "move"), ("a", "URL or id"), ("r", "read again"),
            ("s", "sign in"), ("esc", "back"))  # fmt: skip
    ABOUT = (
        ("/", "search by name, resource group, subscription or host name, all words at once; a URL finds its site. "
              "Where the list is not whole, Azure itself is searched once you stop typing"),
        ("enter", "read the settings of this site; it is asked before its host is contacted"),
        ("a", "name a site by its URL or resource id; the host of a URL counts as named by you"),
        ("r", "read the list again"),
        ("s", "sign in in another way"),
        ("y", "copy the resource id"),
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "pick", "pick"),
        Binding("slash", "search", "search"),
        Binding("escape", "leave", "back"),
        Binding("j,down", "move(1)", "down"),
        Binding("k,up", "move(-1)", "up"),
        Binding("g,home", "move(-1000000)", "first"),
        Binding("G,end", "move(1000000)", "last"),
        Binding("pagedown", "turn(1)", "page down"),
        Binding("pageup", "turn(-1)", "page up"),
        Binding("a", "named", "URL or id"),
        Binding("r", "again", "read again"),
        Binding("s", "otherwise", "sign in in another way"),
        Binding("y", "copy", "copy"),
    ]

    def __init__(self, store: Store, render: Render, trip: Trip, listed: SiteList) -> None:
        super().__init__(store, render, trip)
        self.found = Found(listed)
        self._pause: Timer | None = None

    def framed(self) -> Iterable[Widget]:
        """Return the bar, how much is shown, the field, the rows and the chosen site."""
        store, render = self.store, self.render_finding
        searching, rows = Searching(store, render, id="told"), SiteRows(store, render, id="sites")
        detail = SiteDetail(store, render, id="site")
        searching.found = rows.found = detail.found = self.found
        yield self.bar()
        yield searching
        yield SearchLine(FieldName(store, render, id="found"))
        yield rows
        yield detail

    @property
    def field(self) -> Entry:
        """The search field."""
        return self.query_one(SearchLine).entry

    def listed_anew(self, listed: SiteList) -> None:
        """Show a list that was read again, with the same search."""
        self.found.read_again(listed)
        self._follow()

    def went_deeper(self, found: SiteList | None, trouble: str | None = None) -> None:
        """Show what Azure answered to a search, or why it did not."""
        if found is not None:
            self.found.went_deeper(found)
        else:
            self.found.asking, self.found.trouble = None, trouble
        self._follow()

    def failed(self, words: str) -> None:
        """Show why a site could not be opened, until something else is searched."""
        self.found.trouble = words
        self._follow()

    def _follow(self) -> None:
        self.query_one(SiteRows).follow()
        self.redraw()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter as one types; where the list is not whole, let Azure search once the typing pauses."""
        if event.input is not self.field:
            return
        self.found.search(printable(event.value, limit=300))
        self._follow()
        if self._pause is not None:
            self._pause.stop()
        if self.found.asked and not self.found.is_whole:
            self._pause = self.set_timer(PAUSE_S, self._go_deeper)

    def _go_deeper(self) -> None:
        if self.found.asked and self.found.asked not in self.found.deeper:
            self.found.asking = self.found.asked
            self.post_message(SitesSearched(self.found.asked))
            self.redraw()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Pick what was found."""
        if event.input is self.field:
            event.stop()
            self.action_pick()

    def on_site_rows_opened(self, event: SiteRows.Opened) -> None:
        """Pick the row that was clicked twice."""
        self.action_pick()

    def action_pick(self) -> None:
        """Pick the chosen site; a URL or resource id whose site was not read is looked for in Azure."""
        if self.found.row is not None:
            self.set_focus(None)
            self.post_message(SitePicked(self.found.row, self.found.url))
        elif self.found.url or is_site_id(self.found.words.strip()):
            self.set_focus(None)
            self.post_message(SiteNamed(self.found.words))

    def action_search(self) -> None:
        """Go into the search field."""
        self.field.focus()

    def action_leave(self) -> None:
        """Leave the field, then empty it, then go back."""
        if self.focused is self.field:
            self.set_focus(None)
        elif self.found.words:
            self.field.value = ""
        else:
            super().action_leave()

    def action_move(self, steps: int) -> None:
        """Move the cursor."""
        self.found.move(steps)
        self._follow()

    def action_turn(self, pages: int) -> None:
        """Move by pages."""
        self.action_move(pages * max(self.query_one(SiteRows).room - 1, 1))

    def action_named(self) -> None:
        """Ask for a URL or a resource id."""
        self.ask_for_site()

    def action_again(self) -> None:
        """Read the list again."""
        self.post_message(AzureAsked("again"))

    def action_otherwise(self) -> None:
        """Sign in in another way."""
        self.post_message(AzureAsked("otherwise"))

    def action_copy(self) -> None:
        """Copy the resource id of the chosen site."""
        if self.found.row is not None:
            self.post_message(Copied(self.found.row.id.text))
