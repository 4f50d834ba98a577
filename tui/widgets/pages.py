"""The pages of the stages: Diagnosis in two columns, and one line for the stages without a page."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll

from tui.drawing.advice import advice, ways_of
from tui.drawing.parts import Line, plain, text, wrap
from tui.drawing.prose import copied
from tui.drawing.stages import told
from tui.drawing.verdict import plain_verdict
from tui.drawing.walk import walk
from tui.finding import Render
from tui.store import Store
from tui.widgets.drawn import Drawn


class StageNote(Drawn):
    """What is known in a stage that has no page of its own."""

    def __init__(self, store: Store, render: Render, stage: int, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(store, render, id=id)
        self.stage = stage

    def draw(self, width: int) -> Sequence[Line]:
        """Return the lines of the stage."""
        return told(self.store, self.stage, width)


class Walk(Drawn):
    """The questions of the tree, their answers and their evidence."""

    def draw(self, width: int) -> Sequence[Line]:
        """Return the walk so far."""
        return walk(self.store, self.render_finding, width, wide=self.wide)


class Advice(Drawn):
    """What to do about the finding."""

    fix = 0
    """The tab that is open; it is taken modulo the number of tabs."""

    def draw(self, width: int) -> Sequence[Line]:
        """Return the text of the verdict's finding, or that there is none yet."""
        case = self.store.case
        if case is None or case.verdict is None or (self.store.busy and case.verdict.finding in _LATE):
            words = "The finding is written here when the evidence names one."
            return wrap(words, width, "muted")
        found = self.render_finding(case.verdict.finding, case)
        return advice(case, found, width, wide=self.wide, fix=self.fix)


_LATE = ("healthy", "inconclusive")


class DiagnosisPage(Horizontal):
    """Walk at the left, finding at the right; one above the other in a narrow terminal."""

    def __init__(self, store: Store, render: Render, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.store, self.render_finding = store, render
        self.walk = Walk(store, render)
        self.advice = Advice(store, render)

    def compose(self) -> ComposeResult:
        """Put both into scrolling parts."""
        yield VerticalScroll(self.walk, id="walk", can_focus=False)
        yield VerticalScroll(self.advice, id="advice", can_focus=False)

    def next_fix(self, steps: int) -> None:
        """Open another tab of the fix."""
        self.advice.fix += steps
        self.advice.redraw()

    def copied(self) -> str:
        """Return the code of the tab that is open, else the finding as text."""
        case = self.store.case
        if case is not None and case.verdict is not None:
            found = self.render_finding(case.verdict.finding, case)
            if ways := ways_of(found, wide=self.advice.wide):
                return copied(ways[self.advice.fix % len(ways)][1])
        head = [text(plain_verdict(self.store, self.render_finding))]
        return plain([*head, (), *self.walk.lines, (), *self.advice.lines])
