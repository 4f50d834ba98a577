"""Keeps the tests out of the user's data folder, lets them interrupt what they start, prints the quality figures."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from probes.case.folder import VARIABLE
from tests.loops import quality

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


_rows: dict[str, quality.Row] = {}
"""What the closed loops said of each scenario, collected from all workers where the run is shared among some."""


_figures: set[str] = set()
"""Lines that tests hand on under the name ``figures``, to be printed at the end."""


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Collect the rows that tests hand on; a worker's reports arrive here too."""
    for name, value in report.user_properties:
        if report.when == "call" and name == "figures":
            _figures.add(str(value))
        if report.when == "call" and name == quality.PROPERTY:
            row = msgspec.convert(value, quality.Row)
            _rows[row.scenario] = row


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures of the scenarios that were run; UPDATE_GOLDEN=1 keeps them."""
    if _figures:
        terminalreporter.section("figures")
    for line in sorted(_figures):
        terminalreporter.line(line)
    if not _rows:
        return
    terminalreporter.section("quality of the diagnosis")
    for line in quality.summary(_rows):
        terminalreporter.line(line)
    if quality.updating():
        quality.keep(_rows)
