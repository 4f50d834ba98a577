"""Runs work in a daemon thread, so that nothing that hangs in it can hold up the app or the end of the program."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def in_thread(work: Callable[[], T]) -> T:
    """Run a blocking call in a daemon thread and wait for it; cancelling the wait drops its result."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def run() -> None:
        try:
            result = work()
        except BaseException as fault:
            _tell(loop, future, fault=fault)
        else:
            _tell(loop, future, result=result)

    threading.Thread(target=run, daemon=True, name="azure").start()
    return await future


async def in_own_loop(make: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine in a daemon thread with an event loop of its own; cancelling the wait cancels the coroutine.

    The imports of the Azure libraries take up to seconds and would freeze the app's own loop.
    """
    running: list[tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]]] = []
    gone = threading.Event()

    async def main() -> T:
        task = asyncio.current_task()
        assert task is not None
        running.append((asyncio.get_running_loop(), task))
        if gone.is_set():
            raise asyncio.CancelledError
        return await make()

    try:
        return await in_thread(lambda: asyncio.run(main()))
    except asyncio.CancelledError:
        gone.set()
        for loop, task in running:
            if not loop.is_closed():
                loop.call_soon_threadsafe(task.cancel)
        raise


class OwnLoop:
    """An event loop in a daemon thread, for work that goes on over several questions."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        # What is left open when the program ends is nobody's news.
        self._loop.set_exception_handler(lambda _loop, _context: None)
        self._thread = threading.Thread(target=self._run, daemon=True, name="azure")
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()

    async def ask(self, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run a coroutine over there and wait for it; cancelling the wait cancels the coroutine."""
        if self._loop.is_closed():
            raise asyncio.CancelledError
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(make(), self._loop))

    def stop(self, last: Callable[[], Coroutine[Any, Any, None]], wait_s: float = 0.0) -> None:
        """Cancel all that runs, run ``last``, and end; waits for that at most ``wait_s`` seconds."""

        async def end() -> None:
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            try:
                async with asyncio.timeout(1.0):
                    await asyncio.gather(*others, return_exceptions=True)
                    await last()
            finally:
                self._loop.stop()

        def begin() -> None:
            ending.append(self._loop.create_task(end()))

        ending: list[asyncio.Task[None]] = []
        try:
            self._loop.call_soon_threadsafe(begin)
        except RuntimeError:
            return  # it was stopped before
        if wait_s:
            self._thread.join(wait_s)


def _tell(
    loop: asyncio.AbstractEventLoop,
    future: asyncio.Future[T],
    *,
    result: T | None = None,
    fault: BaseException | None = None,
) -> None:
    def settle() -> None:
        if future.done():
            return
        if fault is None:
            future.set_result(result)  # type: ignore[arg-type]
        elif isinstance(fault, asyncio.CancelledError):
            future.cancel()
        else:
            # A fault that could end the program from a thread becomes one that the caller can see.
            future.set_exception(fault if isinstance(fault, Exception) else RuntimeError(type(fault).__name__))

    try:
        loop.call_soon_threadsafe(settle)
    except RuntimeError:
        return  # the loop was closed in the meantime: nobody waits any more
