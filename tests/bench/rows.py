"""What a benchmark says: one row for each bar, computed from the samples of one run, and the table of all rows."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

HEADINGS = ("measured", "bar", "of rounds, lowest to highest", "")


class BenchFailed(Exception):
    """What was to be compared did not happen, so there is no number; the text says what was seen instead."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One bar and what was measured against it.

    ``measured`` is compared with ``bar``; ``at_least`` says on which side of it it must be. ``samples`` has one value
    for each round. ``unit`` is ``×`` for a ratio or ``MiB`` for 2**20 bytes. ``detail`` says what was computed from
    what.
    """

    name: str
    measured: float
    samples: tuple[float, ...]
    bar: float
    unit: Literal["×", "MiB"] = "×"
    at_least: bool = False
    detail: str = ""

    @property
    def met(self) -> bool:
        """Whether what was measured keeps to the bar."""
        return self.measured >= self.bar if self.at_least else self.measured <= self.bar


@dataclass(frozen=True, kw_only=True)
class NotMeasured:
    """A bar that could not be checked, and why; ``fault`` is False when only a program is missing here."""

    name: str
    why: str
    fault: bool = True


Result = Row | NotMeasured


def exit_status(results: Sequence[Result]) -> int:
    """Return 1 when a bar is missed or could not be checked by a fault, else 0.

    With ``CI=true`` a missing program is a fault too: a run that is meant to be complete must not shrink.
    """
    complete = os.environ.get("CI") == "true"
    for result in results:
        if isinstance(result, Row):
            if not result.met:
                return 1
        elif result.fault or complete:
            return 1
    return 0


def table(results: Sequence[Result]) -> str:
    """Return the rows as an aligned table, and below it what they were computed from."""
    cells = [("", *HEADINGS)] + [_cells(result) for result in results]
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    lines = ["  ".join(_aligned(line, widths)).rstrip() for line in cells]
    notes = [f"{result.name}: {_note(result)}" for result in results if _note(result)]
    return "\n".join([*lines, "", *notes])


def _aligned(line: tuple[str, ...], widths: Sequence[int]) -> list[str]:
    return [
        text.rjust(width) if column in (1, 2) else text.ljust(width)
        for column, (text, width) in enumerate(zip(line, widths, strict=True))
    ]


def _cells(result: Result) -> tuple[str, ...]:
    if isinstance(result, NotMeasured):
        return (result.name, "-", "-", "", "NOT MEASURED")
    sign = "≥" if result.at_least else "≤"
    spread = f"{len(result.samples)}: {_value(min(result.samples), result)} to {_value(max(result.samples), result)}"
    verdict = "met" if result.met else "MISSED"
    return (result.name, _value(result.measured, result), f"{sign} {_value(result.bar, result)}", spread, verdict)


def _value(number: float, row: Row) -> str:
    return f"{number:.2f}×" if row.unit == "×" else f"{number:.1f} MiB"


def _note(result: Result) -> str:
    return result.why if isinstance(result, NotMeasured) else result.detail
