"""The app as its user drives it: plan sheet, run, stop, run again, stages, copy; messages and state before pixels."""

import asyncio
import time
from typing import Any

import pytest

from probes.errors import UsageFault
from probes.progress import PlanMade, Progress
from tests.tui import cases
from tests.tui.fake import FakeTriage, render, script
from tests.tui.screen_text import same_as_golden, screen_text, settled
from tui.app import Ended, Happened, TriageApp, crash_report, fault_line
from tui.screens.case import CaseScreen
from tui.screens.plan import PlanScreen
from tui.themes import DARK, LIGHT

SIZES = [(80, 24), (120, 36)]


def made(triage: FakeTriage | None = None, *, autosend: bool = True, again: Any = None) -> TriageApp:
    return TriageApp(triage or FakeTriage(), autosend=autosend, again=again, render=render)


@pytest.mark.parametrize("size", SIZES)
async def test_nothing_is_sent_before_enter(size: tuple[int, int]) -> None:
    app = made(autosend=False)
    async with app.run_test(size=size) as pilot:
        shown = await settled(pilot, "will be written")
        assert "What will be sent" in shown
        assert app.store.phase == "planned"
        assert app.store.sent == 0
        await pilot.press("enter")
        await settled(pilot, "Cause found")
        assert isinstance(app.screen, CaseScreen)
        assert app.store.sent == len(app.store.probes)


async def test_escape_on_the_sheet_leaves_without_sending() -> None:
    messages: list[Any] = []
    triage = FakeTriage()
    app = made(triage, autosend=False)
    async with app.run_test(message_hook=messages.append) as pilot:
        await settled(pilot, "will be written")
        await pilot.press("escape")
    assert [message.event for message in messages if isinstance(message, Happened)] == [
        PlanMade(plan=triage.plan, case=triage.case)
    ]
    assert app.return_code == 0


async def test_enter_before_there_is_a_plan_sends_nothing() -> None:
    class Slow(FakeTriage):
        async def prepare(self) -> PlanMade:
            await asyncio.Event().wait()
            raise AssertionError

    app = made(Slow(), autosend=False)
    async with app.run_test() as pilot:
        await settled(pilot, "The plan is being made")
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, PlanScreen)
        assert app.store.phase == "empty"


async def test_a_loopback_target_is_sent_without_a_key() -> None:
    app = made(autosend=True)
    async with app.run_test() as pilot:
        await settled(pilot, "Cause found")
        assert isinstance(app.screen, CaseScreen)


async def test_escape_stops_and_keeps_what_was_seen() -> None:
    triage = FakeTriage(hang=4)
    app = made(triage)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot, "18 of 19 sent")
        await pilot.press("escape")
        await settled(pilot, "Stopped by you after 18 of 19 probes")
        assert triage.cancelled
        assert app.store.phase == "cancelled"
        assert app.store.sent == 18


async def test_what_an_older_run_still_sends_is_dropped() -> None:
    app = made(FakeTriage(hang=4), again=FakeTriage)
    async with app.run_test() as pilot:
        await settled(pilot, "18 of 19")
        await pilot.press("escape", "R")
        await settled(pilot, "Cause found")
        run, sent = app.store.run, app.store.sent
        app.post_message(Happened(run - 1, script(cases.plan(), cases.case())[0]))
        app.post_message(Ended(run - 1, RuntimeError("late")))
        await pilot.pause()
        assert run == 2
        assert (app.store.sent, app.store.phase) == (sent, "finished")
        assert app.store.case is not None
        assert app.store.case.configuration.source == "file"


async def test_run_again_shows_its_sheet_first() -> None:
    app = made(autosend=False, again=FakeTriage)
    async with app.run_test() as pilot:
        await settled(pilot, "will be written")
        await pilot.press("enter")
        await settled(pilot, "Cause found")
        await pilot.press("R")
        await settled(pilot, "will be written")
        assert (app.store.phase, app.store.run) == ("planned", 2)


@pytest.mark.parametrize("key", ["r", "R"])
async def test_run_again_while_a_run_is_under_way_does_nothing(key: str) -> None:
    app = made(FakeTriage(hang=4), again=FakeTriage)
    async with app.run_test() as pilot:
        await settled(pilot, "18 of 19")
        await pilot.press(key)
        await settled(pilot, "a run is under way; esc stops it")
        assert app.store.run == 1


async def test_the_cursor_skips_questions_and_stays_within_the_rows() -> None:
    app = made()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, "Cause found")
        await pilot.press("g")
        visited = [app.screen.query_one("ProbeRows").chosen]  # type: ignore[attr-defined]
        for _ in range(len(app.store.probes)):
            await pilot.press("j")
            visited.append(app.screen.query_one("ProbeRows").chosen)  # type: ignore[attr-defined]
        order = [state.probe.id for _, states in app.store.groups() for state in states]
        assert visited == [*order, order[-1]]
        await pilot.press("G", "k")
        assert app.screen.query_one("ProbeRows").chosen == order[-2]  # type: ignore[attr-defined]
        assert f"Probe {len(order) - 1}" in await settled(pilot, f"Probe {len(order) - 1} ")


async def test_at_the_end_the_cursor_stands_on_the_row_that_explains() -> None:
    app = made()
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot, "Cause found")
        shown = await settled(pilot, "Probe 13  POST 300 kB")
        assert "holds its body back until 100 Continue, and reaches the app" in shown


async def test_the_table_does_not_move_under_a_user_who_moved_it() -> None:
    app = made(FakeTriage(hang=4))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, "18 of 19")
        await pilot.press("g")
        await settled(pilot, "Does the site answer")
        await pilot.pause(0.5)
        assert "Does the site answer" in screen_text(app)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("1", "asked for after the request, because /health is"),
        ("2", "Does the size of the body matter?"),
        ("3", "What the app received is not known"),
        ("4", "Does a small body reach the app?"),
        ("5", "w writes it to a file"),
    ],
)
async def test_every_stage_says_what_is_known(size: tuple[int, int], key: str, words: str) -> None:
    app = made()
    async with app.run_test(size=size) as pilot:
        await settled(pilot, "Cause found")
        await pilot.press(key)
        await settled(pilot, words)


async def test_a_click_on_a_stage_goes_there() -> None:
    app = made()
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot, "Cause found")
        await pilot.click("#stages", offset=(75, 0))
        await settled(pilot, "Does a small body reach the app?")


async def test_a_click_on_a_row_chooses_it() -> None:
    app = made()
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot, "Probe 13  POST 300 kB")
        await pilot.press("g")
        await pilot.click("#table", offset=(10, 3))
        await settled(pilot, "Probe 3  GET")


async def test_the_fix_is_copied_and_the_words_claim_no_more_than_is_known() -> None:
    app = made()
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot, "Cause found")
        await pilot.press("4")
        await settled(pilot, "az webapp update")
        await pilot.press("y")
        await settled(pilot, "3 lines sent to the terminal's clipboard (OSC 52)")
        assert app.clipboard == "# no exclusion path left\naz webapp update \\\n  --resource-group rg --name contoso"
        for _ in range(3):
            await pilot.press("right_square_bracket")
        await settled(pilot, "Remove every entry of Certificate exclusion paths.")


async def test_the_table_is_copied_with_the_verdict() -> None:
    app = made()
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot, "Probe 13")
        await pilot.press("y")
        await pilot.pause()
        assert app.clipboard.startswith("Cause found: The site asks")
        assert "✗ edge 403  POST   300 kB" in app.clipboard


async def test_a_fault_of_the_run_is_told_and_what_was_seen_is_kept() -> None:
    plan = cases.plan()
    events: list[Progress] = script(plan, cases.whole_case(plan))[:7]
    app = made(FakeTriage(events=events, fault=UsageFault("The proxy says no. Ask for another.")))
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot, "The proxy says no. Ask for another.")
        assert (app.store.phase, app.store.sent) == ("failed", 2)


async def test_an_unexpected_fault_shows_its_type_and_place_and_no_value() -> None:
    app = made(FakeTriage(events=[], fault=KeyError("hunter2")))
    async with app.run_test(size=(120, 36)) as pilot:
        shown = await settled(pilot, "mtls-triage itself failed: KeyError at fake.py:")
        assert "hunter2" not in shown


async def test_a_plan_that_cannot_be_made_ends_the_app_with_the_fault() -> None:
    class NoPlan(FakeTriage):
        async def prepare(self) -> PlanMade:
            raise UsageFault("TARGET is no URL.")

    app = made(NoPlan(), autosend=False)
    async with app.run_test() as pilot:
        await pilot.pause(0.3)
    assert str(app.farewell) == "TARGET is no URL."


async def test_a_stream_that_just_ends_is_no_verdict() -> None:
    app = made(FakeTriage(events=[]))
    async with app.run_test() as pilot:
        await settled(pilot, "The run ended without a result")


async def test_the_theme_changes_and_the_text_with_it() -> None:
    app = made()
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot, "Cause found")
        assert app.theme == DARK.name
        await pilot.press("t")
        await pilot.pause(0.3)
        assert app.theme == LIGHT.name
        assert LIGHT.foreground is not None
        assert LIGHT.foreground in app.export_screenshot()


async def test_help_opens_and_closes() -> None:
    app = made()
    async with app.run_test() as pilot:
        await settled(pilot, "Cause found")
        await pilot.press("question_mark")
        await settled(pilot, "On this page")
        await pilot.press(*"jjjjjj")
        await settled(pilot, "stop sending; what was seen is kept")
        await pilot.press("escape")
        await settled(pilot, "Cause found")


async def test_the_palette_has_our_commands() -> None:
    app = made(again=FakeTriage)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot, "Cause found")
        await pilot.press("ctrl+p")
        shown = await settled(pilot, "Configuration")
        await pilot.press(*"again")
        shown = await settled(pilot, "Run all again")
        assert "Run all again" in shown
        assert "Stop" not in shown


@pytest.mark.parametrize("size", [(60, 20), (80, 20), (65, 24)])
async def test_a_terminal_that_is_too_small_says_so(size: tuple[int, int]) -> None:
    app = made()
    async with app.run_test(size=size) as pilot:
        shown = await settled(pilot, "Too small")
        assert "Probes" not in shown
        await pilot.resize_terminal(80, 24)
        await settled(pilot, "Cause found")


@pytest.mark.parametrize("key", ["q", "ctrl+q"])
async def test_quitting_does_not_wait_for_a_hanging_probe(key: str) -> None:
    triage = FakeTriage(hang=4)
    app = made(triage)
    async with app.run_test() as pilot:
        await settled(pilot, "18 of 19")
        began = time.monotonic()
        await pilot.press(key)
    assert time.monotonic() - began < 10
    assert triage.cancelled


@pytest.mark.parametrize("size", SIZES)
async def test_the_screens_are_those_that_were_agreed(size: tuple[int, int]) -> None:
    app = made(autosend=False)
    async with app.run_test(size=size) as pilot:
        await settled(pilot, "will be written")
        same_as_golden(app, f"plan-{size[0]}x{size[1]}")
        await pilot.press("enter")
        await settled(pilot, "Probe 13  POST 300 kB")
        await pilot.pause(0.3)
        same_as_golden(app, f"probes-{size[0]}x{size[1]}")
        await pilot.press("4")
        await settled(pilot, "Does a small body reach the app?")
        await pilot.pause(0.3)
        same_as_golden(app, f"diagnosis-{size[0]}x{size[1]}")


def test_a_crash_report_holds_no_values() -> None:
    secret = "hunter2"
    with pytest.raises(ValueError, match=secret) as caught:
        raise ValueError(secret)
    report = crash_report(caught.value)
    assert fault_line(caught.value).startswith("mtls-triage itself failed: ValueError at test_app.py:")
    assert "ValueError" in report
    assert "test_app.py" in report
    assert secret not in report
