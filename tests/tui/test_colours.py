"""Colours as they reach the terminal: every text stands out, and chosen rows keep their styles in each theme."""

import difflib
import os
from collections.abc import Iterator
from typing import Any

import pytest
from rich.style import Style
from textual.pilot import Pilot

from tests.tui.fake import FakeTriage, render
from tests.tui.screen_text import GOLDEN, settled
from tests.tui.test_app_pages import contrast
from tui.app import TriageApp
from tui.preferences import Preferences

DRAWN = frozenset("─━│╸╺├┤○●▌▁▂▃▄▅▆▇█ ·")
"""Rules, bars and scrollbars: they carry no words (WCAG 2.2, 1.4.3, speaks of text)."""
ROWS = (
    "▌ ✗ Cause found",
    "▌ large-body",
    " 5 ✗ edge 403",
    " 3 ✗ edge 403",
    " 1 ✓ app",
    "Does the size of",
    "2 Probes",
    "compare",
)
"""What the rows hold whose styles are kept: verdict, refusals that are wrong and right, a question, stages, keys."""


def made(theme: Any = "dark") -> TriageApp:
    return TriageApp(FakeTriage(), autosend=True, render=render, preferences=Preferences(theme=theme))


def runs(app: TriageApp) -> Iterator[list[tuple[str, Style]]]:
    """Yield the lines of the screen as (text, style); neighbours of one style are one."""
    for strip in app.screen._compositor.render_strips():
        line: list[tuple[str, Style]] = []
        for words, style, _ in strip:
            plain = (style or Style()).without_color + Style(
                color=style.color if style else None, bgcolor=style.bgcolor if style else None
            )
            plain = Style.from_color(plain.color, plain.bgcolor) + Style(
                bold=plain.bold, italic=plain.italic, underline=plain.underline, reverse=plain.reverse
            )
            if line and line[-1][1] == plain:
                line[-1] = (line[-1][0] + words, plain)
            else:
                line.append((words, plain))
        yield line


async def every_page(pilot: Pilot[None]) -> list[tuple[str, list[tuple[str, Style]]]]:
    """Go through the pages and screens of a case, and return their lines with the keys that led there."""
    seen = []
    for keys in (
        "1 j j",
        "1 G",
        "2 g",
        "2 G",
        "3",
        "4 k",
        "4 G",
        "5",
        "question_mark",
        "escape a",
        "escape 2 e",
        "escape enter",
    ):
        await pilot.press(*keys.split())
        await pilot.pause(0.3)
        seen += [(keys, line) for line in runs(pilot.app)]  # type: ignore[arg-type]
    return seen


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_all_words_on_all_pages_stand_out(theme: str, size: tuple[int, int]) -> None:
    app = made(theme)
    async with app.run_test(size=size) as pilot:
        await settled(pilot, "Cause found")
        lines = await every_page(pilot)
    checked = 0
    for keys, line in lines:
        for words, style in line:
            if not set(words) - DRAWN:
                continue
            assert style.color is not None, (keys, words)
            assert style.bgcolor is not None, (keys, words)
            front, ground = style.color.get_truecolor().hex, style.bgcolor.get_truecolor().hex
            assert contrast(ground, front) >= 4.5, (keys, words, front, ground)
            checked += 1
    assert checked > 500


def told(style: Style) -> str:
    """Return a style as it is stored: colours by name or number, and what else it is."""
    colours = f"{style.color.name if style.color else '-'} on {style.bgcolor.name if style.bgcolor else '-'}"
    marks = [name for name in ("bold", "italic", "underline", "reverse") if getattr(style, name)]
    return " ".join([colours, *marks])


@pytest.mark.parametrize("theme", ["dark", "light", "terminal", "none"])
async def test_chosen_rows_keep_their_styles(theme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if theme == "none":
        monkeypatch.setenv("NO_COLOR", "1")
    app = made("dark" if theme == "none" else theme)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot, "Cause found")
        await pilot.press("g", "j", "j", "j")
        await pilot.pause(0.4)
        lines = [line for line in runs(app) if any(part in "".join(words for words, _ in line) for part in ROWS)]
    assert len(lines) == len(ROWS)
    shown = "".join(
        "".join(f"{told(style):<40}{words.strip()}\n" for words, style in line if words.strip()) + "\n"
        for line in lines
    )
    file = GOLDEN / f"colours-{theme}.txt"
    if os.environ.get("UPDATE_GOLDEN") == "1":
        file.write_text(shown, encoding="utf-8")
    wanted = file.read_text(encoding="utf-8")
    assert shown == wanted, "\n".join(difflib.unified_diff(wanted.splitlines(), shown.splitlines(), lineterm=""))
    colours = {colour for line in lines for _, style in line for colour in (style.color, style.bgcolor) if colour}
    if theme == "none":
        hues = [one.get_truecolor() for one in colours]
        assert all(max(hue) - min(hue) <= 12 for hue in hues), "NO_COLOR: nothing but shades of grey"
    if theme == "terminal":
        assert all(one.triplet is None for one in colours), "the terminal's own palette, and nothing else"
