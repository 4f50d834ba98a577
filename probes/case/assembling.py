"""Puts the lines of a case file together again, in the order that the run itself had."""

from dataclasses import dataclass, field

from probes.case.line import End, Withdrawn
from probes.model import (
    Answer,
    Case,
    CredentialFacts,
    Observation,
    Prediction,
    Run,
    SiteConfig,
    Target,
    Unknown,
    Value,
    Verdict,
    VerificationRun,
)
from probes.plan import Plan


@dataclass
class Parts:
    """What was read so far. ``verdict_at`` is how many observations there were when the verdict was written.

    It is -1 where the user said something after the verdict.

    ``unknown`` is the whole list as it stood after the latest verdict: a verdict line begins it anew.
    """

    run: Run | None = None
    target: Target | None = None
    credential: CredentialFacts = field(default_factory=CredentialFacts)
    configuration: SiteConfig = field(default_factory=SiteConfig)
    plan: Plan | None = None
    verdict: Verdict | None = None
    verdict_at: int = 0
    verification: VerificationRun | None = None
    end: End | None = None
    observations: dict[str, Observation] = field(default_factory=dict)
    predictions: list[Prediction] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    unknown: list[Unknown] = field(default_factory=list)

    def take(self, kind: str, value: Value) -> None:
        """Take the value of one line of this kind; of what there is one of, the latest stands."""
        match value:
            case Observation():
                self.observations[value.id] = value
                self.end = None
            case Verdict():
                self.verdict, self.verdict_at = value, len(self.observations)
                self.unknown.clear()
            case Unknown():
                self.unknown.append(value)
            case Answer() | Withdrawn():
                self.answers = [one for one in self.answers if one.node != value.node]
                self.answers += [value] if isinstance(value, Answer) else []
                self._stale()
            case SiteConfig():
                self.configuration = value
                self.predictions.clear()
                self._stale()
            case Run():
                self.run = value
                self._stale()
            case Prediction():
                self.predictions.append(value)
            case _:
                setattr(self, kind, value)

    def _stale(self) -> None:
        # What is judged by what was just said stands in the lines after it, unless the run was ended before them.
        self.verdict_at, self.end = -1, None

    def case(self) -> Case:
        """Return the case; observations stand in the order of the plan, as in the run."""
        assert self.run is not None
        assert self.target is not None
        probes = self.plan.probes if self.plan else ()
        order = {probe.id: place for place, probe in enumerate(probes)}
        seen = sorted(self.observations.values(), key=lambda one: (order.get(one.probe.id, len(order)), one.attempt))
        return Case(
            run=self.run,
            target=self.target,
            credential=self.credential,
            configuration=self.configuration,
            predictions=tuple(self.predictions),
            observations=tuple(seen),
            answers=tuple(self.answers),
            verdict=self.verdict,
            verification=self.verification,
            unknown=tuple(self.unknown),
        )
