"""Opens the app on the fake case, to be looked at: ``python -m tests.tui.demo [--autosend] [--svg DIR]``."""

import asyncio
import sys
from pathlib import Path

from tests.tui.fake import FakeTriage, render
from tui.app import TriageApp
from tui.themes import LIGHT


def made(*, autosend: bool, pace: float = 0.1, hang: int = 0) -> TriageApp:
    """Return the app on a fake case."""
    return TriageApp(
        FakeTriage(pace=pace, hang=hang),
        autosend=autosend,
        again=lambda: FakeTriage(pace=pace, hang=hang),
        render=render,
    )


async def pictures(folder: Path) -> None:
    """Write pictures of each screen at both sizes."""
    for width, height in ((120, 36), (80, 24)):
        app = made(autosend=False, pace=0.0, hang=4)
        async with app.run_test(size=(width, height)) as pilot:
            await pilot.pause(0.4)
            app.save_screenshot(f"plan-{width}.svg", path=str(folder))
            await pilot.press("enter")
            await pilot.pause(0.8)
            app.save_screenshot(f"running-{width}.svg", path=str(folder))
            await pilot.press("question_mark")
            await pilot.pause(0.4)
            app.save_screenshot(f"help-{width}.svg", path=str(folder))
        app = made(autosend=True, pace=0.0)
        async with app.run_test(size=(width, height)) as pilot:
            await pilot.pause(0.8)
            await pilot.press(*"jjjjjjjjjj")
            await pilot.pause(0.4)
            app.save_screenshot(f"probes-{width}.svg", path=str(folder))
            await pilot.press("4")
            await pilot.pause(0.4)
            app.save_screenshot(f"diagnosis-{width}.svg", path=str(folder))
            app.theme = LIGHT.name
            await pilot.pause(0.4)
            app.save_screenshot(f"diagnosis-light-{width}.svg", path=str(folder))
            await pilot.press("3")
            await pilot.pause(0.4)
            app.save_screenshot(f"certificate-{width}.svg", path=str(folder))


if __name__ == "__main__":
    if "--svg" in sys.argv:
        asyncio.run(pictures(Path(sys.argv[-1])))
    else:
        made(autosend="--autosend" in sys.argv, hang=4 if "--hang" in sys.argv else 0).run()
