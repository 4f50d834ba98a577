"""What the user says of a case that is open: each function returns the case with it, and the lines of its file."""

import msgspec

from probes import diagnosis
from probes.case import Lines, Withdrawn
from probes.judgement import judged
from probes.model import Answer, Case, Probe, Run, SiteConfig, Symptom, VerificationRun

Revised = tuple[Case, Lines]
"""A case, not yet judged anew, and what is to be appended to its file before the new verdict."""


def answered(case: Case, node: str, answer: str | None) -> Revised:
    """Return the case with the user's answer to the question ``node``; None takes an earlier answer back."""
    others = tuple(one for one in case.answers if one.node != node)
    case = msgspec.structs.replace(case, answers=others)
    if answer is None:
        return case, [("withdrawn", Withdrawn(node=node))]
    given = Answer(node=node, answer=answer, by="user", overrules=diagnosis.overrules(case, node, answer))
    return msgspec.structs.replace(case, answers=(*others, given)), [("answer", given)]


def complained(case: Case, symptom: Symptom) -> Revised:
    """Return the case with the symptom that the user has."""
    return _with_run(case, msgspec.structs.replace(case.run, symptom=symptom))


def with_client(case: Case, name: str) -> Revised:
    """Return the case with the client that the user has, by its name in ``probes.personas``."""
    return _with_run(case, msgspec.structs.replace(case.run, client=name))


def _with_run(case: Case, run: Run) -> Revised:
    return msgspec.structs.replace(case, run=run), [("run", run)]


def configured(case: Case, configuration: SiteConfig, planned: tuple[Probe, ...]) -> Revised:
    """Return the case with settings that were read later; what was seen is judged by them, and predicted."""
    seen = tuple(judged(one, configuration) for one in case.observations)
    probes = {probe.id: probe for probe in (*planned, *(made.probe for made in seen))}
    predictions = diagnosis.predict(configuration, probes.values())
    lines: Lines = [("configuration", configuration)]
    lines += [("prediction", one) for one in predictions]
    # Whether a request got to the app is judged by the settings too, so the observations are written once more.
    lines += [("observation", one) for one in seen]
    case = msgspec.structs.replace(case, configuration=configuration, observations=seen, predictions=predictions)
    return case, lines


def verified(case: Case, verification: VerificationRun) -> Revised:
    """Return the case with the latest verification of its fix."""
    return msgspec.structs.replace(case, verification=verification), [("verification", verification)]
