"""Which probes a run with a symptom sends, replayed over what a run without one has seen on the wire."""

from typing import Any

import msgspec

from probes import diagnosis
from probes.adapt import hopeless
from probes.model import INTERCEPTED, Case, Probe, Symptom, Verdict
from probes.personas import CLIENTS
from probes.plan import PlanRequest, standard_plan


def sent_with(whole: Case, symptom: Symptom) -> tuple[tuple[str, ...], Verdict]:
    """Return the probes that a run with ``symptom`` would send, in their order, and its verdict.

    ``whole`` is the case of a run without a symptom: whatever is chosen has its answer there already.
    """
    run = msgspec.structs.replace(whole.run, symptom=symptom)
    case = msgspec.structs.replace(whole, run=run, observations=(), verdict=None)
    left, sent = _plan(whole, symptom), list[str]()
    while left and hopeless(case.observations) is None:
        verdict = diagnosis.verdict(case)
        chosen = () if verdict.finding == INTERCEPTED else diagnosis.wanted(case, left)
        if not chosen:
            break
        sent += [probe.id for probe in chosen]
        left = tuple(probe for probe in left if probe not in chosen)
        seen = tuple(one for one in whole.observations if one.probe.id in sent)
        case = msgspec.structs.replace(case, observations=seen)
    return tuple(sent), diagnosis.verdict(case)


def judged_with(whole: Case, symptom: Symptom) -> Verdict:
    """Return the verdict over everything that was seen, for somebody who complains of ``symptom``."""
    run = msgspec.structs.replace(whole.run, symptom=symptom)
    return diagnosis.verdict(msgspec.structs.replace(whole, run=run))


def _plan(whole: Case, symptom: Symptom) -> tuple[Probe, ...]:
    """Return those of the probes that were sent which the plan for ``symptom`` has too."""
    url, client = whole.target.url, CLIENTS.get(whole.run.client or "")
    # What was not sent is not chosen here either, so asking for more than the run did changes nothing.
    request = PlanRequest(url=url, identity="given", client=client, debug_path="/debug", check_forgery=True)
    names = {probe.id for probe in standard_plan(request, symptom).probes}
    sent = {one.probe.id: one.probe for one in whole.observations}
    return tuple(sorted((sent[name] for name in sent if name in names), key=lambda probe: probe.wave))


def as_case(printed: dict[str, Any]) -> Case:
    """Return what ``diagnose --json`` printed as the case that it is."""
    return msgspec.convert({name: value for name, value in printed.items() if name != "exit"}, Case)
