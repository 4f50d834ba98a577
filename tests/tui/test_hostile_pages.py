"""Every page and screen on a case that attacks in each of its texts: no markup, no control character, all columns."""

import unicodedata
from pathlib import Path
from typing import Any

import msgspec
import pytest
from rich.cells import cell_len
from textual.events import Paste
from textual.pilot import Pilot

from probes.model import Case
from probes.plan import Plan
from tests.tui import cases
from tests.tui.driving import app_of
from tests.tui.fake import FakeTriage
from tests.tui.hostile import CELLS, EVIL, HIDDEN, LONG, MARKUP, case_lines, full, planted
from tests.tui.screen_text import screen_text, settled
from tests.tui.test_app_hostile import render
from tui.app import TriageApp
from tui.limit import Limit
from tui.messages import Said
from tui.screens.case import CaseScreen
from tui.screens.edit import EditScreen
from tui.screens.limit import LimitScreen
from tui.screens.probe import ProbeScreen, VersusScreen
from tui.screens.switches import SWITCHES, SwitchScreen

SIZES = [(80, 24), (120, 36)]
TEXTS = {"evil": f"{EVIL} {CELLS * 30} {MARKUP}", "long": LONG}


def hostile(text: str) -> Case:
    """Return a whole case with ``text`` wherever any text may stand; the core has not cleaned it."""
    return msgspec.convert(planted(full(cases.whole_case(cases.plan())), text), Case)


def plan_of(case: Case, text: str) -> Plan:
    return Plan(probes=tuple(made.probe for made in case.observations), upload_path=text)


class Looking:
    """Looks at the screen after each step, and holds it against what every screen must be."""

    def __init__(self, pilot: Pilot[None], size: tuple[int, int]) -> None:
        self.pilot, self.app, self.size = pilot, app_of(pilot), size
        self.shown = ""

    async def press(self, *keys: str) -> str:
        """Press keys, and look after each of them."""
        for key in keys:
            await self.pilot.press(key)
            await self.look(key)
        return self.shown

    async def look(self, after: str = "") -> str:
        """Look at the screen."""
        await self.pilot.pause()
        self.shown = screen_text(self.app)
        for char in set(self.shown) - {"\n"}:
            assert unicodedata.category(char) not in HIDDEN, (after, char)
        strips = self.app.screen._compositor.render_strips()
        assert len(strips) == self.size[1]
        for strip in strips:
            assert strip.cell_length == cell_len(strip.text) == self.size[0], (after, strip.text)
            for segment in strip:
                meta: dict[str, Any] = dict(segment.style.meta) if segment.style else {}
                assert "@click" not in meta, after
        assert self.app.is_running
        assert not self.app.screen.query("Toast")
        return self.shown

    def column(self, char: str, rows: slice) -> set[int]:
        """Return the last columns at which a character stands in the rows."""
        found = set()
        for strip in self.app.screen._compositor.render_strips()[rows]:
            before, there, _ = strip.text.rpartition(char)
            found.add(cell_len(before) if there else -1)
        return found


@pytest.mark.parametrize(
    ("name", "size"),
    [("evil", (80, 24)), ("evil", (120, 36)), ("long", (80, 24))],
    ids=["evil-80x24", "evil-120x36", "long-80x24"],
)
async def test_every_page_and_screen(name: str, size: tuple[int, int]) -> None:
    text = TEXTS[name]
    case = hostile(text)
    app = TriageApp(FakeTriage(plan_of(case, text), case), autosend=False, render=render)
    async with app.run_test(size=size) as pilot:
        look = Looking(pilot, size)
        await settled(pilot, "What will be sent")
        assert "requests" in await look.press("j", "k")
        await pilot.press("enter")
        await settled(pilot, "Cause found")
        await look.press("1", "j", "G", "2", "G", "y")
        assert app.clipboard
        assert {unicodedata.category(char) for char in app.clipboard if char != "\n"} & HIDDEN == set()
        for keys, kind in (("enter", ProbeScreen), ("space k space", VersusScreen), ("e", EditScreen)):
            await look.press(*keys.split())
            assert isinstance(app.screen, kind)
            await look.press("G", "escape")
        await look.press("a", "escape", "3", "G", "4")
        if size[0] == 120:
            assert look.column("│", slice(6, 30)) == {51}, "the line between walk and finding stands"
        await look.press("right_square_bracket", "J", "o", "escape")
        await look.press("5", "G", "f", "f", "f", "G", "question_mark", "escape", "ctrl+p", "escape")
        assert isinstance(app.screen, CaseScreen)
        app.post_message(Said(text, "!", "warning"))
        await look.look("a notice")


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "120x36"])
async def test_the_limit_the_switches_and_the_prompt(size: tuple[int, int]) -> None:
    case = hostile(EVIL)
    app = TriageApp(FakeTriage(plan_of(case, EVIL), case), autosend=True, render=render)
    async with app.run_test(size=size) as pilot:
        look = Looking(pilot, size)
        await settled(pilot, "Cause found")
        app.store.limit = Limit(seen=case.observations, fault=EVIL)
        app.push_screen(LimitScreen(app.store, app.render_finding))
        await look.look("the limit")
        assert "[@click=app.quit]" in look.shown
        await look.press("G", "y", "escape")
        state: dict[str, Any] = {where: {} for where, _, _ in SWITCHES}
        for where, switch, _ in SWITCHES:
            state[where][switch] = EVIL
        app.push_screen(SwitchScreen(app.store, app.render_finding, state))
        await look.look("the switches")
        assert "[/][red]x" in look.shown
        await look.press("j", "j", "enter")
        assert "clientCertExclusionPaths:" in look.shown
        await look.press("escape", "escape", "slash")
        app.screen.query_one("Entry").value = ""  # type: ignore[attr-defined]
        app.screen.query_one("Entry").post_message(Paste(EVIL.partition("\r")[0]))
        await look.look("a paste")
        assert "[@click=app.quit]" in look.shown


@pytest.mark.parametrize(("size", "name"), [((80, 24), "long"), ((120, 36), "evil")], ids=["80x24", "120x36"])
async def test_an_edited_case_among_the_earlier_ones(
    size: tuple[int, int], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MTLS_TRIAGE_CASES", str(tmp_path))
    data = planted(full(cases.whole_case(cases.plan())), TEXTS[name])
    (tmp_path / "edited.jsonl").write_text(case_lines(data), "utf-8")
    app = TriageApp()
    async with app.run_test(size=size) as pilot:
        look = Looking(pilot, size)
        await settled(pilot, "An earlier case")
        assert "Earlier cases" in await look.press("e")
        await look.press("j", "k")
        await pilot.press("enter")
        await settled(pilot, "Cause found")
        await look.press("1", "2", "enter", "escape", "3", "4", "5")
