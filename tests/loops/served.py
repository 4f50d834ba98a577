"""A lab that is served by the public command, and the public commands run against it."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

COMMAND = [sys.executable, "-m", "tui"]
LIMIT_S = 100


def run(*arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run ``mtls-triage`` and return what it printed and its exit status; nothing is typed into it."""
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **(env or {})},
        check=False,
    )


def diagnose(target: str, options: Sequence[str] = (), env: dict[str, str] | None = None) -> dict[str, Any]:
    """Run ``diagnose --json`` and return the case with the exit status under ``exit``."""
    ended = run("diagnose", target, *options, "--json", env=env)
    assert ended.returncode in (0, 1, 3), ended.stderr
    case: dict[str, Any] = json.loads(ended.stdout)
    internal = [one["error"] for one in case["observations"] if one["error"] and one["error"]["kind"] == "internal"]
    assert internal == []
    return case | {"exit": ended.returncode}


@contextmanager
def serve(scenario: str) -> Iterator[dict[str, Any]]:
    """Serve a scenario with ``lab --serve`` and yield its ready line."""
    with subprocess.Popen(
        [*COMMAND, "lab", "--serve", "--scenario", scenario, "--until-stdin-closes"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.stdin.close()
            process.wait(10)


def patch(ready: dict[str, Any], body: dict[str, Any]) -> None:
    """Change the lab's state through its control endpoint."""
    request = urllib.request.Request(
        ready["control"],
        data=json.dumps(body).encode(),
        method="PATCH",
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 200


def filled(options: Sequence[str], ready: dict[str, Any]) -> list[str]:
    """Return options with ``{ca}``, ``{certificate}`` … replaced by the ready line's fields."""
    out = []
    for option in options:
        for name, value in ready.items():
            if isinstance(value, str):
                option = option.replace(f"{{{name}}}", value)
        out.append(option)
    return out
