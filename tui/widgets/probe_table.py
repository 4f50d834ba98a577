"""The table of probes under their questions, with a cursor that skips the questions."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.events import Click
from textual.message import Message

from tui.compare import DIFFERENCES, counterpart
from tui.drawing.parts import Line, pad, text, titled_rule
from tui.drawing.rows import header, row, usual_tls
from tui.drawing.verdict import probes_of
from tui.drawing.words import outcome_glyph
from tui.finding import Render
from tui.store import ProbeState, Store
from tui.widgets.drawn import Drawn


class TableHeader(Drawn):
    """The names of the columns."""

    def draw(self, width: int) -> Sequence[Line]:
        """Return the one line."""
        wanted = self.store.desk.wanted
        return [header(width, wanted=wanted)]


class ProbeRows(Drawn):
    """All rows and questions as text; the table around it scrolls."""

    chosen: str | None = None
    """The probe id under the cursor."""

    def __init__(self, store: Store, render: Render, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(store, render, id=id)
        self.places: dict[str, int] = {}

    def draw(self, width: int) -> Sequence[Line]:
        """Return the questions and their rows, each in exactly one line."""
        target = urlsplit(self.store.case.target.url) if self.store.case else None
        path = ((target.path or "/") + (f"?{target.query}" if target.query else "")) if target else "/"
        usual = usual_tls(self.store.probes.values())
        lines: list[Line] = []
        self.places = {}
        for question, states in self.store.groups(self.store.desk.wanted):
            lines.append(titled_rule(text(question, "italic muted"), width - 1))
            for state in states:
                self.places[state.probe.id] = len(lines)
                marked = state.probe.id in self.store.desk.marked
                drawn = row(state, width, target_path=path, usual_tls=usual, clock=self.store.clock, marked=marked)
                lines.append(pad(drawn, width))
        if self.chosen not in self.places:
            self.chosen = next(iter(self.places), None)
        return lines

    def cursor(self) -> int | None:
        """Return the line of the chosen probe."""
        return self.places.get(self.chosen) if self.chosen else None


class ProbeTable(VerticalScroll):
    """The scrolling table; the screen moves its cursor by keys, a click chooses."""

    can_focus = False
    touched = False
    """Whether the user has moved the cursor, so that the table moves by itself no more."""

    class Moved(Message):
        """Another probe is under the cursor."""

    class Opened(Message):
        """The probe under the cursor was clicked again."""

    def __init__(self, store: Store, render: Render, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.store = store
        self.rows = ProbeRows(store, render)

    def compose(self) -> ComposeResult:
        """Put the rows into the scrolling part."""
        yield self.rows

    @property
    def chosen(self) -> ProbeState | None:
        """The probe under the cursor."""
        return self.store.probes.get(self.rows.chosen or "")

    def choose(self, probe_id: str) -> None:
        """Put the cursor on a probe and make it visible, with its question where it is the first under it."""
        self.rows.chosen = probe_id
        self.rows.redraw()
        self._reveal(probe_id)
        self.post_message(self.Moved())

    def _reveal(self, probe_id: str) -> None:
        place = self.rows.places.get(probe_id)
        if place is not None:
            top, height = round(self.scroll_y), self.size.height
            wanted = place - 1 if place - 1 < top else max(top, place - height + 1)
            self.scroll_to(y=wanted, animate=False)

    def follow(self) -> None:
        """Until the user moves the cursor: keep the newest running row in view, and end on the row that explains."""
        if self.touched:
            return
        states = sorted(self.store.probes.values(), key=lambda state: state.number)
        running = [state for state in states if state.running]
        if running:
            self._reveal(max(running, key=lambda state: state.started).probe.id)
        elif self.store.over:
            self.touched = True
            telling = telling_probe(self.store, states)
            if telling is not None:
                self.choose(telling.probe.id)

    def move(self, steps: int) -> None:
        """Move the cursor by ``steps`` probes, to the end at most."""
        order = list(self.rows.places)
        if not order:
            return
        self.touched = True
        here = order.index(self.rows.chosen) if self.rows.chosen in order else 0
        self.choose(order[min(max(here + steps, 0), len(order) - 1)])

    def page(self, pages: int) -> None:
        """Move the cursor by as many rows as are visible."""
        self.move(pages * max(self.size.height - 2, 1))

    def on_click(self, event: Click) -> None:
        """Choose the probe under the mouse; a question is no probe."""
        line = event.get_content_offset(self.rows)
        if line is not None:
            hit = next((probe for probe, place in self.rows.places.items() if place == line.y), None)
            if hit is not None and hit == self.rows.chosen and self.touched:
                self.post_message(self.Opened())
            elif hit is not None:
                self.touched = True
                self.choose(hit)


def telling_probe(store: Store, states: Sequence[ProbeState]) -> ProbeState | None:
    """Return the failed probe that explains most: with one change it passes, and the verdict rests on that."""
    made = [state.observation for state in states if state.observation]
    verdict = store.case.verdict if store.case else None
    named = probes_of(store, verdict.evidence) if verdict else ()

    def rank(state: ProbeState) -> tuple[bool, int, bool]:
        assert state.observation is not None
        passed = counterpart(state.observation, made)
        told = passed is not None and store.probes[passed[0].probe.id].number in named
        return not told, DIFFERENCES.index(passed[1]) if passed else len(DIFFERENCES), state.number not in named

    failed = [state for state in states if state.observation and outcome_glyph(state.observation)[1] == "error"]
    return min(failed, key=rank, default=None)
