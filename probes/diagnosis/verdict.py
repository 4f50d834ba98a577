"""The verdict over a case: which finding explains it, how sure that is, and what else is true."""

from probes.diagnosis.catalogue import by_slug
from probes.diagnosis.clients import clients
from probes.diagnosis.facts import Facts
from probes.diagnosis.predicates import faults, healthy, inconclusive
from probes.diagnosis.predicates_azure import UNBOUND
from probes.diagnosis.predicates_certificate import cannot_matter, without_effect
from probes.diagnosis.predicates_trust import GATE
from probes.diagnosis.result import Result, confidence_of
from probes.diagnosis.walk import Walk, walk
from probes.model import INTERCEPTED, Also, Case, Verdict

_BESIDE = 955
"""The rank of a fault that decided nothing: behind all that explain what was seen."""


def verdict(case: Case) -> Verdict:
    """Return the verdict over everything that is in the case so far; pure, offline, and the same every time."""
    facts = Facts(case)
    results = faults(facts)
    way = walk(facts)
    holding = {slug: result for slug, result in results.items() if result.holds}
    unverified = next((slug for slug in GATE if slug in holding), None)
    suspended_by = None
    suspended = INTERCEPTED in holding or (unverified is not None and not case.run.insecure)
    if suspended:
        holding = {slug: result for slug, result in holding.items() if slug in (INTERCEPTED, UNBOUND, *GATE)}
    name = _winner(holding, facts, way)
    if unverified and name != unverified and case.run.insecure:
        suspended_by = unverified
    if name == "inconclusive" and healthy(facts, results).holds:
        name = "healthy"
    result = holding.get(name) or _rest(name, facts, results)
    return Verdict(
        finding=name,
        confidence=confidence_of(result, by_slug(name).confidence),
        path=way.steps,
        evidence=result.evidence,
        also=_also(holding, name),
        suspended_by=suspended_by,
        clients=clients(facts, suspended=suspended),
    )


def _winner(holding: dict[str, Result], facts: Facts, way: Walk) -> str:
    """Choose by symptom, supersession and rank; an overruled walk decides where its leaf holds."""
    run = facts.case.run
    passed_over = {slug for holder in holding for slug in by_slug(holder).supersedes}
    passed_over |= cannot_matter(facts)
    left = [slug for slug in holding if slug not in passed_over and by_slug(slug).explains_symptom(run.symptom)]
    if run.insecure and any(slug not in (UNBOUND, *GATE) for slug in left):
        left = [slug for slug in left if slug not in (UNBOUND, *GATE)]
    if way.overruled and way.leaf in left:
        return way.leaf
    beside = without_effect(facts)
    return min(left, key=lambda slug: _place(slug, holding, beside), default="inconclusive")


def _place(slug: str, holding: dict[str, Result], beside: frozenset[str]) -> tuple[int, int]:
    """Return where a finding stands: one that supersedes another, which holds too, stands in its place.

    What is true and decided nothing, ``beside``, stands behind everything that did.
    """
    finding = by_slug(slug)
    if slug in beside:
        return _BESIDE, finding.rank
    return min(
        [finding.rank, *(by_slug(other).rank for other in finding.supersedes if other in holding)]
    ), finding.rank


def _rest(name: str, facts: Facts, results: dict[str, Result]) -> Result:
    return healthy(facts, results) if name == "healthy" else inconclusive(facts, results)


def _also(holding: dict[str, Result], name: str) -> tuple[Also, ...]:
    others = sorted((slug for slug in holding if slug != name), key=lambda slug: by_slug(slug).rank)
    return tuple(
        Also(
            finding=slug,
            confidence=confidence_of(holding[slug], by_slug(slug).confidence),
            evidence=holding[slug].evidence,
        )
        for slug in others
    )
