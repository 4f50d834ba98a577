"""``mtls-triage script``: the plan as a script that needs nothing but curl, for the machine where the key is."""

import asyncio
from typing import Any, Literal

import click

from tui.commands.options import common_options


@click.command("script")
@click.argument("target", required=False)
@common_options
@click.option("--shell", type=click.Choice(["bash", "powershell"]), default="bash", help="For which shell.")
@click.pass_context
def command(
    context: click.Context, /, target: str | None, shell: Literal["bash", "powershell"], **options: Any
) -> None:
    """Write the plan for TARGET as a readable script; nobody is contacted and no secret is in it.

    Its output goes to ``mtls-triage read``. What curl cannot send is named at its end.
    """
    from tui import scripted
    from tui.target import typed_options

    click.echo(asyncio.run(scripted.script(target or "", options, typed_options(context), shell)), nl=False)
