"""A real case of the lab, saved by the public command once for all tests."""

from pathlib import Path

import pytest

from tests.loops.served import run


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("saved") / "case.jsonl"
    ended = run("diagnose", "lab:large-body-renegotiation", "--save", str(file))
    assert ended.returncode == 1, ended.stderr
    return file
