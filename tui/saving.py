"""Names the case file of a run, and tells where it is."""

from collections.abc import Callable
from pathlib import Path

import click

from probes.case import Journal, default_path
from probes.printable import printable
from probes.triage import Triage


def save(triage: Triage, file: str | None, say: Callable[[str], None]) -> None:
    """Have the case written to ``file``, or to a file of its own in the user's data folder.

    ``say`` is told where, and once when it cannot be written. Raises UsageFault when ``file`` is taken or no file.
    """
    path = Path(file) if file else default_path(triage.case)
    triage.journal = Journal.create(path, say=say, make_folder=file is None)
    if triage.journal.trouble is None:
        say(f"The case is kept in {printable(str(path), limit=300)}")


def say_on_stderr(words: str) -> None:
    """Say one line beside the narration."""
    click.echo(f"  {words}", err=True)
