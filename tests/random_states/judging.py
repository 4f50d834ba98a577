"""Holds one diagnosis against the oracle, and counts what was said."""

import msgspec

from probes.model import Verdict
from tests.random_states.truth import Truth


def complaints(verdict: Verdict, truth: Truth) -> list[str]:
    """Return what is wrong with ``verdict``, empty when it is right or honestly says that it does not know."""
    said = verdict.finding
    found = []
    if truth.must is not None and said != truth.must:
        found.append(f"everything shows {truth.must} alone, and the verdict is {said}")
    elif said not in truth.permitted | {"inconclusive"}:
        found.append(f"the verdict is {said}, and only {', '.join(sorted(truth.permitted))} would be right")
    untrue = {also.finding for also in verdict.also} - truth.true
    return found + [f"{slug} stands beside the verdict, and is not true" for slug in sorted(untrue)]


class Tally(msgspec.Struct, kw_only=True):
    """What a series of examples came to: how many were decided by one fault or by none, and what was said."""

    seen: set[str] = msgspec.field(default_factory=set)
    decided: int = 0
    inconclusive: int = 0
    healthy: int = 0
    findings: set[str] = msgspec.field(default_factory=set)

    def count(self, example: str, verdict: Verdict, truth: Truth) -> None:
        """Take one example in; one that was drawn before counts no more."""
        if example in self.seen:
            return
        self.seen.add(example)
        self.decided += truth.must is not None
        self.inconclusive += verdict.finding == "inconclusive"
        self.healthy += verdict.finding == "healthy"
        self.findings |= {verdict.finding, *(also.finding for also in verdict.also)} - {"healthy", "inconclusive"}

    def __str__(self) -> str:
        """Return the figures on one line."""
        return (
            f"{len(self.seen)} states, {self.decided} of them with one answer; {len(self.findings)} findings named, "
            f"healthy {self.healthy}, inconclusive {self.inconclusive}"
        )
