"""Says whether there is a terminal that the app can be drawn on; imports nothing heavy."""

import os
import sys

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
