"""The figures of the diagnosis's quality: what is stored is what runs show, and what the README says."""

import pytest

from probes.lab.scenarios import scenarios
from tests.loops.quality import FILE, README, Row, declared, markdown, savings, stored, tallies, totals

AT_MOST = 0.5
"""Part of the plan's probes that a run with a symptom may send on average."""
SYMPTOMS = {
    "header-missing",
    "handshake-fails",
    "upload-403",
    "always-403",
    "app-refuses",
    "sometimes",
    "slow",
    "gateway-500",
    "http2-tls13",
}


def test_every_fault_and_every_control_has_its_row_and_no_other() -> None:
    # That each row is true is held by the closed loop of its scenario.
    faults = [one for one in scenarios().values() if one.control]
    assert set(stored()) == {one.name for one in faults} | {str(one.control) for one in faults}


def test_the_readme_says_what_the_rows_say() -> None:
    part = markdown(stored().values())
    assert part in README.read_text(encoding="utf-8"), (
        f"the README's part about quality is not that of {FILE.name}; UPDATE_GOLDEN=1 with tests/loops writes both"
    )


def test_nothing_is_missed_and_nothing_is_a_false_alarm() -> None:
    every = tallies(stored().values())
    assert {slug for slug, tally in every.items() if tally.missed or tally.false} == set()
    assert {row.scenario for row in stored().values() if row.named != row.true[0]} == set()


@pytest.mark.parametrize("symptom", sorted(SYMPTOMS))
def test_a_symptom_saves_at_least_half_of_the_probes(symptom: str) -> None:
    saving = next(one for one in savings(stored().values()) if one.symptom == symptom)
    assert saving.scenarios > 0
    assert saving.part <= AT_MOST


def test_misses_false_alarms_and_wrong_verdicts_are_counted() -> None:
    rows = [
        Row(scenario="a", true=("one", "two"), named="one", beside=("two",), probes=10, with_symptom={"slow": 2}),
        Row(scenario="b", true=("one", "two"), named="two", probes=10, with_symptom={"slow": 6}),
        Row(scenario="c", true=("healthy",), named="two", beside=("one",), probes=5, with_symptom={"slow": 5}),
    ]
    every = tallies(rows)
    assert (every["one"].true, every["one"].first, every["one"].beside) == (2, 1, 1)
    assert (every["one"].missed, every["one"].false) == (1, 1)
    assert (every["two"].missed, every["two"].false) == (0, 1)
    assert (every["healthy"].true, every["healthy"].missed) == (1, 1)
    assert declared(rows) == {"one": ("two",)}
    assert (
        totals(rows) == "3 scenarios, 1 verdicts as expected, 2 findings held beside them, 2 missed, 2 false alarms"
    )
    (saving,) = savings(rows)
    assert saving.scenarios == 3
    assert saving.part == pytest.approx((0.2 + 0.6 + 1) / 3)
