"""The journal: on disk before it is shown, one writer, and a disk that fails is said once."""

import asyncio
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from probes.case import CaseTaken, Journal, open_case
from probes.errors import UsageFault
from probes.model import Case
from probes.plan import Plan
from tests.loops.served import run

HOLD = (
    "import sys\nfrom pathlib import Path\nfrom probes.case import Journal\n"
    "journal = Journal.create(Path(sys.argv[1]))\nprint('held', flush=True)\nsys.stdin.read()\n"
)


def plan_of(case: Case) -> Plan:
    return Plan(probes=tuple(seen.probe for seen in case.observations), upload_path="/x")


async def write(path: Path, case: Case) -> Journal:
    journal = Journal.create(path)
    journal.begin(case, plan_of(case))
    for seen in case.observations:
        await journal.observed(seen)
    journal.end(case)
    journal.close()
    return journal


async def test_what_is_written_is_what_is_read(saved: Path, tmp_path: Path) -> None:
    case = open_case(saved).case
    await write(tmp_path / "c.jsonl", case)
    opened = open_case(tmp_path / "c.jsonl")
    assert (opened.case, opened.finished, opened.cancelled, opened.notes) == (case, True, False, ())


async def test_each_line_is_synced_before_the_call_returns(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = open_case(saved).case
    synced: list[int] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        synced.append(os.fstat(descriptor).st_size)
        real(descriptor)

    journal = Journal.create(tmp_path / "c.jsonl")
    monkeypatch.setattr(os, "fsync", fsync)
    journal.begin(case, plan_of(case))
    for seen in case.observations:
        await journal.observed(seen)
        assert synced[-1] == (tmp_path / "c.jsonl").stat().st_size
    assert len(synced) == 1 + len(case.observations)
    journal.close()


async def test_a_slow_disk_does_not_stop_the_probes(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = open_case(saved).case
    journal = Journal.create(tmp_path / "c.jsonl")
    journal.begin(case, plan_of(case))
    monkeypatch.setattr(os, "fsync", lambda _descriptor: time.sleep(0.5))
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.01)
            ticks += 1

    ticking = asyncio.create_task(tick())
    await journal.observed(case.observations[0])
    ticking.cancel()
    journal.close()
    assert ticks >= 10


def test_two_processes_cannot_write_one_case(tmp_path: Path) -> None:
    file = tmp_path / "c.jsonl"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout
        assert holder.stdin
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(CaseTaken, match="Another mtls-triage is writing"):
            Journal.create(file)
        ended = run("diagnose", "lab:healthy-required", "--save", str(file))
        assert ended.returncode == 2
        assert "Another mtls-triage" in ended.stderr
        assert file.read_bytes() == b""
        holder.kill()
    Journal.create(file).close()


def test_a_case_is_never_overwritten(saved: Path) -> None:
    before = saved.read_bytes()
    with pytest.raises(CaseTaken, match="never overwritten"):
        Journal.create(saved)
    ended = run("diagnose", "lab:healthy-required", "--save", str(saved))
    assert (ended.returncode, saved.read_bytes() == before) == (2, True)


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    Journal.create(tmp_path / "c.jsonl").close()
    if os.name == "posix":
        assert (tmp_path / "c.jsonl").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["no/such/folder/c.jsonl", "."])
def test_a_path_that_is_no_file_is_said_before_anything_is_sent(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageFault, match="cannot be made"):
        Journal.create(tmp_path / name)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_said_once_and_the_run_goes_on() -> None:
    ended = run("diagnose", "lab:healthy-required", "--save", "/dev/full", "--json")
    assert ended.returncode == 0
    assert '"healthy"' in ended.stdout
    assert ended.stderr.count("No space left on device") == 1


@pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="this system has no folder that even root cannot write")
def test_a_read_only_folder_is_said_once_and_the_run_goes_on() -> None:
    ended = run("diagnose", "lab:healthy-required", env={"MTLS_TRIAGE_CASES": "/sys/kernel"})
    assert ended.returncode == 0
    assert ended.stderr.count("cannot be written") == 1
    assert "The case is kept" not in ended.stderr


def test_a_disk_that_fills_up_leaves_a_file_that_opens(saved: Path, tmp_path: Path) -> None:
    file, limit = tmp_path / "c.jsonl", 40_000
    ended = subprocess.run(
        [sys.executable, "-m", "tui", "diagnose", "lab:healthy-required", "--save", str(file)],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr.count("cannot be written") == 1
    opened = open_case(file)
    assert 0 < len(opened.case.observations) < 17
    assert not opened.finished
    assert file.read_bytes().endswith(b"\n")
    assert "torn" not in " ".join(opened.notes)


async def test_a_case_is_resumed_behind_its_torn_line(saved: Path, tmp_path: Path) -> None:
    whole = open_case(saved).case
    file = tmp_path / "c.jsonl"
    file.write_bytes(saved.read_bytes()[:-30])
    torn = open_case(file)
    assert not torn.finished
    journal = Journal.resume(file)
    journal.end(torn.case)
    journal.close()
    opened = open_case(file)
    assert (opened.case, opened.finished, opened.notes) == (whole, True, ())


async def test_a_case_without_its_last_line_feed_is_resumed(saved: Path, tmp_path: Path) -> None:
    file = tmp_path / "c.jsonl"
    file.write_bytes(saved.read_bytes().rstrip(b"\n"))
    opened = open_case(file)
    journal = Journal.resume(file)
    journal.end(opened.case)
    journal.close()
    again = open_case(file)
    assert (again.case, again.lines > opened.lines, again.notes) == (opened.case, True, ())
