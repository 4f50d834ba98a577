"""Reads what the app shows as plain text, and compares it with a stored text."""

import difflib
import os
import re
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot

_TODAY = re.compile(r"(not (?:after|before)) \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
GOLDEN = Path(__file__).parent / "golden"


def screen_text(app: App[Any]) -> str:
    """Return the screen line by line, without the blanks at the ends of lines."""
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)


def same_as_golden(app: App[Any], name: str, *, above: str | None = None) -> None:
    """Fail with the difference where the screen is not that of ``golden/NAME.txt``; UPDATE_GOLDEN=1 writes it.

    Only what stands ``above`` these words is compared, where they are given.
    """
    # What a validator is told of today changes with the day.
    shown, file = _TODAY.sub(r"\1 0000-00-00T00:00:00Z", screen_text(app)) + "\n", GOLDEN / f"{name}.txt"
    if above is not None:
        shown = shown.partition(above)[0]
    if os.environ.get("UPDATE_GOLDEN") == "1":
        file.parent.mkdir(exist_ok=True)
        file.write_text(shown, encoding="utf-8")
    wanted = file.read_text(encoding="utf-8")
    if shown != wanted:
        lines = difflib.unified_diff(wanted.splitlines(), shown.splitlines(), "stored", "shown", lineterm="")
        pytest.fail("\n".join(lines))


async def settled(pilot: Pilot[Any], words: str, seconds: float = 20.0) -> str:
    """Return the screen's text as soon as it holds ``words``; fails after ``seconds``."""
    for _ in range(int(seconds / 0.05)):
        await pilot.pause(0.05)
        shown = screen_text(pilot.app)
        if words in shown:
            return shown
    pytest.fail(f"{words!r} was not shown within {seconds} s:\n{screen_text(pilot.app)}")
