"""Drives the app on the real lab as a person does: opens a target, types, waits for the end of a run."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from tests.tui.screen_text import screen_text
from tui.app import TriageApp
from tui.commands.options import parse_options

KEYS = {"/": "slash", "=": "equals_sign", ".": "full_stop", "-": "minus", " ": "space", "_": "underscore"}


async def typed(pilot: Pilot[None], words: str) -> None:
    """Type ``words`` and press enter."""
    for char in words:
        await pilot.press(KEYS.get(char, char))
    await pilot.press("enter")


async def over(pilot: Pilot[None], seconds: float = 90) -> None:
    """Wait until the run is over and the screen shows it; repaints are batched."""
    app = pilot.app
    assert isinstance(app, TriageApp)
    for _ in range(int(seconds / 0.05)):
        if app.store.over and app._drawn == app.store.revision:
            await pilot.pause(0.3)
            return
        await pilot.pause(0.05)
    pytest.fail(f"the run was not over within {seconds} s:\n{screen_text(app)}")


@asynccontextmanager
async def opened(target: str, *options: str, size: tuple[int, int] = (120, 36)) -> AsyncIterator[Pilot[None]]:
    """Open the app on a target as the command line does, and close what it opened."""
    names = frozenset(word[2:].replace("-", "_") for word in options if word.startswith("--"))
    app = TriageApp(begin_with=lambda app: app.open(target, parse_options(list(options)), names))
    try:
        async with app.run_test(size=size) as pilot:
            yield pilot
    finally:
        await app.resources.aclose()


def app_of(pilot: Pilot[None]) -> TriageApp:
    assert isinstance(pilot.app, TriageApp)
    return pilot.app
