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


def open_app(target: str, options: Mapping[str, Any] | None = None, typed: frozenset[str] = frozenset()) -> int:
    """Open the app on TARGET and return the exit status.

    ``options`` are those of ``common_options``, their defaults when left out; ``typed`` are the names of those that
    the user wrote. Raises UsageFault where there is no terminal, or TARGET or an option is wrong.
    """
    require_terminal()
    return asyncio.run(_open(target, options if options is not None else parse_options([]), typed))


async def _open(target: str, options: Mapping[str, Any], typed: frozenset[str]) -> int:
    from tui.app import show
    from tui.consent import stays_here
    from tui.request import ask_in_terminal
    from tui.steer import Session
    from tui.target import opened

    async with opened(target, options, typed, ask_in_terminal) as request:
        session = Session(request)
        return await show(session.fresh(), autosend=stays_here(request.plan), again=session.fresh, session=session)
