"""Draws a waterfall as the shapes of an inline SVG; the template writes them, and escapes every text."""

from probes.model import Value
from probes.report.document import Waterfall

WIDTH = 760
LABELS = 112
NUMBERS = 62
ROW = 22
TOP = 20


class Rectangle(Value, frozen=True, kw_only=True):
    """One bar in user units of the drawing, with its label to the left and its milliseconds to the right."""

    x: float
    y: float
    width: float
    label: str
    took: str
    what: str
    role: str


class Tick(Value, frozen=True, kw_only=True):
    """One line of the scale."""

    x: float
    text: str


class Drawing(Value, frozen=True, kw_only=True):
    """A drawing: its size, its scale, its bars; ``title`` and ``summary`` say the same in words."""

    title: str
    summary: str
    height: float
    rectangles: tuple[Rectangle, ...]
    ticks: tuple[Tick, ...]


def drawing(drawn: Waterfall) -> Drawing:
    """Return the shapes of a waterfall."""
    lane = WIDTH - LABELS - NUMBERS
    scale = lane / drawn.total
    rectangles = tuple(
        Rectangle(
            x=round(LABELS + bar.start * scale, 1),
            y=TOP + place * ROW,
            width=round(max((bar.end - bar.start) * scale, 1.5), 1),
            label=bar.label,
            took=f"{bar.end - bar.start:.1f} ms",
            what=bar.what,
            role=bar.role,
        )
        for place, bar in enumerate(drawn.bars)
    )
    ticks = tuple(
        Tick(x=round(LABELS + value * scale, 1), text=f"{value:g}") for value in _ticks(drawn.total) if value >= 0
    )
    summary = "; ".join(f"{bar.label} from {bar.start:.1f} to {bar.end:.1f} ms" for bar in drawn.bars)
    height = TOP + len(drawn.bars) * ROW + 6
    return Drawing(title=drawn.title, summary=summary, height=height, rectangles=rectangles, ticks=ticks)


def _ticks(total: float) -> list[float]:
    """Return at most six round numbers from 0 to ``total``."""
    step = next(
        step * 10.0**power for power in range(-3, 12) for step in (1, 2, 5) if total / (step * 10.0**power) <= 5
    )
    return [round(number * step, 6) for number in range(int(total / step) + 1)]
