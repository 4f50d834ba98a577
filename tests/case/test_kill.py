"""A run that is killed at a random moment: what was shown is in the file, and the file opens."""

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from probes.case import CaseFault, open_case
from tests.loops.served import filled, serve

KILLS = int(os.environ.get("MTLS_TRIAGE_KILLS", "40"))
BATCHES = 8
_SHOWN = re.compile(r"^  [✓✗?] (o\S+) ", re.MULTILINE)


@pytest.fixture(scope="module")
def lab() -> Iterator[dict[str, Any]]:
    with serve("large-body-renegotiation") as ready:
        yield ready


def command(lab: dict[str, Any], file: Path) -> list[str]:
    target, options = lab["target"], filled(lab["options"], lab)
    return [sys.executable, "-m", "tui", "diagnose", target, *options, "--save", str(file)]


def run_until(lab: dict[str, Any], file: Path, after: float | None) -> tuple[str, float]:
    """Run diagnose, kill it ``after`` seconds from its first line; return what it had shown, and how long it ran."""
    with subprocess.Popen(
        command(lab, file), stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL
    ) as process:
        assert process.stderr
        first = process.stderr.readline()
        began = time.monotonic()
        if after is not None:
            time.sleep(after)
            os.kill(process.pid, signal.SIGKILL)
        _, said = process.communicate(timeout=60)
    return (first + said).decode("utf-8"), time.monotonic() - began


@pytest.fixture(scope="module")
def length(lab: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> float:
    """How many seconds a whole run takes from its first line on."""
    file = tmp_path_factory.mktemp("whole") / "c.jsonl"
    shown, seconds = run_until(lab, file, None)
    opened = open_case(file)
    assert opened.finished
    assert set(_SHOWN.findall(shown)) == {seen.id for seen in opened.case.observations}
    return seconds


@pytest.mark.skipif(
    os.name != "posix", reason="SIGKILL is how a POSIX system kills; Windows ends processes otherwise"
)
@pytest.mark.parametrize("batch", range(BATCHES))
def test_nothing_that_was_shown_is_lost(batch: int, lab: dict[str, Any], length: float, tmp_path: Path) -> None:
    chance = random.Random(batch)
    for number in range(batch, KILLS, BATCHES):
        file = tmp_path / f"{number}.jsonl"
        shown, _ = run_until(lab, file, chance.uniform(0.0, length))
        ids = set(_SHOWN.findall(shown))
        if not file.read_bytes():
            # Killed before the first line was written: then nothing may have been shown either.
            assert not ids
            with pytest.raises(CaseFault, match="holds no case yet"):
                open_case(file)
            continue
        opened = open_case(file)
        assert ids <= {seen.id for seen in opened.case.observations}
        assert opened.case.verdict is not None
        torn = [note for note in opened.notes if "torn" in note]
        assert file.read_bytes().count(b"\n") == opened.lines
        assert len(torn) <= 1


@pytest.mark.skipif(os.name != "posix", reason="needs SIGINT as a POSIX system sends it")
def test_an_interrupted_run_says_so(lab: dict[str, Any], length: float, tmp_path: Path) -> None:
    file = tmp_path / "c.jsonl"
    with subprocess.Popen(
        command(lab, file), stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL
    ) as process:
        assert process.stderr
        while b"o" not in _ids(process.stderr.readline()):
            pass
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 130
    opened = open_case(file)
    assert opened.finished
    assert opened.cancelled
    assert opened.case.verdict is not None


def _ids(line: bytes) -> bytes:
    assert line, "the run ended before anything was shown"
    found = _SHOWN.search(line.decode("utf-8"))
    return b"o" if found else b""
