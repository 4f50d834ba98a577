"""The wheel as a user gets it: built, installed on its own, it runs the lab and writes every report."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.peers.need import missing

ROOT = Path(__file__).parents[2]
PARTS = ("probes", "tui", "pyproject.toml", "README.md", "LICENSE")
NEEDED = 77


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if int(version("setuptools").partition(".")[0]) < NEEDED:
        missing(f"setuptools {NEEDED} or newer is not installed; the wheel cannot be built offline")
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("dist")
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, source / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / part, source / part)
    built = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(out), str(source)],
        capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stdout + built.stderr
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that has the wheel, and its dependencies as the tests have them; return its ``bin``."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=os.name == "posix")
    own = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
    # A path in a .pth file is searched for packages, but its own .pth files are not read: the source tree that is
    # installed for editing beside them stays out.
    (own / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    made = subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(next(scripts.glob("python*"))), "install", "--no-index",
         "--no-deps", "--ignore-installed", "--disable-pip-version-check", str(wheel)],
        capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stdout + made.stderr
    return scripts


def run(installed: Path, folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [str(installed / "mtls-triage"), *words], capture_output=True, text=True, timeout=100, check=False,
        cwd=folder, env=environment, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def test_the_wheel_holds_what_is_read_at_run_time(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    data = [file for part in ("probes", "tui") for file in (ROOT / part).rglob("*") if file.is_file()]
    wanted = {str(file.relative_to(ROOT)) for file in data if "__pycache__" not in file.parts}
    assert wanted - names == set()
    assert not [name for name in names if name.startswith("tests")]


def test_it_runs_the_lab_and_writes_every_report(installed: Path, tmp_path: Path) -> None:
    where = subprocess.run(
        [str(installed / "python"), "-c", "import probes; print(probes.__file__)"],
        capture_output=True, text=True, cwd=tmp_path, check=True,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
    )  # fmt: skip
    assert str(installed.parent) in where.stdout
    made = run(installed, tmp_path, "diagnose", "lab:large-body-renegotiation", "--save", "case.jsonl", "--json")
    assert made.returncode == 1, made.stderr
    assert run(installed, tmp_path, "report", "case.jsonl", "--json").stdout == made.stdout
    for form, word in (("--markdown", "## Evidence"), ("--html", "<h2>Evidence</h2>"), ("--junit", "<testsuites")):
        ended = run(installed, tmp_path, "report", "case.jsonl", form)
        assert ended.returncode == 0, ended.stderr
        assert word in ended.stdout
    assert "Cause found" in run(installed, tmp_path, "report", "case.jsonl").stdout
    assert run(installed, tmp_path, "compare", "case.jsonl", "case.jsonl").returncode == 0
