"""The query layer: last attempts, what is no evidence, and what counts as refused."""

from typing import Literal

import msgspec
import pytest

from probes.diagnosis import unknowns, verdict, wanted
from probes.diagnosis.facts import Facts, last_attempts
from probes.diagnosis.predicates import FAULTS
from probes.model import Case, Judged, Observation, Symptom
from probes.model.observation import Outcome
from tests.diagnosis.build import EXCLUDED, REQUIRED, Site, make_case

LATE = Site(when="renegotiation", tls13=False)


def _replace(case: Case, probe_id: str, **changes: object) -> Case:
    seen = tuple(
        msgspec.structs.replace(one, **changes) if one.probe.id == probe_id else one for one in case.observations
    )
    return msgspec.structs.replace(case, observations=seen)


def _again(seen: Observation, **changes: object) -> Observation:
    return msgspec.structs.replace(seen, id=seen.id + "b", attempt=seen.attempt + 1, **changes)


def test_the_last_attempt_counts_and_a_cancelled_one_does_not() -> None:
    case = make_case(Site(), config=REQUIRED, only=["get-own"])
    first = case.observations[0]
    second = _again(first, status=403, judged=Judged(reached_app="no"))
    third = _again(second, outcome="cancelled")
    assert last_attempts((first, second, third)) == (second,)
    assert last_attempts((third,)) == ()


@pytest.mark.parametrize("outcome", ["not-run", "cancelled"])
def test_what_was_not_sent_is_no_evidence(outcome: Outcome) -> None:
    case = make_case(LATE, config=EXCLUDED)
    seen = tuple(msgspec.structs.replace(one, outcome=outcome, judged=Judged()) for one in case.observations)
    found = verdict(msgspec.structs.replace(case, observations=seen))
    assert found.finding == "inconclusive"
    assert found.evidence == ()


@pytest.mark.parametrize("reached", ["unknown", "no"])
def test_a_hang_alone_is_not_a_refusal(reached: Literal["unknown", "no"]) -> None:
    judged = Judged(reached_app=reached)
    case = _replace(make_case(LATE, config=EXCLUDED), "post-large-own", outcome="timeout", status=None, judged=judged)
    assert Facts(case).ended("own-large").value is None
    assert verdict(case).finding == "inconclusive"


def test_a_connection_that_just_ended_makes_it_likely_only() -> None:
    case = _replace(make_case(LATE, config=EXCLUDED), "post-large-own", outcome="reset", status=None, judged=Judged())
    assert (verdict(case).finding, verdict(case).confidence) == ("large-body-renegotiation", "likely")


def test_a_bare_4xx_is_refused_when_its_sibling_passes() -> None:
    case = _replace(make_case(LATE, config=EXCLUDED), "post-large-own", judged=Judged(reached_app="unknown"))
    assert Facts(case).ended("own-large").value == "refused"
    assert verdict(case).finding == "large-body-renegotiation"


def test_repetitions_that_differ_are_mixed_and_not_confirmed() -> None:
    case = make_case(LATE, config=EXCLUDED)
    own = next(one for one in case.observations if one.probe.id == "post-large-own")
    passed = msgspec.structs.replace(
        own,
        id="again",
        probe=msgspec.structs.replace(own.probe, id="post-large-own-2"),
        judged=Judged(reached_app="yes"),
        status=404,
    )
    found = verdict(msgspec.structs.replace(case, observations=(*case.observations, passed)))
    assert (found.finding, found.confidence) == ("large-body-renegotiation", "likely")


def test_wanted_stops_when_the_question_is_answered() -> None:
    case = make_case(LATE, config=EXCLUDED, symptom="upload-403")
    probes = [one.probe for one in case.observations]
    assert wanted(case, probes) == ()
    asked, left = list[list[str]](), list(case.observations)
    bare = msgspec.structs.replace(case, observations=())
    while chosen := wanted(bare, [one.probe for one in left]):
        asked.append([probe.id for probe in chosen])
        left = [one for one in left if one.probe not in chosen]
        seen = tuple(one for one in case.observations if one not in left)
        bare = msgspec.structs.replace(bare, observations=seen)
    # One question at a time: what is sent next depends on what was answered.
    assert asked == [
        ["get-own", "get-12"],
        ["post-small", "post-large-own"],
        ["post-large-wait", "post-large-header-only", "post-large-head-first", "post-large-13-wait"],
    ]
    assert verdict(bare).finding == verdict(case).finding == "large-body-renegotiation"


def test_wanted_leaves_uploads_out_when_they_cannot_matter() -> None:
    case = make_case(Site(), config=REQUIRED, symptom="header-missing", only=["get-own", "get-12", "debug"])
    plan = [one.probe for one in make_case(Site(), config=REQUIRED).observations]
    assert not [probe for probe in wanted(case, plan) if probe.body_bytes]


def test_unknowns_say_what_was_not_checked() -> None:
    case = make_case(Site(), debug=False, only=["get-own", "get-12"])
    what = " | ".join(line.what for line in unknowns(case))
    for piece in ("settings", "whether the app receives", "large upload", "TLS 1.3", "which client"):
        assert piece in what
    whole = make_case(Site(), config=REQUIRED, client="curl")
    assert unknowns(whole) == ()


def test_health_is_proved_by_what_the_user_complains_of() -> None:
    pairs: tuple[tuple[Symptom, str], ...] = (
        ("http2-tls13", "get-h2"),
        ("header-missing", "debug"),
        ("upload-403", "post-large-own"),
    )
    for symptom, needed in pairs:
        case = make_case(Site(), config=REQUIRED, symptom=symptom)
        assert verdict(case).finding == "healthy"
        without = tuple(one for one in case.observations if one.probe.id != needed)
        assert verdict(msgspec.structs.replace(case, observations=without)).finding == "inconclusive"


def test_an_app_that_says_no_is_not_healthy_for_who_complains_of_it() -> None:
    case = _replace(make_case(Site(), config=REQUIRED, symptom="app-refuses"), "get-own", status=403)
    found = verdict(case)
    # It received the certificate and says no without a word: that may have any reason.
    assert (found.finding, found.confidence) == ("app-rejects-certificate", "possible")
    assert verdict(make_case(Site(), config=REQUIRED, symptom="gateway-500")).finding == "inconclusive"


def test_what_was_asked_of_a_case_is_not_looked_for_again() -> None:
    facts = Facts(make_case(LATE, config=EXCLUDED))
    assert facts.where("own-large") is facts.where("own-large")
    assert facts.ended("own-large") is facts.ended("own-large")
    for slug, predicate in FAULTS.items():
        first = predicate(facts)
        assert facts.results[slug] is first
        assert predicate(facts) is first
