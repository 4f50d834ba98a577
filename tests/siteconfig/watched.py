"""Runs the command line in a process of its own and notes every connection, every name looked up, and every log line.

An audit hook of CPython sees each connect and each look-up, whichever library makes them, and cannot be taken away.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_PROGRAM = """
import json, logging, sys
seen = open(sys.argv[1], "a", buffering=1)
logs = logging.FileHandler(sys.argv[2])
logs.format = lambda record: repr(record.__dict__) + " " + record.getMessage()
for name in ("", "azure", "msal", "msal_extensions", "aiohttp", "asyncio", "urllib3", "requests"):
    logging.getLogger(name).addHandler(logs)
    logging.getLogger(name).setLevel(logging.DEBUG)

def hook(event, args):
    if event == "socket.connect":
        seen.write(json.dumps(["connect", str(args[1][0]), args[1][1]]) + "\\n")
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        seen.write(json.dumps(["look-up", str(args[0]), None]) + "\\n")

sys.addaudithook(hook)
from tui.cli import main
sys.argv = ["mtls-triage", *sys.argv[3:]]
main()
"""


@dataclass(frozen=True)
class Watched:
    """What the process printed, how it ended, where it connected to, which names it looked up, and its logs."""

    returncode: int
    stdout: str
    stderr: str
    connected: frozenset[tuple[str, int]]
    looked_up: frozenset[str]
    logs: str


def watched(folder: Path, *arguments: str, env: dict[str, str] | None = None) -> Watched:
    """Run ``mtls-triage`` with these arguments, every logger at DEBUG; nothing is typed into it."""
    seen, logs = folder / "seen", folder / "logs"
    seen.write_text("")
    logs.write_text("")
    ended = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(seen), str(logs), *arguments],
        capture_output=True,
        text=True,
        timeout=100,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **(env or {})},
        check=False,
    )
    rows = [json.loads(line) for line in seen.read_text().splitlines()]
    return Watched(
        returncode=ended.returncode,
        stdout=ended.stdout,
        stderr=ended.stderr,
        connected=frozenset((where, port) for kind, where, port in rows if kind == "connect"),
        looked_up=frozenset(where for kind, where, _ in rows if kind == "look-up"),
        logs=logs.read_text(),
    )
