"""Which of the probes that are left are to be sent next, and when nothing more needs to be sent."""

from collections.abc import Iterable, Sequence

from probes.diagnosis.facts import Facts
from probes.diagnosis.predicates import FAULTS
from probes.diagnosis.scope import SELECTORS
from probes.diagnosis.tree import UNKNOWN, the_tree
from probes.diagnosis.walk import Walk, walk
from probes.model import Case, Probe


def wanted(case: Case, remaining: Sequence[Probe]) -> tuple[Probe, ...]:
    """Return those of ``remaining`` that are to be sent next, in their order; none when the answer is there.

    Without a symptom that is the plan's next wave. With one the tree asks: first what it cannot begin without, then
    whatever its next open question needs, one question at a time, as each answer may make the rest needless. A
    finding is named when everything was sent that its own question needs; that nothing is found, when every question
    on the way has had all of its probes.
    """
    if case.run.symptom == "unknown":
        return _next_wave(remaining)
    facts = Facts(case)
    chosen = () if case.observations else _to_begin_with(facts, remaining)
    chosen = chosen or _next(facts, walk(facts), remaining)
    # A canary is sent because the user asked for it, whatever the symptom.
    return chosen or tuple(probe for probe in remaining if probe.canary)


def _next_wave(remaining: Sequence[Probe]) -> tuple[Probe, ...]:
    wave = min((probe.wave for probe in remaining), default=0)
    return tuple(probe for probe in remaining if probe.wave == wave)


def _to_begin_with(facts: Facts, remaining: Sequence[Probe]) -> tuple[Probe, ...]:
    """Return the user's own request as it is and held at TLS 1.2.

    The second says early whether the version that most probes hold to is spoken at all, and one failure alone does
    not make a site unreachable.
    """
    first, held = SELECTORS["own-get"], SELECTORS["here-12"]
    return tuple(
        probe
        for probe in remaining
        if first(facts.scope, probe) or (held(facts.scope, probe) and probe.identity == facts.scope.identity)
    )


def _next(facts: Facts, way: Walk, remaining: Sequence[Probe]) -> tuple[Probe, ...]:
    questions = the_tree().questions
    for step in way.steps:
        if step.answer == UNKNOWN and (chosen := _needed(facts, questions[step.node].needs, remaining)):
            return chosen
    if way.leaf in FAULTS and FAULTS[way.leaf](facts).holds:
        return _needed(facts, questions[way.steps[-1].node].needs, remaining)
    # The walk ended at no fault that holds, maybe because the user's answer led away from the evidence.
    nodes = (*(step.node for step in way.steps), _EVERYTHING_ELSE)
    return _needed(facts, (name for node in nodes for name in questions[node].needs), remaining)


_EVERYTHING_ELSE = "expected"
"""The question that stands before "nothing is wrong"."""


def _needed(facts: Facts, names: Iterable[str], remaining: Sequence[Probe]) -> tuple[Probe, ...]:
    selectors = [SELECTORS[name] for name in names]
    return tuple(probe for probe in remaining if any(wants(facts.scope, probe) for wants in selectors))
