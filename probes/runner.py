"""Runs probes side by side and yields what happens as it happens."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

from probes.model import Observation, Probe
from probes.progress import ProbeStarted, ProbeWaiting
from probes.wire.engine import Engine, Seen

Happening = ProbeStarted | ProbeWaiting | Seen


def deserves_small_hello(observation: Observation) -> bool:
    """Say whether the handshake broke before the server said a word.

    Boxes that drop a ClientHello of two TCP segments look like a dead server; a small one tells them apart.
    """
    if observation.awaiting != "handshake" or observation.outcome not in ("timeout", "reset", "closed"):
        return False
    return not any(event.direction == "in" and event.kind in ("tls", "alert") for event in observation.events)


class Runner:
    """Sends probes through an engine, at most ``parallel`` at a time."""

    def __init__(self, engine: Engine, parallel: int) -> None:
        self._engine = engine
        self._gate = asyncio.Semaphore(parallel)
        self._happenings: asyncio.Queue[Happening | None] = asyncio.Queue()

    async def run(self, probes: Sequence[tuple[str, Probe]]) -> AsyncGenerator[Happening, None]:
        """Send every (observation id, probe) and yield starts, waits and results until all have ended.

        Closing the iterator cancels what is still running; its sockets are closed then.
        """
        tasks = [asyncio.create_task(self._one(name, probe)) for name, probe in probes]
        ending = asyncio.create_task(self._end(tasks))
        try:
            while (happening := await self._happenings.get()) is not None:
                yield happening
            await ending
        finally:
            for task in (*tasks, ending):
                task.cancel()
            await asyncio.gather(*tasks, ending, return_exceptions=True)

    async def _end(self, tasks: Sequence[asyncio.Task[None]]) -> None:
        results = await asyncio.gather(*tasks, return_exceptions=True)
        self._happenings.put_nowait(None)
        for result in results:
            if isinstance(result, Exception):
                raise result

    async def _one(self, name: str, probe: Probe) -> None:
        async with self._gate:
            seen = await self._observe(name, probe, attempt=1)
            if deserves_small_hello(seen.observation):
                await self._observe(f"{name}.2", probe, attempt=2)

    async def _observe(self, name: str, probe: Probe, attempt: int) -> Seen:
        limit = self._engine.settings.timeout_s
        self._happenings.put_nowait(ProbeStarted(probe=probe, limit_s=limit))
        seen = await self._engine.observe(
            probe,
            name,
            attempt=attempt,
            small_hello=attempt > 1,
            on_waiting=lambda what: self._happenings.put_nowait(ProbeWaiting(probe_id=probe.id, awaiting=what)),
        )
        self._happenings.put_nowait(seen)
        return seen
