"""Which of the probes that are left the tree still needs to answer the symptom's question."""

from collections.abc import Sequence

from probes.diagnosis.catalogue import by_slug
from probes.diagnosis.facts import Facts
from probes.diagnosis.predicates import FAULTS
from probes.diagnosis.result import confidence_of
from probes.diagnosis.scope import SELECTORS
from probes.diagnosis.tree import the_tree
from probes.diagnosis.walk import open_questions, walk
from probes.model import Case, Probe


def wanted(case: Case, remaining: Sequence[Probe]) -> tuple[Probe, ...]:
    """Return those of ``remaining`` that can still change the answer, in their order.

    Without a symptom that is all of them. With one it is what the open questions need, and what the last question
    needs while its finding could still be surer than it is.
    """
    if case.run.symptom == "unknown":
        return tuple(remaining)
    facts = Facts(case)
    needs = {name for question in open_questions(facts) for name in question.needs} | _to_be_surer(facts)
    selectors = [SELECTORS[name] for name in needs]
    # A canary is sent because the user asked for it, whatever the symptom.
    return tuple(
        probe for probe in remaining if probe.canary or any(wants(facts.scope, probe) for wants in selectors)
    )


def _to_be_surer(facts: Facts) -> set[str]:
    way = walk(facts)
    if way.leaf not in FAULTS:
        return set()
    result, highest = FAULTS[way.leaf](facts), by_slug(way.leaf).confidence
    if not result.holds or confidence_of(result, highest) == highest:
        return set()
    return set(the_tree().questions[way.steps[-1].node].needs)
