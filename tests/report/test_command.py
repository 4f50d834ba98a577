"""The commands around reports: light to start, formats of a run, the key log, where cases are kept."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.loops.served import run

HEAVY = {"textual", "rich", "cryptography", "httpx", "OpenSSL", "jinja2", "platformdirs", "msgspec"}
_LINE = re.compile(r"(CLIENT_RANDOM|[A-Z]+(?:_[A-Z0-9]+)*_SECRET(?:_0)?) [0-9a-f]{64} (?:[0-9a-f]{64}|[0-9a-f]{96})")


@pytest.mark.parametrize("name", ["report", "compare"])
def test_help_imports_nothing_heavy(name: str) -> None:
    code = (
        f"import sys\nsys.argv = ['mtls-triage', '{name}', '--help']\nfrom tui.cli import main\n"
        "try:\n    main()\nexcept SystemExit as ended:\n    status = ended.code\n"
        "sys.stderr.write(repr((status, sorted(name.partition('.')[0] for name in sys.modules))))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    status, modules = eval(ended.stderr)
    assert (status, HEAVY & set(modules)) == (0, set())


def test_a_run_is_reported_in_the_format_that_was_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "case.jsonl"
    made = run("diagnose", "lab:certificate-missing", "--markdown", "--save", str(file))
    assert made.returncode == 1
    assert made.stdout == run("report", str(file), "--markdown").stdout
    assert run("diagnose", "lab:certificate-missing", "--markdown", "--html").returncode == 2


def test_a_case_is_kept_without_being_asked(tmp_path: Path) -> None:
    folder = tmp_path / "kept" / "here"
    ended = run("diagnose", "lab:healthy-required", "--json", env={"MTLS_TRIAGE_CASES": str(folder)})
    (file,) = folder.iterdir()
    assert str(file) in ended.stderr
    assert run("report", str(file), "--json").stdout == ended.stdout


def test_looking_at_the_plan_keeps_nothing(tmp_path: Path) -> None:
    assert (
        run("diagnose", "lab:healthy-required", "--dry-run", env={"MTLS_TRIAGE_CASES": str(tmp_path)}).returncode == 0
    )
    assert list(tmp_path.iterdir()) == []


def test_session_keys_are_written_only_when_asked_and_marked(tmp_path: Path) -> None:
    keys, case = tmp_path / "keys.txt", tmp_path / "case.jsonl"
    made = run("diagnose", "lab:healthy-required", "--keylog", str(keys), "--save", str(case), "--markdown")
    assert made.returncode == 0
    lines = keys.read_text("ascii").splitlines()
    assert len(lines) > 10
    assert [line for line in lines if not _LINE.fullmatch(line)] == []
    assert {line.partition(" ")[0] for line in lines} >= {"CLIENT_RANDOM", "CLIENT_TRAFFIC_SECRET_0"}
    assert keys.stat().st_mode & 0o077 == 0
    assert "session keys of this run were written" in made.stdout
    assert json.loads(run("report", str(case), "--json").stdout)["run"]["keylog"] is True
    plain = run("diagnose", "lab:healthy-required", "--json")
    assert json.loads(plain.stdout)["run"]["keylog"] is False


def test_no_redact_is_marked_and_widens_no_secret(tmp_path: Path) -> None:
    ended = run("diagnose", "lab:healthy-required", "--no-redact", "--audience", "public", "--json")
    case = json.loads(ended.stdout)
    assert case["run"]["redacted"] is False
    assert case["credential"]["subject"].startswith("CN=lab client")
    cookies = [value for seen in case["observations"] for exchange in seen["exchanges"]
               for name, value in exchange["headers"] if name == "set-cookie"]  # fmt: skip
    assert cookies
    assert set(cookies) == {"[redacted]"}
