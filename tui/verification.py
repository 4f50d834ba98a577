"""Runs a verification without the app: progress on stderr, the result on stdout, the exit status."""

import dataclasses
import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import msgspec

from probes.case import Journal, open_case
from probes.diagnosis import catalogue
from probes.errors import UsageFault
from probes.model import Attempt, Case, Symptom, VerificationRun
from probes.plan import Plan
from probes.printable import printable
from probes.triage import Triage
from probes.verified import passed, strip
from probes.verify import Pace, Verification, Verified
from probes.verifying import Verifying, verifying
from tui.headless import agree
from tui.request import ask_in_terminal, has_terminal
from tui.saving import say_on_stderr
from tui.target import is_lab, opened

_STATUS = {"held": 0, "did-not-hold": 1, "inconclusive": 3}
_CONTROL = {
    True: "✓ A request without a certificate is still refused.",
    False: "✗ A request without a certificate gets through, and it should be refused: the fix has opened the site.",
    None: "? No control: requests without a certificate are not refused here, or nobody can tell.",
}


@dataclass(frozen=True, kw_only=True)
class How:
    """What is verified, for how long, and how the result is wanted."""

    finding: str | None
    pace: Pace
    allow_uploads: bool
    as_json: bool


def schema() -> str:
    """Return the JSON Schema of ``verify --json``."""
    return json.dumps(msgspec.json.schema(Verified), indent=2)


async def verify(target: str, options: Mapping[str, Any], typed: frozenset[str], how: How) -> int:
    """Verify and print; returns the exit status. Raises MtlsTriageError for a wrong call."""
    file, saved = Path(target), _saved(target)
    if saved is not None:
        target, options = saved.target.url, _as_in(saved, options, typed)
    finding = _known(how.finding or (saved.verdict.finding if saved and saved.verdict else None))
    async with opened(target, options, typed, ask_in_terminal if has_terminal() else None) as request:
        # The whole plan: a symptom would leave out the probe that another finding needs.
        symptom: Symptom = "sometimes" if request.symptom == "sometimes" else "unknown"
        triage = Triage(dataclasses.replace(request, symptom=symptom))
        before = saved.observations if saved else ()
        chosen = verifying(finding, triage.plan, msgspec.structs.replace(triage.case, observations=before))
        _agree(chosen, triage, how)
        async with triage.sender() as send:
            found = await Verification(chosen, send, how.pace, _tell).run()
    if saved is not None:
        _keep(file, saved, found)
    click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode() if how.as_json else text(found))
    return _STATUS[found.outcome]


def _saved(target: str) -> Case | None:
    if "://" in target or is_lab(target) or target.startswith("/subscriptions/"):
        return None
    return open_case(Path(target)).case if target.lower().endswith(".jsonl") else None


def _keep(file: Path, case: Case, found: Verified) -> None:
    """Write the verification into the case that it belongs to, so that its reports have it."""
    journal = Journal.resume(file, say=say_on_stderr)
    try:
        run = msgspec.convert(msgspec.to_builtins(found), VerificationRun)
        journal.append([("verification", run)])
        journal.end(case)
    finally:
        journal.close()


def _as_in(case: Case, options: Mapping[str, Any], typed: frozenset[str]) -> dict[str, Any]:
    """Return the options with the client, debug path and size of the saved run where the user named no other."""
    debug = next((one.probe.path for one in case.observations if one.probe.id == "debug"), None)
    sizes = [one.probe.body_bytes for one in case.observations if one.probe.id == "post-large-own"]
    own = {"client": case.run.client, "debug_path": debug, "large_bytes": next(iter(sizes), None)}
    own |= {"own_tls": None if case.run.own_tls == "free" else case.run.own_tls, "own_ciphers": case.run.own_ciphers}
    return {**options, **{name: value for name, value in own.items() if value is not None and name not in typed}}


def _known(finding: str | None) -> str:
    names = [one.slug for one in catalogue()]
    if finding is None:
        raise UsageFault("Verifying: which fix? Name it with --finding NAME (mtls-triage findings lists them).")
    if finding not in names:
        nearest = difflib.get_close_matches(finding, names, 1, 0.0)[0]
        raise UsageFault(f"No finding is called {printable(finding, limit=60)!r}; did you mean {nearest}?")
    return finding


def _agree(chosen: Verifying, triage: Triage, how: How) -> None:
    uploads = (chosen.probe,) if chosen.probe.body_bytes else ()
    plan = Plan(probes=uploads, upload_path=chosen.probe.path)
    agree(plan, triage.request.plan, allowed=how.allow_uploads, searching=how.pace.attempts_at_most)


def _tell(attempt: Attempt) -> None:
    glyph = "✓" if passed(attempt) else "✗"
    click.echo(f"  {glyph} {attempt.at}  {attempt.ip or '?'}  {attempt.outcome}", err=True)


def text(found: Verified) -> str:
    """Return the result for a person."""
    glyph, word = {"held": ("✓", "It held"), "did-not-hold": ("✗", "It did not hold")}.get(
        found.outcome, ("?", "Nothing can be said")
    )
    lines = [f"{glyph} {word}: {found.finding}, by the probe {found.probe}", f"  {found.statement}"]
    if 0 < found.passes < found.streak:
        lines.append(
            f"  {found.streak} passes in a row were wanted; go on with --for, or ask for fewer with --streak."
        )
    lines += [f"  {strip(found.attempts)}"] if found.attempts else []
    return "\n".join([*lines, f"  {_CONTROL[found.control_still_refused]}"])
