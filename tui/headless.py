"""Runs a case without the app: consent, narration on stderr, the result on stdout, the exit status."""

import json
import sys
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import click
import msgspec

from probes.errors import ConsentNeeded
from probes.model import Case
from probes.plan import Plan, PlanRequest
from probes.progress import ObservationMade, PlanMade, ProbesSkipped
from probes.report import Audience, Format, Report, write
from probes.triage import Triage
from tui.consent import plan_lines, stays_here
from tui.drawing.words import FAULTS as CREDENTIAL_FAULTS
from tui.report_text import observation_line, report
from tui.request import ask_in_terminal, has_terminal
from tui.saving import save, say_on_stderr
from tui.target import opened
from tui.terminal import asking


@dataclass(frozen=True, kw_only=True)
class How:
    """How the result is wanted: for a person, or in ``form`` for ``audience``; ``save_to`` is the case file."""

    allow_uploads: bool = False
    dry_run: bool = False
    form: Format | None = None
    audience: Audience = "customer"
    save_to: str | None = None


def schema() -> str:
    """Return the JSON Schema of ``diagnose --json``."""
    return json.dumps(msgspec.json.schema(Case), indent=2)


def exit_status(case: Case) -> int:
    """Return the exit status that the verdict stands for: 0 healthy, 3 inconclusive, 1 anything else."""
    finding = case.verdict.finding if case.verdict else "inconclusive"
    return {"healthy": 0, "inconclusive": 3}.get(finding, 1)


async def diagnose(target: str, options: Mapping[str, Any], typed: frozenset[str], how: How) -> int:
    """Run one case and print it; returns the exit status. Raises MtlsTriageError for a wrong call."""
    ask = ask_in_terminal if has_terminal() else None
    async with opened(target, options, typed, ask) as request:
        triage = Triage(request)
        made = await triage.prepare()
        if how.dry_run:
            _print_plan(made, as_json=how.form == "json")
            return 0
        for fault in made.case.credential.faults:
            click.echo(f"! your certificate: {CREDENTIAL_FAULTS[fault]}; the run goes on", err=True)
        agree(made.plan, request.plan, allowed=how.allow_uploads)
        save(triage, how.save_to, say_on_stderr)
        try:
            await _send(triage)
        finally:
            triage.journal.close()
    if how.form is None:
        click.echo(report(triage.case))
    else:
        made_report = Report(case=triage.case, audience=how.audience, redacted=triage.case.run.redacted)
        click.echo(write(made_report, how.form), nl=False)
    return exit_status(triage.case)


async def _send(triage: Triage) -> None:
    async with aclosing(triage.run()) as events:
        async for event in events:
            if isinstance(event, ObservationMade):
                click.echo(observation_line(event.observation), err=True)
            elif isinstance(event, ProbesSkipped):
                click.echo(f"  – {len(event.probe_ids)} probes not sent: {event.because}", err=True)


def _print_plan(made: PlanMade, *, as_json: bool) -> None:
    if as_json:
        data = {"requests": made.plan.requests, "upload_bytes": made.plan.upload_bytes, "probes": made.plan.probes}
        click.echo(msgspec.json.format(msgspec.json.encode(data), indent=2).decode("utf-8"))
    else:
        click.echo("\n".join(plan_lines(made.plan, made.case)))


def agree(plan: Plan, request: PlanRequest, *, allowed: bool, searching: int = 0) -> None:
    """Make sure that the uploads of a plan were agreed to; loopback needs no consent.

    ``searching`` is how many uploads a search may need; 0 for a plan that is sent as it stands.
    Raises ConsentNeeded when nobody can be asked, click.Abort when the answer is no.
    """
    if allowed or not plan.uploads or stays_here(request):
        return
    much = f"{len(plan.uploads)} uploads, {plan.upload_bytes:,} bytes in all,"
    if searching:
        much = f"up to {searching} uploads of at most {plan.upload_bytes:,} bytes each"
    where = f"{much} to {plan.upload_path}"
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise ConsentNeeded(
            f"The plan sends {where}. Agree with --allow-uploads, look first with --dry-run, or name a --symptom "
            "that needs no uploads."
        )
    with asking():
        click.confirm(f"This sends {where}. Go on?", abort=True, err=True)
