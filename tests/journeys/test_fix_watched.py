"""From the verdict to the customer's hands: the fix is watched while it takes effect, and the report tells of it."""

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.loops.served import COMMAND, LIMIT_S, filled, patch, run, serve

FINDING = "large-body-renegotiation"
STREAK = 8


@dataclass(frozen=True)
class Watched:
    """What was read while the fix took effect, and the case that it went into."""

    status: int
    stdout: str
    narration: str
    file: Path


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    file = tmp_path_factory.mktemp("handed") / "case.jsonl"
    with serve(FINDING) as ready:
        assert run("diagnose", ready["target"], *ready["options"], "--save", str(file)).returncode == 1
        given = filled(["--ca", "{ca}", "--cert", "{certificate}"], ready)
        pace = ["--for", "60s", "--every", "100ms", "--streak", str(STREAK)]
        process = subprocess.Popen(
            [*COMMAND, "verify", str(file), *given, *pace],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr
        seen: list[str] = []
        while sum("failed" in line for line in seen) < 3:
            seen.append(process.stderr.readline())
            assert seen[-1], "it ended before three attempts had failed"
        listed = {one["name"]: one for one in json.loads(run("lab", "--list", "--json").stdout)}
        patch(ready, listed[FINDING]["fix"]["lab"])
        stdout, rest = process.communicate(timeout=LIMIT_S)
    return Watched(process.returncode, stdout, "".join(seen) + rest, file)


def test_the_strip_turns_and_the_sentence_says_no_more_than_it_proves(watched: Watched) -> None:
    assert watched.status == 0
    assert watched.stdout.startswith(f"✓ It held: {FINDING}, by the probe post-large-own")
    (strip,) = re.findall(r"^  ([✗✓]+)$", watched.stdout, re.MULTILINE)
    assert re.fullmatch(rf"✗{{3,}}✓{{{STREAK}}}", strip)
    failed = re.findall(r"✗ (\S+Z)", watched.narration)
    assert f"{STREAK} of {STREAK} fresh connections since the last failure at {failed[-1]} passed" in watched.stdout
    assert "with 95 % certainty at most 38 % of connections can still fail" in watched.stdout
    assert "✓ A request without a certificate is still refused." in watched.stdout


@pytest.mark.parametrize("form", ["markdown", "html"])
def test_the_report_for_the_customer_has_the_proof(watched: Watched, form: str) -> None:
    ended = run("report", str(watched.file), f"--{form}", "--audience", "customer")
    assert ended.returncode == 0
    text = " ".join(ended.stdout.split())
    assert f"{STREAK} of {STREAK} in a row got through, it held" in text
    assert re.search(rf"✗{{3,}}✓{{{STREAK}}}", ended.stdout)
    assert "can still fail" in text
    assert "The control, a request without a certificate, is still refused." in text
    assert "Your site asks for the client certificate after the upload has already begun" in text


def test_the_case_still_names_what_it_was(watched: Watched) -> None:
    case = json.loads(run("report", str(watched.file), "--json").stdout)
    assert case["verdict"]["finding"] == FINDING
    assert case["verification"]["control_still_refused"] is True
