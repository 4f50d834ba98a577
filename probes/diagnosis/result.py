"""What a predicate answers: one of three values, the evidence it used, and how strong that evidence is."""

from typing import Generic, Literal, TypeVar

from probes.model import Confidence, Value

T = TypeVar("T")
State = Literal["holds", "refuted", "unknown"]
Strength = Literal["wire", "settings", "hint"]

_CONFIDENCE: dict[Strength, Confidence] = {"wire": "confirmed", "settings": "likely", "hint": "possible"}
_ORDER: tuple[Confidence, ...] = ("possible", "likely", "confirmed")


class Result(Value, frozen=True, kw_only=True):
    """The answer of one predicate about one case.

    ``evidence`` is written as :class:`probes.model.Step` describes. ``strength`` says what a holding answer rests
    on: ``wire`` was seen on a connection, ``settings`` was only read, ``hint`` fits but proves nothing by itself.
    """

    state: State
    evidence: tuple[str, ...] = ()
    strength: Strength = "wire"

    @property
    def holds(self) -> bool:
        """Whether the finding is true of the case."""
        return self.state == "holds"


class Known(Value, Generic[T], frozen=True, kw_only=True):
    """A fact with its evidence; ``value`` None means that it is not known."""

    value: T | None = None
    evidence: tuple[str, ...] = ()


def holds(*evidence: str, strength: Strength = "wire") -> Result:
    """Return a holding result."""
    return Result(state="holds", evidence=unique(evidence), strength=strength)


def refuted(*evidence: str) -> Result:
    """Return a refuted result."""
    return Result(state="refuted", evidence=unique(evidence))


def unknown(*evidence: str) -> Result:
    """Return a result that could not be decided; ``evidence`` is what is there so far."""
    return Result(state="unknown", evidence=unique(evidence))


def unique(evidence: tuple[str, ...]) -> tuple[str, ...]:
    """Return ``evidence`` without repetitions, in its order."""
    return tuple(dict.fromkeys(evidence))


def confidence_of(result: Result, highest: Confidence) -> Confidence:
    """Return how sure a holding result is, never above what its finding allows."""
    return min(_CONFIDENCE[result.strength], highest, key=_ORDER.index)
