"""Reports and comparisons of saved cases for the command line."""

import json
import os
from pathlib import Path
from tempfile import NamedTemporaryFile

import click
import msgspec

from probes.case import Change, Comparison, compare, open_case, replayed
from probes.errors import UsageFault
from probes.model import Case
from probes.printable import printable
from probes.report import Audience, Format, Report, write
from tui.report_text import report as report_text


def schema() -> str:
    """Return the JSON Schema of ``report --json``."""
    return json.dumps(msgspec.json.schema(Case), indent=2)


def comparison_schema() -> str:
    """Return the JSON Schema of ``compare --json``."""
    return json.dumps(msgspec.json.schema(Comparison), indent=2)


def report_file(file: str, form: Format | None, audience: Audience, *, redacted: bool, output: str | None) -> None:
    """Write the report of a saved case; ``form`` None is text for a person. Raises UsageFault."""
    opened = open_case(Path(file))
    notes = (*opened.notes, *replayed(opened.case))
    for note in notes:
        click.echo(f"  ! {note}", err=True)
    if form is None:
        text = click.unstyle(report_text(opened.case)) + "\n" if output else report_text(opened.case) + "\n"
    else:
        # A case of a --no-redact run keeps its mark; it never widens what its reports show by itself.
        text = write(Report(case=opened.case, audience=audience, notes=notes, redacted=redacted), form)
    if output is None:
        click.echo(text, nl=False)
    else:
        _store(Path(output), text, Path(file))


def _store(path: Path, text: str, case: Path) -> None:
    """Write a file whole or not at all; a case is never overwritten by its report."""
    shown = printable(str(path), limit=200)
    try:
        if path.exists() and path.samefile(case):
            raise UsageFault(f"The report would overwrite the case {shown} itself. Name another file with -o.")
        if path.exists() and not path.is_file():
            path.write_text(text, "utf-8")  # a device or a pipe: there is nothing to replace
            return
        with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as made:
            made.write(text)
        # Temporary files are made for their owner alone; a report is an ordinary file.
        mask = os.umask(0)
        os.umask(mask)
        Path(made.name).chmod(0o666 & ~mask)
        Path(made.name).replace(path)
    except OSError as fault:
        why = printable(fault.strerror or type(fault).__name__)
        raise UsageFault(f"The report {shown} cannot be written: {why}. Name another file with -o.") from None


def compare_files(before: str, after: str, *, as_json: bool) -> int:
    """Print what changed between two saved cases and return the exit status: 0 equal, 1 different."""
    cases = []
    for file in (before, after):
        opened = open_case(Path(file))
        for note in opened.notes:
            click.echo(f"  ! {printable(file, limit=80)}: {note}", err=True)
        cases.append(opened.case)
    found = compare(*cases)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode("utf-8"))
    else:
        click.echo(comparison_text(found))
    return 0 if found.equal else 1


def comparison_text(found: Comparison) -> str:
    """Return a comparison for a person."""
    lines = [
        f"Before  {found.before.started}  {found.before.finding} ({found.before.confidence})  {found.before.target}",
        f"After   {found.after.started}  {found.after.finding} ({found.after.confidence})  {found.after.target}",
    ]
    lines += _part("Asked otherwise (does not count as a change)", found.inputs)
    lines += _part("Verdict", found.verdict)
    lines += _part("Settings", found.settings)
    for probe in found.probes:
        note = f" (asked otherwise: {', '.join(probe.asked)})" if probe.asked else ""
        lines += _part(f"Probe {probe.probe}{note}", probe.changes)
    for names, where in ((found.only_before, "before"), (found.only_after, "after")):
        if names:
            lines += ["", click.style(f"Sent only {where}", bold=True), f"  {', '.join(names)}"]
    if found.not_compared:
        lines += ["", f"? Not compared, known on one side alone: {', '.join(found.not_compared)}"]
    lines += ["", "Nothing changed." if found.equal else "Something changed."]
    return "\n".join(lines)


def _part(title: str, changes: tuple[Change, ...]) -> list[str]:
    if not changes:
        return []
    width = max(len(change.name) for change in changes)
    rows = [f"  {one.name:<{width}}  {_shown(one.before)} → {_shown(one.after)}" for one in changes]
    return ["", click.style(title, bold=True), *rows]


def _shown(value: str | None) -> str:
    return "–" if value is None else value
