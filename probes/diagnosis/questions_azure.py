"""Answers the questions of the tree that are about the site in Azure."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from probes.diagnosis import predicates_azure as azure
from probes.diagnosis import predicates_slots as slots
from probes.diagnosis import predicates_strangers as strangers
from probes.diagnosis.facts import Facts
from probes.diagnosis.result import Known, Result

Reply = Known[str]

_DOORS = (
    (azure.site_stopped, "the site is stopped"),
    (azure.public_access_disabled, "public access is off"),
    (azure.access_restricted, "your address is refused"),
)


def _of(result: Result, yes: str, no: str) -> Reply:
    return Known(value={"holds": yes, "refuted": no}.get(result.state), evidence=result.evidence)


def _door(facts: Facts) -> Reply:
    results = [(predicate(facts), answer) for predicate, answer in _DOORS]
    for result, answer in results:
        if result.holds:
            return Known(value=answer, evidence=result.evidence)
    stopped, _, restricted = (result for result, _ in results)
    let_in = stopped.state == "refuted" and restricted.state == "refuted"
    return Known(value="it does" if let_in else None, evidence=restricted.evidence)


def _uploaded(facts: Facts) -> Reply:
    there = strangers.uploaded(facts)
    # Only the user knows what an uploaded certificate is for; where there is none, nothing can be expected of it.
    return Known(value=strangers.NOT_EXPECTED if there.value is False else None, evidence=there.evidence)


def _bound(facts: Facts) -> Reply:
    if facts.case.run.insecure:
        return Known()
    return _of(azure.host_name_unbound(facts), "it is not", "it is")


ASK_AZURE: Mapping[str, Callable[[Facts], Reply]] = MappingProxyType(
    {
        "bound": _bound,
        "door": _door,
        "login": lambda facts: _of(azure.easy_auth_refused(facts), "it asks for a login", "it does not"),
        "acts": lambda facts: _of(azure.settings_not_in_effect(facts), "it does not", "it does"),
        "plan": lambda facts: _of(azure.plan_too_small(facts), "it is too small", "it has"),
        "with-http2": lambda facts: _of(azure.http2_disables_certificates(facts), "they were", "they were not"),
        "uploaded": _uploaded,
        "strangers": lambda facts: _of(strangers.uploaded_cer_is_no_trust_list(facts), "one is", "none is"),
        "slots": lambda facts: _of(slots.on_in_another_slot(facts), "they are", "they are not"),
        "other-slot": lambda facts: _of(slots.passes_in_another_slot(facts), "they would", "they would not"),
    }
)
"""What the evidence answers to each of these questions, by the question's name."""
