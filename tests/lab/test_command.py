"""``mtls-triage lab``: the list, and calls that make no sense."""

import json
import subprocess
import sys

import pytest

from probes.lab.scenarios import scenarios


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tui", "lab", *arguments], capture_output=True, text=True, timeout=30
    )


def test_list_as_json() -> None:
    listed = json.loads(run("--list", "--json").stdout)
    assert [entry["name"] for entry in listed] == list(scenarios())
    assert all(set(e) == {"name", "title", "expected_finding", "options", "control", "fix"} for e in listed)


def test_list_for_a_person() -> None:
    lines = run("--list").stdout.splitlines()
    assert len(lines) == len(scenarios())
    assert run("--list", "--scenario", "certificate-missing").stdout.startswith("certificate-missing  ")


@pytest.mark.parametrize(
    "arguments",
    [["--json"], ["--until-stdin-closes"], ["--list", "--serve"], ["--serve", "--scenario", "nothing-like-it"]],
)
def test_wrong_calls_end_with_status_2(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_listing_imports_no_tls() -> None:
    code = (
        "import sys; from tui.cli import cli; cli.main(['lab', '--list'], standalone_mode=False)\n"
        "assert not {'OpenSSL', 'cryptography', 'h2', 'textual'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0
