"""What must be true of the diagnosis of every case, however little fits together in it."""

import random

import msgspec
from hypothesis import HealthCheck, given, settings

from probes.diagnosis import catalogue, evaluate, finding, render, unknowns, verdict, wanted
from probes.diagnosis.facts import Facts
from probes.diagnosis.predicates import faults
from probes.diagnosis.predicates_trust import GATE
from probes.diagnosis.render import PLACEHOLDER
from probes.diagnosis.walk import walk
from probes.model import Case, Verdict
from probes.personas import CLIENTS
from probes.plan import PlanRequest, standard_plan
from tests.diagnosis.generate import any_case, sane_cases

many = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
some = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@many
@given(any_case(answers=True))
def test_it_never_raises_and_says_the_same_twice(case: Case) -> None:
    first = verdict(case)
    again = verdict(msgspec.json.decode(msgspec.json.encode(case), type=Case))
    assert first == again
    assert isinstance(first, Verdict)
    assert {line.name for line in first.clients} == set(CLIENTS)


@many
@given(any_case(answers=True))
def test_the_verdict_and_what_stands_beside_it_hold(case: Case) -> None:
    found = verdict(case)
    assert evaluate(found.finding, case).holds or found.finding == "inconclusive"
    assert finding(found.finding).explains_symptom(case.run.symptom)
    for other in found.also:
        assert evaluate(other.finding, case).holds
    assert found.finding not in {other.finding for other in found.also}


@many
@given(any_case())
def test_a_leaf_is_reached_only_where_its_predicate_holds(case: Case) -> None:
    leaf = walk(Facts(case)).leaf
    assert leaf == "inconclusive" or evaluate(leaf, case).holds


@many
@given(any_case())
def test_walk_and_predicates_say_the_same(case: Case) -> None:
    leaf, found = walk(Facts(case)).leaf, verdict(case).finding
    if found in GATE and case.run.insecure:
        return  # told to go on, and nothing else was found: the tree is past its gate by then
    assert leaf == found


@many
@given(any_case())
def test_without_observations_nothing_is_healthy_or_confirmed(case: Case) -> None:
    bare = msgspec.structs.replace(case, observations=())
    found = verdict(bare)
    assert found.finding != "healthy"
    assert found.confidence != "confirmed"
    if not any(result.holds for result in faults(Facts(bare)).values()):
        assert found.finding == "inconclusive"


@many
@given(any_case())
def test_confirmed_needs_the_wire(case: Case) -> None:
    found = verdict(case)
    if found.confidence == "confirmed":
        assert any(line.startswith("obs:") for line in found.evidence)


@many
@given(any_case())
def test_evidence_is_in_the_case(case: Case) -> None:
    found = verdict(case)
    ids = {seen.id for seen in case.observations if seen.outcome not in ("not-run", "cancelled")}
    lines = [*found.evidence, *(line for step in found.path for line in step.evidence)]
    for line in lines:
        kind, _, rest = line.partition(":")
        assert kind in ("obs", "config", "answer", "credential")
        assert kind != "obs" or rest.partition("#")[0] in ids
        assert kind != "config" or hasattr(case.configuration, rest)


@some
@given(any_case())
def test_every_text_renders_for_every_case(case: Case) -> None:
    for one in catalogue():
        text = render(one.slug, case)
        for part in msgspec.structs.asdict(msgspec.structs.replace(text, code="")).values():
            assert not PLACEHOLDER.search(" ".join(part) if isinstance(part, tuple) else part)
        assert len(text.sentence) <= 68
        assert text.verify_command.startswith("mtls-triage ")
        assert "curl" in text.verify_curl


@some
@given(sane_cases())
def test_the_order_of_observations_does_not_matter(case: Case) -> None:
    turned = list(case.observations)
    random.Random(1).shuffle(turned)
    other = verdict(msgspec.structs.replace(case, observations=tuple(turned)))
    assert (other.finding, other.confidence) == (verdict(case).finding, verdict(case).confidence)


@some
@given(any_case(answers=True))
def test_what_is_wanted_is_left_and_what_is_unknown_says_how_to_get_it(case: Case) -> None:
    plan = standard_plan(PlanRequest(url=case.target.url, identity="given"), case.run.symptom).probes
    chosen = wanted(case, plan)
    assert [probe for probe in plan if probe in chosen] == list(chosen)
    if case.run.symptom == "unknown":
        assert chosen == tuple(probe for probe in plan if probe.wave == 1)
    for line in unknowns(case):
        assert line.what
        assert line.how_to_get


@some
@given(sane_cases())
def test_sending_only_what_is_wanted_gives_the_same_verdict(case: Case) -> None:
    """Whatever the tree did not want would not have changed what it says."""
    bare = msgspec.structs.replace(case, observations=())
    left = list(case.observations)
    while chosen := wanted(bare, [seen.probe for seen in left]):
        more = tuple(seen for seen in left if seen.probe in chosen)
        left = [seen for seen in left if seen.probe not in chosen]
        bare = msgspec.structs.replace(bare, observations=bare.observations + more)
    asked, whole = walk(Facts(bare)).leaf, walk(Facts(case)).leaf
    assert asked == whole or "inconclusive" in (asked, whole) or "healthy" in (asked, whole)
