"""Two of the lab's faults in one state: what can be told of both is told, in order, and what one hides is not.

Every case is the whole plan over real TLS. ``PAIRS=all`` runs every pair that can stand in one state; otherwise a
sample is run, the same every time. ``python -m tests.pairs`` prints the numbers.
"""

from collections.abc import AsyncIterator, Iterable

import msgspec
import pytest
import pytest_asyncio

from probes.diagnosis import catalogue, evaluate, verdict
from probes.diagnosis.catalogue import by_slug
from probes.diagnosis.facts import Facts
from probes.diagnosis.walk import walk
from probes.lab.child import LabProcess
from probes.model import Case, Verdict
from tests.pairs.__main__ import lines
from tests.pairs.choosing import SAMPLE, chosen, chosen_near, contradictions, joined, kind_of, near, pairs, sample
from tests.pairs.order import LAYERS, first_of
from tests.pairs.running import diagnosed
from tests.pairs.situation import Situation
from tests.pairs.telling import NEEDS, expected, told
from tui.commands.options import SYMPTOMS

OUTCOMES = {"healthy", "inconclusive"}
BOTH = [name for name in chosen() if kind_of(name) == "both"]
HIDDEN = [name for name in chosen() if kind_of(name) != "both"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lab() -> AsyncIterator[LabProcess]:
    async with LabProcess.start("healthy-required") as started:
        yield started


def named(found: Verdict) -> set[str]:
    return {found.finding, *(also.finding for also in found.also)} - OUTCOMES


def check_order(case: Case, at: Situation, findings: Iterable[str]) -> None:
    """Whatever the complaint, the verdict is the first of those that explain it, and the walk ends there."""
    for symptom in SYMPTOMS:
        run = msgspec.structs.replace(case.run, symptom=symptom)
        told_so = msgspec.structs.replace(case, run=run)
        found = verdict(told_so)
        explaining = [finding for finding in findings if by_slug(finding).explains_symptom(run.symptom)]
        assert found.finding in (first_of(explaining, at) or OUTCOMES), symptom
        assert named(found) == set(findings), symptom
        assert walk(Facts(told_so)).leaf == found.finding, symptom


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", BOTH)
async def test_both_are_named_and_what_comes_first_is_the_verdict(lab: LabProcess, name: str) -> None:
    pair = joined()[name]
    at = Situation(pair)
    case = await diagnosed(lab, pair)
    assert case.verdict is not None
    assert {pair.first.expected_finding, pair.second.expected_finding} <= named(case.verdict)
    assert named(case.verdict) == expected(at)
    check_order(case, at, expected(at))


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", HIDDEN)
async def test_what_the_other_fault_hides_is_not_asserted(lab: LabProcess, name: str) -> None:
    pair = joined()[name]
    at = Situation(pair)
    case = await diagnosed(lab, pair)
    assert case.verdict is not None
    assert named(case.verdict) == expected(at)
    for finding in (pair.first.expected_finding, pair.second.expected_finding):
        if not told(finding, at):
            assert not evaluate(finding, case).holds or case.verdict.finding in SUSPENDING
    check_order(case, at, expected(at))


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", chosen_near())
async def test_what_is_only_unusual_adds_nothing(lab: LabProcess, name: str) -> None:
    at = Situation(near()[name])
    case = await diagnosed(lab, near()[name])
    assert case.verdict is not None
    assert named(case.verdict) == expected(at)
    check_order(case, at, expected(at))


SUSPENDING = {finding for layer in LAYERS[1:4] for finding in layer}
"""Findings of who answers; behind them what was seen says nothing, and is not named."""


def test_every_finding_has_its_rule_and_its_place() -> None:
    slugs = {one.slug for one in catalogue()} - OUTCOMES
    assert set(NEEDS) == slugs, "tests/pairs/telling.py says what each finding needs to be told"
    assert slugs <= {finding for layer in LAYERS for finding in layer}, "tests/pairs/order.py says what comes first"


def test_the_sample_has_every_finding_and_every_kind() -> None:
    met = {
        finding
        for name in sample()
        for finding in (joined()[name].first.expected_finding, joined()[name].second.expected_finding)
    }
    assert met == set(NEEDS)
    assert len(set(sample())) == SAMPLE
    assert {"both", "one"} <= {kind_of(name) for name in sample()}


def test_the_numbers_add_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert len(pairs()) == len(joined()) + sum(contradictions().values())
    with capsys.disabled():
        print("\npairs:", "; ".join(line for line in lines() if not line.startswith(("  ", "what"))))
