"""Keeps the cases of the tests out of the user's own data folder, and lets tests interrupt what they start."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from probes.case.folder import VARIABLE

# A shell without job control starts background jobs with SIGINT ignored, and whatever they start inherits that; the
# programs under test are to be interrupted as in a terminal.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


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
