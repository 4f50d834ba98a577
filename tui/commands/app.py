"""``mtls-triage [TARGET]``: opens the app; Textual is imported when there is something to show."""

import asyncio
from collections.abc import Mapping
from typing import Any

import click

from tui.commands.options import common_options, parse_options
from tui.later import lasting
from tui.terminal import require_terminal


@click.command("app")
@click.argument("target", required=False)
@common_options
@click.pass_context
def command(context: click.Context, /, target: str | None, **options: Any) -> int:
    """Open the app on TARGET: a URL, the resource id of a site, or lab:SCENARIO for the built-in lab.

    Without TARGET it opens on its start screen, and what is chosen there is opened with these options.
    """
    require_terminal()
    from tui.target import typed_options

    typed = typed_options(context)
    if target is None and not _names_one(options):
        return open_start(options=options, typed=typed)
    return open_app(target or "", options, typed)


def _names_one(options: Mapping[str, Any]) -> bool:
    """Say whether the options alone name what is to be looked at."""
    return bool(options["curl"] or options["config_files"] or options["site_name"])


def open_start(
    *, tickets: bool = False, options: Mapping[str, Any] | None = None, typed: frozenset[str] = frozenset()
) -> int:
    """Open the app on its start screen, or on the lab's tickets, and return the exit status. Raises UsageFault."""
    require_terminal()
    with lasting():
        from tui.app import show
        from tui.preferences import load

    return asyncio.run(show(show_tickets=tickets, preferences=load(), given=(options, typed)))


def open_app(target: str, options: Mapping[str, Any] | None = None, typed: frozenset[str] = frozenset()) -> int:
    """Open the app on TARGET and return the exit status.

    ``options`` are those of ``common_options``, their defaults when left out; ``typed`` are the names of those that
    the user wrote. An empty TARGET is what the options name. Raises UsageFault where there is no terminal, or TARGET
    or an option is wrong.
    """
    require_terminal()
    with lasting():
        from tui.app import TriageApp, show
        from tui.preferences import load

    given = options if options is not None else parse_options([])

    def begin(app: TriageApp) -> None:
        app.open_named(target, given, typed)

    return asyncio.run(show(begin, preferences=load()))
