"""Writes the script for somebody else's machine, and turns what it printed into a case; contacts nobody."""

import secrets
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from probes import diagnosis
from probes.curltrace import Marked, marked, observation, probe_of, read_trace
from probes.curltrace.observe import secrets_of
from probes.curltrace.reader import LIMIT, CurlConnection
from probes.errors import UsageFault
from probes.forwarded import read_echo
from probes.judgement import judged
from probes.model import Case, CredentialFacts, Observation, Probe, Run, SiteConfig, Target, Unknown
from probes.printable import printable
from probes.redact import hide_query_secrets
from probes.script import Shell, write
from probes.siteconfig import read as read_configuration
from probes.triage import Triage, TriageRequest
from probes.version import VERSION
from tui.report_text import observation_line, report
from tui.target import opened

_CURL = "curl -v, read from its trace"


async def script(target: str, options: Mapping[str, Any], typed: frozenset[str], shell: Shell) -> str:
    """Return the script for TARGET. Raises MtlsTriageError for a wrong call."""
    async with opened(target, options, typed, None) as request:
        return script_of(request, shell)


def script_of(request: TriageRequest, shell: Shell) -> str:
    """Return the script for the plan of a request."""
    # Whoever runs the script may have the certificate that its writer does not have.
    triage = Triage(replace(request, plan=msgspec.structs.replace(request.plan, identity="given")))
    return write(triage.plan, triage.case, shell, timeout_s=request.timeout_s, insecure=request.insecure)


def read(file: str, config_files: tuple[str, ...], *, symptom: str | None, client: str | None, as_json: bool) -> None:
    """Print what FILE means. Raises UsageFault when it holds neither a script's output nor a trace of curl."""
    case = case_of(file, config_files, symptom=symptom, client=client)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(case), indent=2).decode("utf-8"))
        return
    for seen in case.observations:
        click.echo(observation_line(seen), err=True)
    click.echo(report(case))


def case_of(file: str, config_files: tuple[str, ...], *, symptom: str | None, client: str | None) -> Case:
    """Return FILE as a case with its verdict. Raises UsageFault when it is neither a script's output nor a trace."""
    text = text_of(file)
    configuration = SiteConfig()
    unknown: tuple[Unknown, ...] = ()
    if config_files:
        configuration, unknown = read_configuration([Path(name) for name in config_files])
    found = marked(text)
    case = from_script(found, configuration) if found else from_trace(text, configuration)
    run = msgspec.structs.replace(case.run, symptom=symptom or case.run.symptom, client=client or case.run.client)
    return concluded(msgspec.structs.replace(case, run=run), unknown)


def text_of(file: str) -> str:
    """Return the text of FILE or standard input; Windows PowerShell writes UTF-16. Raises UsageFault."""
    try:
        data = sys.stdin.buffer.read(LIMIT * 2) if file == "-" else _bytes(Path(file))
    except OSError as fault:
        shown = printable(file, limit=80)
        raise UsageFault(f"{shown} cannot be read: {fault.strerror}. Give the file that the script wrote.") from None
    coding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    return data.decode(coding, "replace")


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LIMIT * 2)


def from_script(found: Marked, configuration: SiteConfig) -> Case:
    """Return the case of a script's output; each probe's last connection is what was seen of it."""
    seen = []
    for number, piece in enumerate(found.pieces, 1):
        connections, _ = read_trace(piece.trace)
        body = piece.body.strip("\n").encode("utf-8", "replace")
        probe = piece.probe
        if found.run.credential.kind == "none" and probe.identity == "given":
            probe = msgspec.structs.replace(probe, identity="none")
        seen.append(_seen(probe, connections, number, body))
    run = found.run
    return Case(
        run=_run(
            client=run.client, symptom=run.symptom, own_tls=run.own_tls, own_ciphers=run.own_ciphers,
            own_http=run.own_http, own_expect=run.own_expect,
        ),
        target=Target(url=hide_query_secrets(printable(run.target, limit=2000))),
        credential=_proven(run.credential, seen),
        configuration=configuration,
        observations=tuple(_judged(one, configuration) for one in seen),
    )  # fmt: skip


def from_trace(text: str, configuration: SiteConfig) -> Case:
    """Return the case of a pasted trace; raises UsageFault when no line of it is one of curl's."""
    connections, body = read_trace(text)
    seen: list[Observation] = []
    given = any(_sent(one) for one in connections)
    for number, one in enumerate(connections, 1):
        probe = probe_of(one, number, identity="given" if given else "none")
        if probe is not None:
            last = body if one is connections[-1] else b""
            seen.append(_seen(probe, (one,), number, last))
    if not seen:
        raise UsageFault(
            "No line of it is one that curl -v prints. Give the script's output, or what curl -v printed."
        )
    first = seen[-1].probe
    return Case(
        run=_run(client="curl"),
        target=Target(url=f"{first.origin}{first.path}"),
        credential=CredentialFacts(kind="pem") if given else CredentialFacts(),
        configuration=configuration,
        observations=tuple(_judged(one, configuration) for one in seen),
    )


def _seen(probe: Probe, connections: tuple[CurlConnection, ...], number: int, body: bytes) -> Observation:
    if not connections:
        connections = (CurlConnection(failure="protocol-error", said="curl printed nothing"),)
    # Refused over HTTP/2, curl asks again over HTTP/1.1 by itself: the first connection is what was asked for.
    last = connections[0] if probe.http == "2" else connections[-1]
    seen = observation(probe, last, number, body, _now())
    if probe.head_first and len(last.turns) < 2:
        # curl opened a second connection: what was to be shown was not done.
        return msgspec.structs.replace(seen, outcome="not-run", status=None, exchanges=(), tls=None)
    echo = None
    if seen.outcome == "response" and body and (seen.status or 0) < 400 and b"clientcert" in body.lower():
        kind = dict(last.turns[-1].headers).get("content-type")
        echo = read_echo(body, kind, redact=secrets_of(last).header)
    return msgspec.structs.replace(seen, echo=echo)


def _judged(seen: Observation, configuration: SiteConfig) -> Observation:
    return judged(seen, configuration)


def _sent(one: CurlConnection) -> bool:
    return any(not message.incoming and message.code == 15 for message in one.messages if message.kind == "handshake")


def _proven(credential: CredentialFacts, seen: list[Observation]) -> CredentialFacts:
    """Return what is known of the certificate: the script may have been run with one that its writer did not have."""
    sent = any(one.tls is not None and one.tls.certificate_sent == "yes" for one in seen)
    return CredentialFacts(kind="pem") if sent and credential.kind == "none" else credential


def _run(**more: Any) -> Run:
    return Run(id=f"r{secrets.token_hex(4)}", started=_now(), tool=VERSION, openssl=_CURL, **more)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def concluded(case: Case, unknown: tuple[Unknown, ...]) -> Case:
    """Return the case with its verdict, and with what was not learned."""
    case = msgspec.structs.replace(case, verdict=diagnosis.verdict(case))
    return msgspec.structs.replace(case, unknown=(*unknown, *diagnosis.unknowns(case)))
