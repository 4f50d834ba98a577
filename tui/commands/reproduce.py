"""``mtls-triage reproduce``: a customer's settings and command in the lab, before and after each change."""

import asyncio

import click


@click.command("reproduce")
@click.option(
    "--config", "config_files", metavar="FILE", type=click.Path(), multiple=True,
    help="Site settings from saved JSON (az webapp show); repeatable.",
)  # fmt: skip
@click.option("--curl", "curl", metavar="'curl …'|FILE|-", help="The customer's command.")
@click.option("--body-bytes", type=click.IntRange(0, 1 << 30), help="Size of the body whose file is not here.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("--json-schema", is_flag=True, help="Print the schema of the JSON and stop.")
def command(
    config_files: tuple[str, ...], curl: str | None, body_bytes: int | None, as_json: bool, json_schema: bool
) -> int:
    """Put the lab into a site's settings and replay a curl command there; the site itself is not contacted.

    What is found is at most likely: it was reproduced, and not seen on the site. Exit status: 0 nothing wrong found,
    1 a fault was reproduced, 2 the call or a file is wrong, 3 nothing could be concluded.
    """
    from tui import reproducing

    if json_schema:
        click.echo(reproducing.schema())
        return 0
    if not config_files or not curl:
        raise click.UsageError("--config FILE and --curl 'curl …' are both needed: the settings, and the command.")
    return asyncio.run(reproducing.reproduce(config_files, curl, body_bytes=body_bytes, as_json=as_json))
