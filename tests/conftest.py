"""Keeps the cases of the tests out of the user's own data folder."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from probes.case.folder import VARIABLE


@pytest.fixture(scope="session", autouse=True)
def own_cases_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("cases")
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = str(folder)
    yield folder
    if before is None:
        del os.environ[VARIABLE]
    else:
        os.environ[VARIABLE] = before
