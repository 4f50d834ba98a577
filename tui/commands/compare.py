"""``mtls-triage compare``: what changed between two saved cases."""

import click


@click.command("compare")
@click.argument("before", metavar="A.jsonl", required=False, type=click.Path())
@click.argument("after", metavar="B.jsonl", required=False, type=click.Path())
@click.option("--json", "as_json", is_flag=True, help="Print the changes as JSON.")
@click.option("--json-schema", is_flag=True, help="Print the schema of the JSON and stop.")
def command(before: str | None, after: str | None, as_json: bool, json_schema: bool) -> int:
    """Say which settings, probes and verdicts changed from A.jsonl to B.jsonl: before and after a fix, two slots.

    Exit status: 0 nothing changed, 1 something did, 2 the call or a file is wrong.
    """
    from tui import reporting

    if json_schema:
        click.echo(reporting.comparison_schema())
        return 0
    if before is None or after is None:
        raise click.UsageError("Two cases are needed: mtls-triage compare A.jsonl B.jsonl.")
    return reporting.compare_files(before, after, as_json=as_json)
