"""The page of stage 4: the walk at the left, the finding at the right; one above the other in a narrow terminal."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll

from probes.model import Step
from tui.branches import answers_of
from tui.drawing.advice import advice, ways_of
from tui.drawing.parts import Line, plain, text, wrap
from tui.drawing.prose import copied
from tui.drawing.verdict import plain_verdict
from tui.drawing.verifying import verify_strip
from tui.drawing.walk import LEAF, walk
from tui.drawing.words import SYMPTOMS
from tui.finding import Render
from tui.messages import AnswerGiven, EvidenceWanted, LabCommand, SymptomGiven, VerifyAsked
from tui.screens.choose import Choice, ChooseScreen
from tui.store import Store
from tui.widgets.drawn import Drawn
from tui.widgets.listing import Drawing, Listing
from tui.widgets.stage import Stage, framed, said

_LATE = ("healthy", "inconclusive")
_EVIDENCE = "as the evidence says"


class Walk(Listing):
    """The questions of the tree, their answers and their evidence; the chosen step shows its other branches."""

    touched = False
    """Whether the user has moved the cursor."""

    def drawing(self, width: int) -> Drawing:
        """Return the walk so far."""
        return walk(self.store, self.render_finding, width, wide=self.wide, chosen=self.chosen)

    def follow(self) -> None:
        """Until the user moves the cursor: stay at the end of the walk, where the finding is."""
        order = list(self.text.places)
        if order and not self.touched and self.chosen != order[-1]:
            self.choose(order[-1])
        if order and not self.touched:
            self.scroll_end(animate=False)

    def move(self, steps: int) -> None:
        """Go along the walk."""
        self.touched = True
        super().move(steps)

    def choose(self, name: str) -> None:
        """Show the branches of the chosen step too."""
        super().choose(name)
        self.redraw()


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
        strip = verify_strip(self.store, width) if self.store.checking else None
        return advice(case, found, width, wide=self.wide, fix=self.fix, verifying=strip)


class DiagnosisPage(Horizontal, Stage):
    """The walk to the cause, and the cause."""

    KEYS = (
        ("enter", "evidence"),
        ("v", "verify"),
        ("y", "copy fix"),
        ("[ ]", "next fix"),
        ("o", "overrule"),
        ("s", "symptom"),
        ("J K", "scroll"),
    )
    ABOUT = (
        ("j k", "go along the walk; the chosen step shows its other answers and where they lead"),
        ("enter", "go to the evidence of the chosen step: the probe or the setting"),
        ("o", "answer the chosen question yourself, or take your answer back; nothing is sent"),
        ("s", "say what the symptom is; the same evidence is walked again"),
        ("[ ]", "another way to fix it"),
        ("v", "count fresh connections: did the fix take effect?"),
        ("J K", "scroll the finding"),
        ("x", "in the lab: type the finding's own az command, and it is done to the lab"),
    )
    ACTIONS: ClassVar[dict[str, str]] = {
        "enter": "evidence",
        "o": "overrule",
        "s": "symptom",
        "v": "verify",
        "x": "lab_prompt",
        "J": "further",
        "K": "back",
        "right_square_bracket": "next_fix",
        "left_square_bracket": "last_fix",
    }

    def __init__(self, store: Store, render: Render, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.store, self.render_finding = store, render
        self.walk = Walk(store, render, id="walk")
        self.advice = Advice(store, render)

    def compose(self) -> ComposeResult:
        """Put both into scrolling parts."""
        yield self.walk
        yield VerticalScroll(self.advice, id="advice", can_focus=False)

    def redraw(self) -> None:
        """Keep the end of the walk in view."""
        self.walk.redraw()
        self.walk.follow()

    def move(self, steps: int) -> None:
        """Go along the walk."""
        self.walk.move(steps)

    def turn(self, pages: int) -> None:
        """Scroll the finding."""
        self._scroll(pages * max(self.query_one("#advice").size.height - 2, 1))

    def _scroll(self, lines: int) -> None:
        self.query_one("#advice").scroll_relative(y=lines, animate=False)

    def further(self) -> None:
        """Scroll the finding down."""
        self._scroll(3)

    def back(self) -> None:
        """Scroll the finding up."""
        self._scroll(-3)

    def next_fix(self) -> None:
        """Open the next tab of the fix."""
        self._turn_fix(1)

    def last_fix(self) -> None:
        """Open the previous tab of the fix."""
        self._turn_fix(-1)

    def _turn_fix(self, steps: int) -> None:
        self.advice.fix += steps
        self.advice.redraw()

    def _step(self) -> Step | None:
        verdict = self.store.case.verdict if self.store.case else None
        return next((step for step in (verdict.path if verdict else ()) if step.node == self.walk.chosen), None)

    def evidence(self) -> None:
        """Go to the evidence of the chosen step, or of the finding."""
        step, case = self._step(), self.store.case
        items = step.evidence if step else ()
        if self.walk.chosen == LEAF and case and case.verdict:
            items = case.verdict.evidence
        if items:
            self.post_message(EvidenceWanted(items))
        else:
            self.post_message(said("this step rests on no evidence: nothing that answers it was seen"))

    def overrule(self) -> None:
        """Ask for another answer to the chosen question."""
        step = self._step()
        if step is None or self.store.busy or not answers_of(step.node):
            busy = "a run is under way; esc stops it"
            self.post_message(said(busy if self.store.busy else "choose a question with j and k first"))
            return
        choices = [
            Choice(word, word, "the answer now" if word == step.answer else "") for word in answers_of(step.node)
        ]
        given = {answer.node for answer in self.store.case.answers} if self.store.case else set()
        if step.node in given:
            choices += [Choice(_EVIDENCE, _EVIDENCE, "takes your answer back")]
        about = "Your answer goes before the evidence; the report says so. Nothing is sent."
        node = step.node
        screen = ChooseScreen(
            self.store,
            self.render_finding,
            step.question,
            choices,
            lambda word: self._answered(node, None if word == _EVIDENCE else word),
            about=about,
        )
        self.app.push_screen(screen)

    def _answered(self, node: str, answer: str | None) -> None:
        self.post_message(AnswerGiven(node, answer))

    def symptom(self) -> None:
        """Ask for the symptom."""
        now = self.store.case.run.symptom if self.store.case else None
        choices = [Choice(name, words, "now" if name == now else "") for name, words in SYMPTOMS.items()]
        self.app.push_screen(
            ChooseScreen(self.store, self.render_finding, "What is the symptom?", choices, self._symptom_given)
        )

    def _symptom_given(self, name: str) -> None:
        self.post_message(SymptomGiven(name))

    def verify(self) -> None:
        """Ask for the verification of the fix."""
        self.post_message(VerifyAsked())

    def lab_prompt(self) -> None:
        """Ask for a command that is done to the lab; it begins with the finding's own."""
        framed(self).ask("lab $", self._typed, value=self._own_command(), whole=True)

    def _own_command(self) -> str:
        case = self.store.case
        if case is None or case.verdict is None:
            return ""
        # A client's fault is lastingly fixed by the site, so the command may be that of what also holds.
        for slug in (case.verdict.finding, *(one.finding for one in case.verdict.also)):
            found = dict(self.render_finding(slug, case).ways)
            if "az" in found:
                return " ".join(copied(found["az"]).replace("\\\n", " ").split())
        return ""

    def _typed(self, command: str) -> None:
        if command.strip():
            self.post_message(LabCommand(command))
        else:
            self.post_message(said("nothing was typed, and nothing was done to the lab"))

    def copied(self) -> str:
        """Return the code of the tab that is open, else the finding as text."""
        case = self.store.case
        if case is not None and case.verdict is not None:
            found = self.render_finding(case.verdict.finding, case)
            if ways := ways_of(case, found):
                return copied(ways[self.advice.fix % len(ways)][1])
        head = [text(plain_verdict(self.store, self.render_finding))]
        return plain([*head, (), *self.walk.text.lines, (), *self.advice.lines])
