"""``mtls-triage verify``: did the fix take effect, on fresh connections over time, with the control beside it."""

import asyncio
import re
from typing import Any

import click

from tui.commands.options import common_options

_UNITS = {"": 1.0, "ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_LONGEST_S = 24 * 3600.0


class Duration(click.ParamType):  # type: ignore[type-arg]  # no type argument before click 8.3
    """A time such as ``90``, ``90s``, ``10m`` or ``2h``; the value is seconds."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the seconds; a value that is none, or more than a day, ends the command with status 2."""
        if isinstance(value, float):
            return value
        found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|)", str(value).strip().lower())
        seconds = float(found[1]) * _UNITS[found[2]] if found else -1.0
        if not 0 <= seconds <= _LONGEST_S:
            self.fail(f"{value!r} is no time up to 24h; write it as 90s, 10m or 2h.", param, ctx)
        return seconds


@click.command("verify")
@click.argument("target", required=False, metavar="[TARGET | CASE.jsonl]")
@click.option("--finding", metavar="NAME", help="The finding whose fix is to be verified; default: that of the case.")
@common_options
@click.option("--for", "for_s", type=Duration(), default=600.0, show_default="10m", help="How long at most.")
@click.option("--every", "every_s", type=Duration(), default=10.0, show_default="10s", help="Time between attempts.")
@click.option("--streak", type=click.IntRange(1, 10_000), default=20, help="Passes in a row that are wanted.")
@click.option("--allow-uploads", is_flag=True, help="Agree to the uploads; needed without a terminal.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("--json-schema", is_flag=True, help="Print the schema of the JSON and stop.")
@click.pass_context
def command(
    context: click.Context,
    /,
    target: str | None,
    finding: str | None,
    for_s: float,
    every_s: float,
    streak: int,
    allow_uploads: bool,
    as_json: bool,
    json_schema: bool,
    **options: Any,
) -> int:
    """Say whether a fix took effect: the finding's verifying probe on fresh connections until it held.

    Exit status: 0 it held, 1 it did not hold or the site lets in what it refused before, 2 the call is wrong,
    3 nothing could be sent.
    """
    from probes.verify import Pace
    from tui import verification
    from tui.target import typed_options

    if json_schema:
        click.echo(verification.schema())
        return 0
    if target is None and not options.get("curl"):
        raise click.UsageError("TARGET is missing: a URL such as https://host/path, lab:SCENARIO, or a case file.")
    pace = Pace(for_s=for_s, every_s=every_s, streak=streak)
    how = verification.How(finding=finding, pace=pace, allow_uploads=allow_uploads, as_json=as_json)
    return asyncio.run(verification.verify(target or "", options, typed_options(context), how))
