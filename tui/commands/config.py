"""``mtls-triage config``: reads and explains the configuration of a site, and sends it no request."""

import asyncio
from typing import Any

import click

from tui.commands.options import common_options


@click.command("config")
@click.argument("target", required=False)
@common_options
@click.option(
    "--path", "paths", metavar="PATH", multiple=True, help="Say whether this path is exempt, and by which rule."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--json-schema", is_flag=True, help="Print the schema of the JSON and stop.")
@click.pass_context
def command(
    context: click.Context,
    /,
    target: str | None,
    paths: tuple[str, ...],
    as_json: bool,
    json_schema: bool,
    **options: Any,
) -> int:
    """Read and explain the configuration of TARGET: a URL, a resource id, or lab:SCENARIO.

    It is read from Azure, or from saved JSON with --config FILE. Without TARGET, --name or --config you choose from a
    list. The site itself is not contacted.

    Exit status: 0 nothing wrong found, 1 settings that cannot work together, 2 the call or a file is wrong, 3 signed
    out, or nothing could be concluded.
    """
    from tui import configuration

    if json_schema:
        click.echo(configuration.schema())
        return 0
    how = configuration.How(as_json=as_json, paths=paths)
    typed: frozenset[str] = frozenset()
    if target is not None and target.startswith("lab:"):
        # Only a scenario brings options of its own; everybody else is spared the import of the wire engine.
        from tui.target import typed_options

        typed = typed_options(context)
    return asyncio.run(configuration.show(target, options, typed, how))
