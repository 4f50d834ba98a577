"""A probe as a call of curl: the same request, certificate, TLS and HTTP version, in a process of its own."""

import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from probes.model import Identity, Probe

_NOT_WAITED_S = "0.001"
"""curl always waits for 100 Continue when it sends Expect; a millisecond comes nearest to not waiting."""
_LIMIT_S = 60


@dataclass(frozen=True)
class Answer:
    """How one call ended: seconds of the clock on the wall, and the last status, None when there was none."""

    seconds: float
    status: int | None


@dataclass(frozen=True)
class Curl:
    """Calls ``program``; ``certificates`` are PEM files with certificate and key, ``folder`` keeps the bodies."""

    program: str
    ca: str
    certificates: dict[Identity, str]
    folder: Path

    def send(self, probe: Probe) -> Answer:
        """Send the requests of a probe in one call and wait for its end."""
        command = [self.program, "--disable", "--silent", *self.arguments(probe)]
        began = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, timeout=_LIMIT_S, check=False)
        seconds = time.perf_counter() - began
        statuses = [int(word) for word in done.stdout.split()]
        return Answer(seconds, statuses[-1] or None if statuses else None)

    def arguments(self, probe: Probe) -> list[str]:
        """Return curl's arguments; HEAD first is a transfer before the other, on the same connection."""
        last = [*self._connection(probe), *self._request(probe), f"{probe.origin}{probe.path}"]
        if not probe.head_first:
            return last
        return [*self._connection(probe), "--head", f"{probe.origin}{probe.path}", "--next", *last]

    def _connection(self, probe: Probe) -> list[str]:
        authority = probe.origin.partition("://")[2]
        there = ["--connect-to", f"{authority}:{probe.connect_to}"] if probe.connect_to else []
        pem = self.certificates.get(probe.identity)
        return [
            *("--path-as-is", "--noproxy", "*", "--output", "/dev/null", "--write-out", "%{http_code}\\n"),
            *("--cacert", self.ca),
            *(["--cert", pem] if pem else []),
            *there,
            *_tls(probe),
            "--http1.1" if probe.http == "1.1" else "--http2",
        ]

    def _request(self, probe: Probe) -> list[str]:
        if not probe.body_bytes:
            return [] if probe.method == "GET" else ["--request", probe.method]
        return [
            *("--request", probe.method, "--data-binary", f"@{self._body(probe.body_bytes)}"),
            *("--header", "Content-Type: application/octet-stream"),
            *_expect(probe),
        ]

    def _body(self, size: int) -> Path:
        path = self.folder / f"{size}.body"
        if not path.exists():
            path.write_bytes(b"b" * size)
        return path


def _tls(probe: Probe) -> Sequence[str]:
    return () if probe.tls == "free" else (f"--tlsv{probe.tls}", "--tls-max", probe.tls)


def _expect(probe: Probe) -> Sequence[str]:
    if probe.expect == "none":
        return ("--header", "Expect:")
    waits = _LIMIT_S if probe.wait_ms is None else probe.wait_ms / 1000
    limit = f"{waits:g}" if probe.expect == "wait" else _NOT_WAITED_S
    return ("--header", "Expect: 100-continue", "--expect100-timeout", limit)
