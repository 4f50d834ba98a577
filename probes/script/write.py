"""Puts a script together: its head, one call for each probe under its question, and what it leaves out."""

import shlex
from collections.abc import Callable
from itertools import groupby
from typing import Literal

import msgspec

from probes.curltrace.marked import PROBE, RUN, ScriptRun
from probes.model import Case, CredentialFacts, Probe
from probes.plan import Plan
from probes.printable import printable
from probes.redact import REDACTED
from probes.script.arguments import Argument, Slot, arguments, playable
from probes.script.texts import BASH, POWERSHELL
from probes.version import VERSION

Shell = Literal["bash", "powershell"]
Quote = Callable[[str], str]


def write(plan: Plan, case: Case, shell: Shell, *, timeout_s: float = 30.0, insecure: bool = False) -> str:
    """Return the script. Secrets are not in it: certificate, pass phrase and headers come from its environment.

    Every probe's own description goes into its output, so that reading it needs nothing else.
    """
    sent, others = playable(plan.probes)
    words = _Bash() if shell == "bash" else _PowerShell()
    run = ScriptRun(
        target=case.target.url,
        credential=case.credential if case.credential.kind != "none" else CredentialFacts(kind="pem"),
        client=case.run.client,
        symptom=case.run.symptom,
        own_tls=case.run.own_tls,
        own_ciphers=case.run.own_ciphers,
        own_http=case.run.own_http,
        own_expect=case.run.own_expect,
    )
    uploads = [probe for probe in sent if probe.body_bytes]
    head = words.text.replace("@@VERSION@@", VERSION).replace("@@TIMEOUT@@", f"{timeout_s:g}")
    head = head.replace("@@TARGET@@", words.comment(case.target.url)).replace("@@REQUESTS@@", str(_requests(sent)))
    head = head.replace("@@UPLOADS@@", str(len(uploads))).replace("@@PATH@@", words.comment(plan.upload_path))
    head = head.replace("@@BYTES@@", f"{sum(probe.body_bytes for probe in uploads):,}")
    without = msgspec.structs.replace(run, credential=CredentialFacts())
    head = head.replace("@@WITH@@", words.quote(f"{RUN}{_json(run)}"))
    head = head.replace("@@WITHOUT@@", words.quote(f"{RUN}{_json(without)}"))
    lines = [head.rstrip("\n")]
    for question, probes in groupby(sent, key=lambda probe: probe.question):
        lines += ["", f"# {words.comment(question)}"]
        lines += [words.call(probe, arguments(probe, insecure=insecure)) for probe in probes]
    if others:
        lines += ["", "# Not sent by this script:"]
        lines += [f"# {words.comment(probe.id)}: {why}" for probe, why in others]
    return "\n".join(lines) + "\n"


def _requests(probes: tuple[Probe, ...]) -> int:
    return sum(2 if probe.head_first else 1 for probe in probes)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode("utf-8")


class _Bash:
    text = BASH
    quote: Quote = staticmethod(shlex.quote)

    @staticmethod
    def comment(text: str) -> str:
        return printable(text, limit=300)

    def call(self, probe: Probe, parts: list[Argument]) -> str:
        return " ".join(["probe", shlex.quote(PROBE + _json(probe)), *map(self._argument, parts)])

    @staticmethod
    def _argument(part: Argument) -> str:
        if isinstance(part, Slot):
            return {
                # An empty array is an unset variable to the bash 3.2 of macOS.
                "identity": '${identity[@]+"${identity[@]}"}',
                "authorities": '${authorities[@]+"${authorities[@]}"}',
                "body": f'"$(body {part.size})"',
            }[part.part]
        return '"${MTLS_SECRET-}"'.join(shlex.quote(piece) if piece else "" for piece in part.split(REDACTED)) or "''"


class _PowerShell:
    text = POWERSHELL

    @staticmethod
    def quote(text: str) -> str:
        # PowerShell takes the typographic single quotes for quotes, too (about_Quoting_Rules).
        for mark in "'\u2018\u2019\u201a\u201b":
            text = text.replace(mark, mark * 2)
        return f"'{text}'"

    @staticmethod
    def comment(text: str) -> str:
        return printable(text, limit=300)

    def call(self, probe: Probe, parts: list[Argument]) -> str:
        words = ", ".join(map(self._argument, parts))
        return f"Probe {self.quote(PROBE + _json(probe))} @({words})"

    def _argument(self, part: Argument) -> str:
        if isinstance(part, Slot):
            return {"identity": "$identity", "authorities": "$authorities", "body": f"(Body {part.size})"}[part.part]
        pieces = part.split(REDACTED)
        if len(pieces) == 1:
            return self.quote(part)
        return "(" + " + $env:MTLS_SECRET + ".join(self.quote(piece) for piece in pieces) + ")"
