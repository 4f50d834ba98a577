"""An uploaded certificate taken for a list of callers, over imagined cases; the wire is in the closed loops."""

from typing import Any

import msgspec
import pytest

from probes.diagnosis import evaluate, render, unknowns, verdict
from probes.diagnosis.facts import Facts
from probes.diagnosis.walk import walk
from probes.model import Answer, Case, Observation, SiteConfig
from probes.verifying import not_kept_out
from tests.diagnosis.build import OPTIONAL, REQUIRED, Site, make_case

SLUG = "uploaded-cer-is-no-trust-list"
THUMBPRINT = "A" * 40
UPLOADED = msgspec.structs.replace(REQUIRED, public_certificates=(THUMBPRINT,))
NONE_UPLOADED = msgspec.structs.replace(REQUIRED, public_certificates=())


def case_of(config: SiteConfig = UPLOADED, answer: str | None = "it is", **stranger: Any) -> Case:
    """Return a case in which the throwaway certificate's observation is changed."""
    case = make_case(Site(insists=config is not OPTIONAL), config=config)
    seen = tuple(changed(one, **stranger) if one.probe.identity == "throwaway" else one for one in case.observations)
    answers = () if answer is None else (Answer(node="uploaded", answer=answer, by="option"),)
    return msgspec.structs.replace(case, observations=seen, answers=answers)


def changed(
    seen: Observation, status: int | None = None, reached: str | None = None, sent: str | None = None
) -> Observation:
    judged = seen.judged if reached is None else msgspec.structs.replace(seen.judged, reached_app=reached)
    tls = seen.tls if sent is None or seen.tls is None else msgspec.structs.replace(seen.tls, certificate_sent=sent)
    return msgspec.structs.replace(seen, status=status or seen.status, judged=judged, tls=tls)


def test_it_is_named_with_its_evidence() -> None:
    case = case_of()
    found = verdict(case)
    assert (found.finding, found.confidence, found.also) == (SLUG, "confirmed", ())
    assert {"config:public_certificates", "answer:uploaded"} < set(found.evidence)
    assert any(line.startswith("obs:") for line in found.evidence)
    assert walk(Facts(case)).leaf == SLUG
    assert THUMBPRINT in render(SLUG, case).cause


@pytest.mark.parametrize(
    ("case", "state"),
    [
        (case_of(NONE_UPLOADED), "refuted"),
        (case_of(answer="it-is-not"), "refuted"),
        (case_of(answer=None), "unknown"),
        (case_of(status=403), "refuted"),
        (case_of(status=403, reached="no"), "refuted"),
        (case_of(status=500), "unknown"),
        (case_of(status=404), "unknown"),
        (case_of(sent="no"), "unknown"),
    ],
)
def test_what_does_not_show_it(case: Case, state: str) -> None:
    assert evaluate(SLUG, case).state == state
    assert walk(Facts(case)).leaf != SLUG
    assert verdict(case).finding != SLUG


def test_what_everybody_gets_alike_is_no_refusal() -> None:
    case = case_of(status=404)
    alike = tuple(changed(one, status=404) if one.probe.id == "get-own" else one for one in case.observations)
    assert evaluate(SLUG, msgspec.structs.replace(case, observations=alike)).holds


def test_without_the_list_of_uploads_it_is_only_likely() -> None:
    assert verdict(case_of(REQUIRED)).confidence == "likely"


def test_nobody_is_asked_what_cannot_matter() -> None:
    asked = {line.what for line in unknowns(case_of(answer=None)) if "uploaded" in line.what}
    assert len(asked) == 1
    for case in (case_of(), case_of(NONE_UPLOADED, None), case_of(answer=None, status=403), case_of(REQUIRED, None)):
        assert not any("uploaded" in line.what for line in unknowns(case))


def test_a_site_that_is_shut_verifies_nothing() -> None:
    (seen,) = (one for one in case_of(status=403).observations if one.probe.identity == "throwaway")
    assert not_kept_out(seen) is None
    assert "not refused" in (not_kept_out(changed(seen, reached="no")) or "")
    assert "not refused" in (not_kept_out(changed(seen, status=200)) or "")
    assert "no certificate sent" in (not_kept_out(changed(seen, sent="no")) or "")
