"""Runs the search for a size limit without the app: progress on stderr, the result on stdout, the exit status."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import click
import msgspec

from probes.plan import Plan, base_upload
from probes.threshold import REQUESTS_AT_MOST, Threshold
from probes.triage import Triage
from tui.consent import size_text
from tui.headless import agree
from tui.report_text import outcome_text
from tui.request import ask_in_terminal, has_terminal
from tui.target import opened

_WAYS = {
    "certificate": "with the certificate",
    "no-certificate": "without a certificate",
    "expect": "waiting for 100 Continue",
    "head-first": "HEAD first",
}
_MEANINGS = {
    "renegotiation-buffer": "The limit is the front end's buffer: it asks for the certificate after the request.",
    "app-limit": "It does not matter when the certificate is asked for: the app or its server limits.",
    "unknown": "What the limit belongs to could not be told apart.",
}


@dataclass(frozen=True, kw_only=True)
class How:
    """How far to search and how the result is wanted."""

    max_bytes: int
    allow_uploads: bool
    as_json: bool


def schema() -> str:
    """Return the JSON Schema of ``threshold --json``."""
    return json.dumps(msgspec.json.schema(Threshold), indent=2)


async def find(target: str, options: Mapping[str, Any], typed: frozenset[str], how: How) -> int:
    """Search and print; returns the exit status. Raises MtlsTriageError for a wrong call."""
    async with opened(target, options, typed, ask_in_terminal if has_terminal() else None) as request:
        base = base_upload(request.plan)
        most = msgspec.structs.replace(base, body_bytes=how.max_bytes)
        agree(
            Plan(probes=(most,), upload_path=base.path),
            request.plan,
            allowed=how.allow_uploads,
            searching=REQUESTS_AT_MOST,
        )
        triage = Triage(request)
        found = await triage.threshold(
            base,
            how.max_bytes,
            lambda seen: click.echo(f"  {seen.probe.body_bytes:>10,}  {outcome_text(seen)}", err=True),
        )
    click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode() if how.as_json else text(found))
    if found.largest_accepted is None:
        return 3
    return 0 if found.smallest_refused is None else 1


def text(found: Threshold) -> str:
    """Return the result for a person."""
    spent = f"  {found.requests} requests, {found.bytes_sent:,} bytes sent"
    refusal = found.refusal
    how = f"{refusal.outcome}{f' {refusal.status}' if refusal.status else ''}" if refusal else ""
    if found.largest_accepted is None:
        return f"? Even one byte does not get through ({how}): this is not about size. Use diagnose.\n{spent}"
    if found.smallest_refused is None:
        most = found.largest_accepted
        return f"✓ Nothing was refused up to {most:,} bytes ({size_text(most)}).\n{spent}"
    lines = [
        f"✗ {found.largest_accepted:,} bytes pass, {found.smallest_refused:,} are refused ({how}).",
        f"  {_MEANINGS[found.attribution]}",
    ]
    for run in found.runs:
        size = "nothing passes" if run.largest_accepted is None else f"{run.largest_accepted:,} bytes pass"
        lines.append(f"  {_WAYS[run.with_]:<28} {size}")
    return "\n".join([*lines, spent])
