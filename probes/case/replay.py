"""Judges a case again that was read from a file, and says where that differs from what was judged then."""

import msgspec

from probes import diagnosis
from probes.case.assembling import Parts
from probes.model import Case, Verdict
from probes.version import VERSION


def settle(parts: Parts) -> tuple[Case, tuple[str, ...]]:
    """Return the case with its verdict, and notes about it.

    The verdict of the run stands, also where this version would say something else: that is told in a note. It is
    computed anew only where the run ended before it could write one over all its observations.
    """
    case = parts.case()
    now = diagnosis.verdict(case)
    if parts.end is None and (case.verdict is None or parts.verdict_at < len(parts.observations)):
        unknown = dict.fromkeys((*case.unknown, *diagnosis.unknowns(case)))
        found = msgspec.structs.replace(case, verdict=now, unknown=tuple(unknown))
        return found, ("The run was ended before its verdict was written; the verdict is that over what was seen.",)
    stored = case.verdict
    if stored is None:
        return msgspec.structs.replace(case, verdict=now), ("The file holds no verdict; it was computed now.",)
    notes = () if parts.end else ("The run was ended before it was complete.",)
    missing = _not_known(stored)
    if missing:
        told = (
            f"The verdict of the run names {missing}, which this version ({VERSION}) does not know; this is its own."
        )
        return msgspec.structs.replace(case, verdict=now), (*notes, told)
    if stored == now:
        return case, notes
    return case, (*notes, _otherwise(stored, now, case))


def _not_known(verdict: Verdict) -> str | None:
    for slug in (verdict.finding, *(also.finding for also in verdict.also)):
        try:
            diagnosis.finding(slug)
        except KeyError:
            return slug
    return None


def _otherwise(stored: Verdict, now: Verdict, case: Case) -> str:
    made = f"the run's own, made with {case.run.tool}"
    if (stored.finding, stored.confidence) != (now.finding, now.confidence):
        return (
            f"The verdict is {made}. This version ({VERSION}) would say {now.finding} ({now.confidence}) of the same "
            "observations."
        )
    return f"The verdict is {made}. This version ({VERSION}) names the same finding, and differs in its details."
