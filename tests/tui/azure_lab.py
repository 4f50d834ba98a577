"""The lab with its Azure for the tests of the app: one process for each file, put back before every test."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.loops.served import serve
from tests.siteconfig.conftest import signed_out
from tests.tui.azure import FRESH, SCENARIO, principal, told

__all__ = ["lab", "principal_here", "running", "signed_out"]


@pytest.fixture(scope="module")
def running() -> Iterator[dict[str, Any]]:
    """The lab that runs for the tests of one file."""
    with serve(SCENARIO) as ready:
        yield ready


@pytest.fixture
def lab(running: dict[str, Any]) -> dict[str, Any]:
    """The same lab with its Azure as it was at first."""
    told(running, **FRESH)
    return running


@pytest.fixture
def principal_here(lab: dict[str, Any], signed_out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service principal of the lab stands in the environment."""
    for name, value in principal(lab).items():
        monkeypatch.setenv(name, value)
