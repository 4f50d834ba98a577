"""``mtls-triage threshold``: the exact body size at which a site starts to refuse."""

import asyncio
from typing import Any

import click

from tui.commands.options import common_options


@click.command("threshold")
@click.argument("target", required=False)
@common_options
@click.option(
    "--max-bytes", type=click.IntRange(2, 1 << 30), default=1_048_576, help="The largest body that is tried."
)
@click.option("--allow-uploads", is_flag=True, help="Agree to the uploads; needed without a terminal.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("--json-schema", is_flag=True, help="Print the schema of the JSON and stop.")
@click.pass_context
def command(
    context: click.Context,
    /,
    target: str | None,
    max_bytes: int,
    allow_uploads: bool,
    as_json: bool,
    json_schema: bool,
    **options: Any,
) -> int:
    """Find the exact body size at which TARGET starts to refuse, and what the limit belongs to.

    Exit status: 0 nothing was refused up to the largest size, 1 a limit was found, 2 the call is wrong, 3 even one
    byte does not get through.
    """
    from tui import limits
    from tui.target import typed_options

    if json_schema:
        click.echo(limits.schema())
        return 0
    how = limits.How(max_bytes=max_bytes, allow_uploads=allow_uploads, as_json=as_json)
    return asyncio.run(limits.find(target or "", options, typed_options(context), how))
