"""Runs a reproduction: puts the lab into the settings, replays the command, applies one change at a time."""

import json
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import click
import msgspec

from probes.credential import ClientCertificate, load
from probes.curlline import BodySize, CurlCall
from probes.judgement import judged
from probes.lab.child import LabProcess
from probes.model import Probe, SiteConfig, Unknown
from probes.personas import CLIENTS
from probes.plan import LARGE_BYTES, PlanRequest
from probes.redact import hide_query_secrets
from probes.reproduce import Change, Replay, Reproduction, about_the_site, changes, lab_settings, request_of
from probes.siteconfig import read
from probes.triage import Triage, TriageRequest
from probes.wire.engine import Engine, EngineSettings
from probes.wire.trust import Trust, read_ca_file
from tui.curl import read_call, unknown_of
from tui.headless import exit_status
from tui.report_text import headline, outcome_text

START = "healthy-required"
"""The scenario that the lab starts in before it gets the customer's settings."""


def schema() -> str:
    """Return the JSON Schema of ``reproduce --json``."""
    return json.dumps(msgspec.json.schema(Reproduction), indent=2)


async def reproduce(config_files: tuple[str, ...], curl: str, *, body_bytes: int | None, as_json: bool) -> int:
    """Print the reproduction and return the exit status; ``body_bytes`` goes before the size of the command's body.

    Raises MtlsTriageError for a wrong call or file.
    """
    made, call = await found(config_files, curl, body_bytes=body_bytes)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(made), indent=2).decode("utf-8"))
    else:
        click.echo(text_of(made, call))
    return exit_status(made.case)


async def found(config_files: tuple[str, ...], curl: str, *, body_bytes: int | None) -> tuple[Reproduction, CurlCall]:
    """Return the reproduction and the command as it was understood. Raises MtlsTriageError as :func:`reproduce`."""
    config, missing = read([Path(name) for name in config_files])
    call = _sized(read_call(curl), body_bytes)
    return await _reproduction(config, call, missing), call


def _sized(call: CurlCall, body_bytes: int | None) -> CurlCall:
    """Return the command with a body of a known size."""
    if call.body is None or (body_bytes is None and call.body.size is not None):
        return call
    size = LARGE_BYTES if body_bytes is None else body_bytes
    notes = tuple(note for note in call.not_honoured if note != call.body.why)
    if body_bytes is None:
        notes = (*notes, f"{call.body.why}: it is replayed with {size:,} bytes, --body-bytes says otherwise")
    return msgspec.structs.replace(call, body=BodySize(size=size), not_honoured=notes)


async def _reproduction(config: SiteConfig, call: CurlCall, missing: tuple[Unknown, ...]) -> Reproduction:
    url = hide_query_secrets(call.url or f"https://{config.default_host_name or 'localhost'}/")
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    async with LabProcess.start(START) as lab:
        await lab.patch({"settings": lab_settings(config)})
        origin = lab.ready.http if parts.scheme == "http" else lab.ready.front_end
        credential = load(Path(lab.ready.certificate), None, None)
        given = bool(call.cert)
        trusted = read_ca_file(Path(lab.ready.ca))
        request = _triage_request(call, config, f"{origin}{path}", credential if given else None)
        triage = Triage(replace(request, trusted=trusted))
        async with aclosing(triage.run()) as events:
            async for _ in events:
                pass
        before = request_of(call, f"{origin}{path}", given=given)
        replayed = _Replayer(lab, config, credential, Trust(trusted))
        replays = [await replayed.once(before, None)]
        if replays[0].passes is not True or triage.case.verdict is None or exit_status(triage.case) == 1:
            for change in changes(config, before, lab.ready.front_end):
                replays.append(await replayed.once(before, change))
    unknown = (*missing, *(unknown_of(note) for note in call.not_honoured))
    return Reproduction(case=about_the_site(triage.case, url, unknown), replays=tuple(replays))


def _triage_request(
    call: CurlCall, config: SiteConfig, url: str, credential: ClientCertificate | None
) -> TriageRequest:
    size = call.body.size if call.body else None
    plan = PlanRequest(
        url=url,
        identity="none" if credential is None else "given",
        debug_path="/debug/headers",
        method=call.method if call.method in ("POST", "PUT") else "POST",
        large_bytes=size if size and size > 16_384 else LARGE_BYTES,
        client=CLIENTS["curl"],
        own_tls=call.tls,
        own_ciphers=call.ciphers,
        own_http=call.http,
        own_expect=call.own_expect,
    )
    return TriageRequest(plan=plan, credential=credential, configuration=config)


class _Replayer:
    """Sends the customer's request to the lab, with one change at a time; each change is taken back."""

    def __init__(self, lab: LabProcess, config: SiteConfig, credential: ClientCertificate, trust: Trust) -> None:
        self._lab = lab
        self._config = config
        self._credential = credential
        self._trust = trust
        self._count = 0

    async def once(self, probe: Probe, change: Change | None) -> Replay:
        self._count += 1
        before = await self._lab.get()
        if change is not None and change.patch is not None:
            await self._lab.patch(change.patch)
        sent = msgspec.structs.replace(probe, **(change.command or {})) if change else probe
        try:
            async with Engine(EngineSettings(run_id="reproduce"), self._trust, {"given": self._credential}) as engine:
                seen = (await engine.observe(sent, f"replay{self._count}")).observation
        finally:
            await self._lab.patch({"settings": before["settings"]})
        seen = judged(seen, self._config)
        passes = {"yes": True, "no": False, "unknown": None}[seen.judged.reached_app]
        certificate = seen.tls is not None and seen.tls.certificate_sent == "yes"
        evidence = f"lab:{seen.id}#judged.reached_app"
        return Replay(change=change, passes=passes, certificate_sent=certificate, evidence=evidence, observation=seen)


def text_of(made: Reproduction, call: CurlCall) -> str:
    """Return the reproduction for a person at a terminal."""
    verdict = made.case.verdict
    assert verdict is not None
    fault = verdict.finding not in ("healthy", "inconclusive")
    how = "reproduced" if fault else "nothing wrong was reproduced"
    lines = [
        "",
        headline(made.case, verdict),
        f"  {verdict.finding}  {verdict.confidence} · {how} in the lab with these settings and this command; "
        "not seen on the site",
        "",
    ]
    lines += [_line(one, wanted=bool(call.cert)) for one in made.replays]
    lines += ["", "Taken for granted:", *(f"  - {words}" for words in made.assumed)]
    lines += ["", "Not checked:", *(f"  ? {one.what}" for one in made.case.unknown[:8])]
    lines += ["", f"All about it: mtls-triage findings {verdict.finding}"]
    return "\n".join(lines)


def _line(replay: Replay, *, wanted: bool) -> str:
    glyph = {True: "✓", False: "✗", None: "?"}[replay.passes]
    what = "as it is" if replay.change is None else f"{replay.change.side}: {replay.change.words}"
    without = ", without the certificate" if replay.passes and wanted and not replay.certificate_sent else ""
    return f"  {glyph} {outcome_text(replay.observation):<16} {what}{without}"
