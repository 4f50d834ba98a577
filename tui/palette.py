"""The commands of the palette: those that make sense now; their texts are fixed, none comes from outside."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from textual.app import SystemCommand
from textual.screen import Screen

from tui.messages import AgainAsked, PaperWanted, StopAsked
from tui.screens.case import CaseScreen
from tui.screens.plan import PlanScreen

if TYPE_CHECKING:
    from tui.app import TriageApp

_STAGES = (
    (1, "Configuration", "What the site is told to do"),
    (2, "Probes", "Every probe under its question"),
    (3, "Certificate", "What the app received"),
    (4, "Diagnosis", "The walk, the finding, the fix"),
    (5, "Report", "What is handed on"),
)


_PAPERS = (
    ("read", "Read a trace", "What a script of ours, or any curl -v, has printed, as a case"),
    ("reproduce", "Reproduce a ticket", "A customer's settings and curl command, replayed in the lab"),
    ("causes", "Causes", "Every cause that can be named, with its fix"),
)
_PAPERS_OF_CASE = (
    ("compare", "Compare cases", "What changed since an earlier case"),
    ("script", "Write a script", "The plan for a machine that has nothing but curl"),
)


def commands(app: "TriageApp", screen: Screen[Any]) -> Iterable[SystemCommand]:
    """Yield the commands that apply on ``screen`` in the state the case is in."""
    if isinstance(screen, PlanScreen):
        yield SystemCommand("Send", "Send what the sheet says", screen.action_send)
    if isinstance(screen, CaseScreen):
        yield from _of_case(app, screen)
    for name, words, about in _PAPERS:
        yield SystemCommand(words, about, lambda name=name: _post(app, PaperWanted(name)))
    yield SystemCommand("Dark or light", "Change the theme", app.action_theme)
    yield SystemCommand(
        "Terminal colours", "Take the colours of the terminal's own palette", app.action_terminal_theme
    )
    yield SystemCommand("Help", "Keys, words and colours", app.action_help)
    yield SystemCommand("Quit", "Leave; a run that is under way is stopped", app.exit)


def _of_case(app: "TriageApp", screen: CaseScreen) -> Iterable[SystemCommand]:
    if app.store.busy:
        yield SystemCommand("Stop", "Send nothing more, keep what was seen", lambda: _post(app, StopAsked()))
    elif app.again is not None:
        yield SystemCommand("Run all again", "The same plan once more", lambda: _post(app, AgainAsked()))
    for number, name, about in _STAGES:
        if number != screen.stage:
            yield SystemCommand(name, about, lambda number=number: screen.action_stage(number))
    for key, words in screen.page.ABOUT:
        if key in screen.page.ACTIONS:
            name = next((short for shown, short in screen.page.KEYS if shown == key), words.partition(";")[0])
            yield SystemCommand(name.capitalize(), words, lambda key=key: screen.page.act(key))
    for name, words, about in _PAPERS_OF_CASE:
        yield SystemCommand(words, about, lambda name=name: _post(app, PaperWanted(name)))
    yield SystemCommand("Copy", "What this page is for", screen.action_copy)


def _post(app: "TriageApp", message: AgainAsked | PaperWanted | StopAsked) -> None:
    app.post_message(message)
