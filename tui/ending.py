"""Ends the app in order when the system asks for it: the terminal is given back, the case and the lab are closed."""

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from textual.app import App

ASKED = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Signals that ask a program to end; SIGHUP comes when the terminal is gone, and Windows does not know it."""
PATIENCE_S = 5.0
"""Seconds after which the process ends whatever still holds it up."""


@contextmanager
def in_order(app: App[Any]) -> Iterator[None]:
    """While the block runs, let a signal end ``app`` with the exit status 128 + its number, as shells count.

    By default such a signal ends the process at once and leaves the terminal without echo and with the mouse on.
    Must be entered on the running event loop of the main thread.
    """
    loop = asyncio.get_running_loop()
    last: threading.Timer | None = None

    def end(number: int) -> None:
        nonlocal last
        if number not in (signal.SIGINT, signal.SIGTERM) and _terminal_is_gone():
            _draw_on_nothing()
        if last is None:
            last = threading.Timer(PATIENCE_S, os._exit, [128 + number])
            last.daemon = True
            last.start()
        app.exit(return_code=128 + number)

    heard: set[int] = set()
    for number in ASKED:
        with suppress(NotImplementedError):  # an event loop of Windows
            loop.add_signal_handler(number, end, int(number))
            heard.add(number)
    try:
        yield
    finally:
        for number in heard:
            loop.remove_signal_handler(number)
        if last is not None:
            last.cancel()


def _terminal_is_gone() -> bool:
    import termios  # not on Windows, as the signal that asks for it

    try:
        termios.tcgetattr(2)
    except (termios.error, OSError):
        return True
    return False


def _draw_on_nothing() -> None:
    # A write to a terminal that has gone fails, and whoever draws then waits for ever for its writer.
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nothing, number)
    os.close(nothing)
