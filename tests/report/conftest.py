"""Saved cases of the lab, one of a fault and one of a healthy site, for all tests of the reports."""

from pathlib import Path

import pytest

from tests.loops.served import run


@pytest.fixture(scope="session")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("faulty") / "case.jsonl"
    ended = run("diagnose", "lab:large-body-renegotiation", "--save", str(file))
    assert ended.returncode == 1, ended.stderr
    return file


@pytest.fixture(scope="session")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("healthy") / "case.jsonl"
    ended = run("diagnose", "lab:healthy-required", "--save", str(file))
    assert ended.returncode == 0, ended.stderr
    return file
