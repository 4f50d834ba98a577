"""Calls curl, the client that most tickets quote, and reads what it says of itself."""

import json
import subprocess
from typing import Any

import msgspec

from tests.lab.fixture import RunningLab
from tests.peers.need import need


class Curled(msgspec.Struct, kw_only=True):
    """One call: exit status, and for each transfer curl's own report and the answer's bytes."""

    exit: int
    reports: list[dict[str, Any]]
    body: bytes
    trace: str

    @property
    def status(self) -> int:
        return int(self.reports[-1]["http_code"])

    @property
    def echo(self) -> dict[str, Any]:
        """The debug endpoint's JSON."""
        decoded: dict[str, Any] = json.loads(self.body)
        return decoded


def identity(lab: RunningLab, certificate: str | None = "certificate") -> list[str]:
    """Return the options that trust the lab and give one of its certificates."""
    given = ["--cert", str(getattr(lab.ready, certificate))] if certificate else []
    return ["--cacert", lab.ready.ca, *given]


def curl(lab: RunningLab, path: str, *options: str, certificate: str | None = "certificate") -> Curled:
    """Call curl once for ``path`` below the front end."""
    return curl_raw(*identity(lab, certificate), *options, lab.ready.front_end + path)


def curl_raw(*arguments: str, data: bytes | None = None) -> Curled:
    """Call curl with these arguments; ``data`` is its standard input."""
    command = [need("curl"), "--disable", "--silent", "--verbose", "--max-time", "60", "-w", "%{stderr}%{json}\n"]
    done = subprocess.run([*command, *arguments], input=data, capture_output=True, timeout=90)
    trace = done.stderr.decode("utf-8", "replace")
    reports = [json.loads(line) for line in trace.splitlines() if line.startswith('{"')]
    return Curled(exit=done.returncode, reports=reports, body=done.stdout, trace=trace)
