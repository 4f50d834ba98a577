"""Says whether there is a terminal to draw on, and asks on it so that Ctrl-C works; imports nothing heavy."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from probes.errors import UsageFault


def require_terminal() -> None:
    """Raise UsageFault, which ends with status 2, where the app could not be drawn or could not read keys."""
    missing = None
    if os.environ.get("TEXTUAL_DRIVER"):
        return  # a browser is the terminal: ``mtls-triage serve``
    if not sys.stdin.isatty():
        missing = "standard input is no terminal"
    elif not sys.stdout.isatty():
        missing = "standard output is no terminal"
    elif not sys.stderr.isatty():
        # Textual draws on standard error.
        missing = "standard error is no terminal"
    elif os.environ.get("TERM", "") in ("dumb", "unknown"):
        missing = "the terminal (TERM) can show plain lines only"
    if missing is not None:
        raise UsageFault(f"The app cannot open: {missing}. `mtls-triage diagnose TARGET` does the same without it.")


@contextmanager
def asking() -> Iterator[None]:
    """Let Ctrl-C end a question at once, also inside an event loop: click then raises Abort.

    ``asyncio.run`` answers the first SIGINT by cancelling its task, which a blocking read never notices (Python
    documentation, asyncio runners, "Handling Keyboard Interruption").
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
