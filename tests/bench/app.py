"""The app's first paint against that of an empty app, and its keys while a plan runs against those when idle."""

import asyncio
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.bench.app_empty import MARK
from tests.bench.app_terminal import Screen, on_terminal
from tests.bench.far import FarLab, far_lab
from tests.bench.rows import BenchFailed, Row

PAINT_BAR = 1.4
"""Times the first paint of an empty app, from the start of the interpreter to the words on the terminal."""
KEY_BAR = 1.5
"""Times the time from a key to what it shows, when nothing is being sent."""
FIRST_WORDS = b"Practise in the lab"
SITE = "large-body-renegotiation"
DELAY_MS = 20.0
"""One way to the site: the plan then runs for some seconds, in which keys can be pressed."""
KEYS = (("1", b"try a path"), ("2", b"run as"))
"""A key and words that stand on the terminal only once it was obeyed: both pages are there, idle or not."""
_ROOT = Path(__file__).parents[2]


async def app_rows(*, paints: int = 9, rounds: int = 5) -> tuple[Row, ...]:
    """Measure both. Raises BenchFailed where the app does not show what it should."""
    paint = await asyncio.to_thread(paint_row, paints)
    async with far_lab(SITE, DELAY_MS) as far:
        return (paint, await asyncio.to_thread(key_row, far, rounds))


def paint_row(rounds: int) -> Row:
    """Measure the first paint, in turns with the empty app; the least of each side counts."""
    ours, empty = [sys.executable, "-m", "tui"], [sys.executable, "-m", "tests.bench.app_empty", *_widgets()]
    pairs = []
    for number in range(rounds + 1):
        first = _paint(ours, FIRST_WORDS) if number % 2 else 0.0
        other = _paint(empty, MARK.encode())
        pairs.append((first or _paint(ours, FIRST_WORDS), other))
    # The first round pays for what the system then has in its cache.
    pairs = pairs[1:]
    least, bare = min(one for one, _ in pairs), min(other for _, other in pairs)
    return Row(
        name="first paint of the app / an empty Textual app",
        measured=least / bare,
        samples=tuple(one / other for one, other in pairs),
        bar=PAINT_BAR,
        detail=f"the least of each side, {least * 1000:.0f} ms against {bare * 1000:.0f} ms from the start of Python "
        "on; the empty app imports the same modules of widgets",
    )


def _widgets() -> list[str]:
    """Return the modules of widgets that the app imports for its first screen: Textual's, and its own."""
    ours = "('textual.', 'tui.widgets.')"
    code = f"import sys, tui.app\nprint(*sorted(name for name in sys.modules if name.startswith({ours})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=_ROOT)
    return done.stdout.split()


def _paint(command: list[str], words: bytes) -> float:
    with on_terminal(command) as (screen, began):
        return screen.until(words, began)


def key_row(far: FarLab, rounds: int) -> Row:
    """Measure keys while a plan runs and when it is over, run by run; the median of the rounds' ratios counts."""
    ready = far.ready
    options = ("--ca", ready.ca, "--cert", ready.certificate, "--connect-to", f"127.0.0.1:{far.relay_port}")
    with TemporaryDirectory(prefix="mtls-triage-bench-") as folder:
        notes = Path(folder) / "notes"
        command = [sys.executable, "-m", "tests.bench.app_watched", str(notes), ready.target, *options]
        with on_terminal([*command, "--parallel", "2"]) as (screen, began):
            screen.until(b"outcome", began)
            _await_end(screen, notes, 1)
            pairs = [_round(screen, notes, number + 2) for number in range(rounds)]
    ratios = tuple(median(busy) / median(idle) for busy, idle in pairs)
    busy, idle = (median(one for pair in pairs for one in pair[side]) for side in (0, 1))
    count = sum(len(pair[0]) for pair in pairs)
    return Row(
        name="key to paint while a plan runs / idle",
        measured=median(ratios),
        samples=ratios,
        bar=KEY_BAR,
        detail=f"the median ratio; {busy * 1000:.1f} ms against {idle * 1000:.1f} ms, of {count} "
        f"keys during {rounds} whole plans at {2 * DELAY_MS:.0f} ms round trip and as many after",
    )


def _round(screen: Screen, notes: Path, run: int) -> tuple[list[float], list[float]]:
    """Run the plan again and press keys until it is over, then as many; an even number, so that it ends on Probes."""
    screen.press("R", b"robing")
    busy: list[float] = []
    while _noted(notes, "over") < run:
        sample = _both(screen, len(busy))
        if _noted(notes, "began") == run and _noted(notes, "over") < run:
            busy += sample
    if len(busy) < 6:
        raise BenchFailed(f"only {len(busy)} keys were pressed before the plan was over")
    screen.drain(0.5)
    return busy, [one for number in range(0, len(busy), 2) for one in _both(screen, number)]


def _both(screen: Screen, number: int) -> list[float]:
    """Go to the page of the settings and back; returns the seconds of each key."""
    times = []
    for place, (key, words) in enumerate(KEYS, number):
        # Repaints come in step: the pause must not keep step with them.
        screen.drain(0.03 + 0.013 * (place % 7))
        times.append(screen.press(key, words))
    return times


def _noted(notes: Path, word: str) -> int:
    return notes.read_text(encoding="utf-8").count(word) if notes.exists() else 0


def _await_end(screen: Screen, notes: Path, run: int) -> None:
    ends = time.monotonic() + 60
    while _noted(notes, "over") < run:
        if time.monotonic() > ends:
            raise BenchFailed("the plan did not end within 60 s")
        screen.drain(0.1)
