"""The pictures of the app are those of the app as it is now: told by the words on them, not by their pixels."""

import json

import pytest
from textual.pilot import Pilot

from tests.tui.screen_text import screen_text
from tests.tui.screenshots import FOLDER, SIZES, WORDS, story, words_of

FILES = [f"-{width}x{height}-{theme}" for width, height in SIZES for theme in ("dark", "light")]
MAY_DIFFER = 0.03
"""The part of the words on a picture that may differ: rows that come later or earlier, words cut at the edge."""


def stored() -> dict[str, list[str]]:
    """Return the words on the stored pictures."""
    words: dict[str, list[str]] = json.loads((FOLDER / WORDS).read_text(encoding="utf-8"))
    return words


def test_every_picture_is_there_in_both_forms() -> None:
    for name in {name.rpartition("-")[0] for name in stored()}:
        for ending in FILES:
            assert (FOLDER / f"{name}{ending}.svg").is_file()
            assert (FOLDER / f"{name}{ending}.png").is_file()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_pictures_are_not_stale(size: tuple[int, int]) -> None:
    known = stored()
    stale: list[str] = []

    async def shot(pilot: Pilot[None], name: str) -> None:
        before, now = set(known[f"{name}-{size[0]}x{size[1]}"]), set(words_of(screen_text(pilot.app)))
        if len(before ^ now) > max(4, MAY_DIFFER * len(before | now)):
            stale.extend([f"{name}: only stored {sorted(before - now)}, only now {sorted(now - before)}"])

    await story(size, shot)
    assert not stale, "run `make screenshots`:\n" + "\n".join(stale)
