"""Compares the cost of two ways to do the same, turn by turn, so that a noisy machine is noisy for both."""

import gc
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

Step = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class Pair:
    """What one repetition cost in one round, in seconds of the clock that was used."""

    ours: float
    theirs: float

    @property
    def ratio(self) -> float:
        """Ours divided by theirs."""
        return self.ours / self.theirs


async def interleaved(
    ours: Step, theirs: Step, *, rounds: int, repetitions: int, clock: Callable[[], float] = time.process_time
) -> tuple[Pair, ...]:
    """Run both in turns and return one pair for each round.

    Who goes first changes from round to round, so that a drift of the machine favours nobody. The default clock is
    the CPU time of this process with all its threads; a server in another process does not count.
    """
    # The first call of each pays for what is made once: contexts, lazy imports.
    await ours()
    await theirs()
    pairs: list[Pair] = []
    for number in range(rounds):
        first, second = (ours, theirs) if number % 2 == 0 else (theirs, ours)
        one = await _block(first, repetitions, clock)
        other = await _block(second, repetitions, clock)
        pairs.append(Pair(one, other) if number % 2 == 0 else Pair(other, one))
    return tuple(pairs)


async def _block(step: Step, repetitions: int, clock: Callable[[], float]) -> float:
    # What the other side left behind must not be collected on this side's bill.
    gc.collect()
    began = clock()
    for _ in range(repetitions):
        await step()
    return (clock() - began) / repetitions
