"""``mtls-triage diagnose``: the whole run without the app, for a person or as JSON."""

import asyncio
from typing import Any, Literal

import click

from tui.commands.formats import chosen_format, report_options
from tui.commands.options import common_options


@click.command("diagnose")
@click.argument("target", required=False)
@common_options
@click.option("--allow-uploads", is_flag=True, help="Agree to the plan's uploads; needed without a terminal.")
@click.option("--dry-run", is_flag=True, help="Print what would be sent, and send nothing.")
@click.option(
    "--save", "save_to", metavar="FILE", type=click.Path(), help="The case file; default in your data folder."
)
@report_options
@click.option("--json-schema", is_flag=True, help="Print the schema of the JSON and stop.")
@click.pass_context
def command(
    context: click.Context,
    /,
    target: str | None,
    allow_uploads: bool,
    dry_run: bool,
    save_to: str | None,
    audience: Literal["team", "customer", "public"],
    json_schema: bool,
    **options: Any,
) -> int:
    """Find out why a client certificate does not work on TARGET: a URL, or lab:SCENARIO.

    Exit status: 0 nothing wrong found, 1 a fault was found, 2 the call or a file is wrong, 3 nothing could be
    concluded, 130 interrupted.
    """
    from tui import headless
    from tui.target import typed_options

    if json_schema:
        click.echo(headless.schema())
        return 0
    how = headless.How(
        allow_uploads=allow_uploads,
        dry_run=dry_run,
        form=chosen_format(options),
        audience=audience,
        save_to=save_to,
    )
    return asyncio.run(headless.diagnose(target or "", options, typed_options(context), how))
