"""Rows, exit status and rounds are computed from what was measured, and a bar can be missed."""

import pytest

from tests.bench.__main__ import Bench, results_of
from tests.bench.plan import Round, chain_row, faster_row
from tests.bench.ratio import Pair, interleaved
from tests.bench.rows import BenchFailed, NotMeasured, Row, exit_status, table
from tests.peers.need import missing

GOOD = Row(name="good", measured=0.9, samples=(0.8, 1.1), bar=1.0)
BAD = Row(name="bad", measured=3.4, samples=(3.4,), bar=3.5, at_least=True)
ABSENT = NotMeasured(name="absent", why="no curl here", fault=False)
FAULTY = NotMeasured(name="faulty", why="other answers")


async def test_a_round_is_what_the_clock_says_of_each_side() -> None:
    now, calls = 0.0, ""

    async def ours() -> None:
        nonlocal now, calls
        now, calls = now + 2.0, calls + "o"

    async def theirs() -> None:
        nonlocal now, calls
        now, calls = now + 8.0, calls + "t"

    pairs = await interleaved(ours, theirs, rounds=2, repetitions=3, clock=lambda: now)
    assert pairs == (Pair(2.0, 8.0), Pair(2.0, 8.0))
    assert [pair.ratio for pair in pairs] == [0.25, 0.25]
    assert calls == "ot" + "ooottt" + "tttooo"


def test_a_bar_can_be_missed_on_either_side() -> None:
    assert GOOD.met
    assert not Row(name="slow", measured=1.1, samples=(), bar=1.0).met
    assert not BAD.met
    assert Row(name="fast", measured=3.6, samples=(), bar=3.5, at_least=True).met


def test_the_plan_is_compared_by_the_least_times_of_all_rounds() -> None:
    seen = (
        Round(plan=0.8, curl=2.0, chain=0.5, counted=16, probes=17),
        Round(plan=0.5, curl=3.0, chain=0.4, counted=15, probes=17),
    )
    faster, chain = faster_row("s", seen, 20.0), chain_row("s", seen, 0.9)
    assert faster.measured == 2.0 / 0.5
    assert faster.samples == (2.0 / 0.8, 3.0 / 0.5)
    assert "(15 of 17)" in faster.detail
    assert chain.measured == 0.5 / 0.4
    assert chain.samples == (0.8 / 0.5, 0.5 / 0.4)
    assert "0.900 s" in chain.detail


@pytest.mark.parametrize(
    ("ci", "results", "status"),
    [
        ("", [GOOD], 0),
        ("", [GOOD, BAD], 1),
        ("", [GOOD, ABSENT], 0),
        ("true", [GOOD, ABSENT], 1),
        ("", [GOOD, FAULTY], 1),
    ],
)
def test_exit_status(monkeypatch: pytest.MonkeyPatch, ci: str, results: list[Row | NotMeasured], status: int) -> None:
    monkeypatch.setenv("CI", ci)
    assert exit_status(results) == status


def test_the_table_shows_every_bar_and_what_is_unknown() -> None:
    lines = table([GOOD, BAD, ABSENT]).splitlines()
    assert lines[1].split() == ["good", "0.90×", "≤", "1.00×", "2:", "0.80×", "to", "1.10×", "met"]
    assert lines[2].split() == ["bad", "3.40×", "≥", "3.50×", "1:", "3.40×", "to", "3.40×", "MISSED"]
    assert lines[3].split() == ["absent", "-", "-", "NOT", "MEASURED"]
    assert "absent: no curl here" in lines


async def test_what_cannot_be_measured_is_a_row_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    async def without_peer() -> tuple[Row, ...]:
        missing("no such program")

    async def with_fault() -> tuple[Row, ...]:
        raise BenchFailed("other answers")

    monkeypatch.setenv("CI", "")
    assert await results_of(Bench("a", "first", without_peer)) == (
        NotMeasured(name="first", why="no such program", fault=False),
    )
    assert await results_of(Bench("b", "second", with_fault)) == (
        NotMeasured(name="second", why="other answers", fault=True),
    )
