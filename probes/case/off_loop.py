"""Runs a short blocking call beside the event loop, on a thread that never keeps the program from ending."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress


async def off_loop(call: Callable[[], None]) -> None:
    """Run ``call`` on a daemon thread and wait for it; what it raises is raised here.

    A write to a slow disk would otherwise stand in the timing of the probes that are running. The loop's own
    executor is not used: a program that is stopped waits for its threads. Cancelling this does not stop the call.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def finish(fault: BaseException | None) -> None:
        if not done.done():
            done.set_exception(fault) if fault else done.set_result(None)

    def run() -> None:
        fault: BaseException | None = None
        try:
            call()
        except BaseException as raised:
            fault = raised
        with suppress(RuntimeError):  # the loop was closed while the call ran
            loop.call_soon_threadsafe(finish, fault)

    threading.Thread(target=run, daemon=True, name="case file").start()
    await done
