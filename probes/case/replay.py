"""The verdict of a case that was read from a file: that of its run, and whether this version would say the same."""

import msgspec

from probes import diagnosis
from probes.case.assembling import Parts
from probes.model import Case, Verdict
from probes.version import VERSION


def settle(parts: Parts) -> tuple[Case, tuple[str, ...]]:
    """Return the case with its verdict, and notes about it.

    The verdict of the run stands. It is computed anew only where the run ended before it could write one over all
    its observations, or where it names something that this version does not know.
    """
    case = parts.case()
    if parts.end is None and (case.verdict is None or parts.verdict_at < len(parts.observations)):
        unknown = dict.fromkeys((*case.unknown, *diagnosis.unknowns(case)))
        found = msgspec.structs.replace(case, verdict=diagnosis.verdict(case), unknown=tuple(unknown))
        return found, ("The run was ended before its verdict was written; the verdict is that over what was seen.",)
    stored = case.verdict
    if stored is None:
        found = msgspec.structs.replace(case, verdict=diagnosis.verdict(case))
        return found, ("The file holds no verdict; it was computed now.",)
    notes = () if parts.end else ("The run was ended before it was complete.",)
    missing = _not_known(stored)
    if missing:
        told = (
            f"The verdict of the run names {missing}, which this version ({VERSION}) does not know; this is its own."
        )
        return msgspec.structs.replace(case, verdict=diagnosis.verdict(case)), (*notes, told)
    return case, notes


def replayed(case: Case) -> tuple[str, ...]:
    """Judge a case anew; return a note where this version would not say what its verdict says, nothing otherwise."""
    now = diagnosis.verdict(case)
    if case.verdict is None or case.verdict == now:
        return ()
    return (_otherwise(case.verdict, now, case),)


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
