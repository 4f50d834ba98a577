"""The options that choose a report's format and audience; imports nothing heavy."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar

import click

_F = TypeVar("_F", bound=Callable[..., Any])
Format = Literal["json", "markdown", "html", "junit"]
_FORMATS: tuple[tuple[Format, str], ...] = (
    ("json", "Print the case as JSON."),
    ("markdown", "Print a report for a ticket."),
    ("html", "Print a report as one page that holds everything."),
    ("junit", "Print JUnit XML for a pipeline."),
)
AUDIENCES = ("team", "customer", "public")


def report_options(command: _F) -> _F:
    """Add the options of a report to a click command: ``as_json`` …, of which one may be chosen, and ``audience``."""
    made = click.option(
        "--audience",
        type=click.Choice(AUDIENCES),
        default="customer",
        show_default=True,
        help="Who will read it; public gets pseudonyms for hosts, addresses, thumbprints and people.",
    )(command)
    for name, text in reversed(_FORMATS):
        made = click.option(f"--{name}", f"as_{name}", is_flag=True, help=text)(made)
    return made


def chosen_format(options: Mapping[str, Any]) -> Format | None:
    """Return the format that was asked for, None for text; raises click.UsageError when there are two."""
    chosen = [name for name, _ in _FORMATS if options[f"as_{name}"]]
    if len(chosen) > 1:
        raise click.UsageError(f"--{chosen[0]} and --{chosen[1]} are two formats; choose one.")
    return chosen[0] if chosen else None
