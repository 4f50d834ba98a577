"""``mtls-triage report``: a report from a saved case, offline."""

from typing import Any, Literal

import click

from tui.commands.formats import chosen_format, report_options


@click.command("report")
@click.argument("case_file", metavar="CASE.jsonl", required=False, type=click.Path())
@report_options
@click.option("-o", "--output", metavar="FILE", type=click.Path(), help="Write there instead of to standard output.")
@click.option("--no-redact", is_flag=True, help="For in-house use: leave nothing out for an audience; says so.")
@click.option("--json-schema", is_flag=True, help="Print the schema of the JSON and stop.")
def command(
    case_file: str | None,
    audience: Literal["team", "customer", "public"],
    output: str | None,
    no_redact: bool,
    json_schema: bool,
    **options: Any,
) -> int:
    """Write a report from CASE.jsonl, which a run has saved. Nobody is contacted; secrets are not in a case.

    Exit status: 0 written, 2 the call or the file is wrong.
    """
    from tui import reporting

    if json_schema:
        click.echo(reporting.schema())
        return 0
    if case_file is None:
        raise click.UsageError("CASE.jsonl is missing: the file that diagnose --save wrote.")
    form = chosen_format(options)
    if form is None and audience != "customer":
        raise click.UsageError("--audience belongs to a format: --json, --markdown, --html or --junit.")
    reporting.report_file(case_file, form, audience, redacted=not no_redact, output=output)
    return 0
