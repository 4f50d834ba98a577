"""The pages of the report, the size limit and the lab's switches at both sizes, as stored texts."""

from typing import Any

import msgspec
import pytest

from probes.lab.state import LabState
from probes.threshold import Threshold
from tests.tui import cases
from tests.tui.fake import FakeTriage, render
from tests.tui.screen_text import same_as_golden, settled
from tui.app import TriageApp
from tui.limit import Limit
from tui.screens.limit import LimitScreen
from tui.screens.switches import SwitchScreen

SIZES = [(80, 24), (120, 36)]


def named(page: str, size: tuple[int, int]) -> str:
    return f"{page}-{size[0]}x{size[1]}"


def made() -> TriageApp:
    return TriageApp(FakeTriage(), autosend=True, render=render)


@pytest.mark.parametrize("size", SIZES)
async def test_the_report_and_what_is_left_out_of_it(size: tuple[int, int]) -> None:
    app = made()
    async with app.run_test(size=size) as pilot:
        await settled(pilot, "Cause found")
        await pilot.press("5")
        await settled(pilot, "Preview")
        # The text of a finding is corrected now and then; what stands above it is the page's own.
        same_as_golden(app, named("report", size), above="## Cause")
        await pilot.press("a", "a", "f", "f")
        await settled(pilot, "pseudonyms stand for them")
        same_as_golden(app, named("report-public", size))


def searched() -> Limit:
    """A search between two sizes, in the four ways that tell what the limit belongs to."""
    probe = next(one for one in cases.plan().probes if one.id == "post-large-own")
    ways: list[dict[str, Any]] = [{"body_bytes": size} for size in (1024, 102_400, 102_401, 1_048_576)]
    ways += [{"body_bytes": 102_401, **more} for more in ({"expect": "wait"}, {"head_first": True})]
    ways += [{"body_bytes": 102_401, "identity": "none"}]
    probes = [cases.renamed(probe, id=f"size-{number}", **way) for number, way in enumerate(ways)]
    return Limit(seen=tuple(cases.observation(one, number) for number, one in enumerate(probes, 1)))


@pytest.mark.parametrize("size", SIZES)
async def test_the_search_for_a_limit_and_what_it_came_to(size: tuple[int, int]) -> None:
    app = made()
    async with app.run_test(size=size) as pilot:
        await settled(pilot, "Cause found")
        app.store.limit = searched()
        app.push_screen(LimitScreen(app.store, render))
        await settled(pilot, "searching")
        same_as_golden(app, named("limit-searching", size))
        app.store.limit.result = Threshold(
            largest_accepted=102_400,
            smallest_refused=102_401,
            attribution="renegotiation-buffer",
            requests=7,
            bytes_sent=1_456_648,
            refusal=None,
            runs=(),
        )
        app.store.revision += 1
        await settled(pilot, "102,400 bytes pass")
        same_as_golden(app, named("limit", size))


@pytest.mark.parametrize("size", SIZES)
async def test_the_switches_of_the_lab(size: tuple[int, int]) -> None:
    app = made()
    async with app.run_test(size=size) as pilot:
        await settled(pilot, "Cause found")
        app.push_screen(SwitchScreen(app.store, render, msgspec.to_builtins(LabState())))
        await settled(pilot, "Settings, by their ARM names")
        await pilot.press("j")
        await pilot.pause(0.3)
        same_as_golden(app, named("switches", size))
