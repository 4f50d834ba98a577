"""The app's measures run at a tiny size and see what they should; nothing here asserts a speed."""

import sys

import pytest

from tests.bench.app import FIRST_WORDS, app_rows
from tests.bench.app_terminal import on_terminal
from tests.bench.rows import BenchFailed


async def test_paint_and_keys_are_ratios_of_what_was_seen() -> None:
    paint, keys = await app_rows(paints=1, rounds=1)
    assert paint.measured == paint.samples[0] > 1
    assert len(keys.samples) == 1
    assert keys.measured == keys.samples[0] > 0
    assert "keys during 1 whole plans" in keys.detail


def test_an_app_that_ends_is_no_first_paint() -> None:
    with on_terminal([sys.executable, "-c", "print('over')"]) as (screen, began), pytest.raises(BenchFailed):
        screen.until(FIRST_WORDS, began, 20)
