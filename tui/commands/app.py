"""``mtls-triage TARGET``: opens the app on a target; Textual is imported when there is something to show."""

import asyncio
from collections.abc import Mapping
from typing import Any

import click

from tui.commands.options import common_options, parse_options
from tui.terminal import require_terminal


@click.command("app")
@click.argument("target")
@common_options
@click.pass_context
def command(context: click.Context, /, target: str, **options: Any) -> int:
    """Open the app on TARGET: a URL, or lab:SCENARIO for the built-in lab."""
    require_terminal()
    from tui.target import typed_options

    return open_app(target, options, typed_options(context))


def open_start(*, tickets: bool = False) -> int:
    """Open the app on its start screen, or on the lab's tickets, and return the exit status. Raises UsageFault."""
    require_terminal()
    from tui.app import show
    from tui.preferences import load

    return asyncio.run(show(show_tickets=tickets, preferences=load()))


def open_app(target: str, options: Mapping[str, Any] | None = None, typed: frozenset[str] = frozenset()) -> int:
    """Open the app on TARGET and return the exit status.

    ``options`` are those of ``common_options``, their defaults when left out; ``typed`` are the names of those that
    the user wrote. Raises UsageFault where there is no terminal, or TARGET or an option is wrong.
    """
    require_terminal()
    return asyncio.run(_open(target, options if options is not None else parse_options([]), typed))


async def _open(target: str, options: Mapping[str, Any], typed: frozenset[str]) -> int:
    from tui.app import TriageApp, show
    from tui.preferences import load
    from tui.request import ask_in_terminal
    from tui.site import asks_azure
    from tui.steer import Session
    from tui.target import is_lab, opened

    preferences = load()

    def begin(app: TriageApp) -> None:
        app.open(target, options, typed)

    if is_lab(target) or not asks_azure(target, options):
        return await show(begin, preferences=preferences)
    # Signing in and confirming a host are done before the app takes the terminal.
    merged = preferences.merged(options, typed)
    async with opened(target, merged, typed, ask_in_terminal) as request:
        return await show(lambda app: app.use(Session(request)), preferences=preferences)
