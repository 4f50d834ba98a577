"""Starts labs for tests, as processes of their own; import ``lab`` and ``edge`` into a conftest to use them."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import msgspec
import pytest

from probes.lab.change import as_json, changed
from probes.lab.child import ask_control
from probes.lab.ready import LabReady
from probes.lab.state import LabState


class RunningLab:
    """A lab that serves; ``ready`` says where, ``pid`` is its process."""

    def __init__(self, process: subprocess.Popen[bytes], ready: LabReady) -> None:
        self.process = process
        self.ready = ready

    def get(self) -> dict[str, Any]:
        return ask_control(self.ready.control, "GET", "/")

    def seen(self) -> dict[str, Any]:
        return ask_control(self.ready.control, "GET", "/seen")

    def patch(self, **parts: Any) -> dict[str, Any]:
        return ask_control(self.ready.control, "PATCH", "/", parts)

    def reset(self, **parts: Any) -> None:
        """Go back to the default state and merge ``parts`` into it."""
        self.patch(**as_json(changed(LabState(), parts)))


@contextmanager
def running_lab(scenario: str) -> Iterator[RunningLab]:
    """Serve one scenario for the length of the block; a fault inside the lab fails the test that saw it."""
    command = [sys.executable, "-m", "probes.lab", "--until-stdin-closes", "--scenario", scenario]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said)
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            said.seek(0)
            assert line, said.read().decode()
            running = RunningLab(process, msgspec.json.decode(line, type=LabReady))
            yield running
            if process.poll() is None:
                assert running.seen()["crashes"] == 0, running.seen()["last_crash"]
        finally:
            process.stdin.close()
            process.stdout.close()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        said.seek(0)
        assert said.read() == b""
        assert not os.path.exists(os.path.dirname(running.ready.ca))


@pytest.fixture
def lab() -> Iterator[Callable[[str], RunningLab]]:
    """A factory: ``lab("certificate-missing")`` serves that scenario until the end of the test."""
    with ExitStack() as stack:
        yield lambda scenario: stack.enter_context(running_lab(scenario))


@pytest.fixture(scope="module")
def shared_lab() -> Iterator[RunningLab]:
    """One lab for all tests of a module; take it through ``edge``."""
    with running_lab("healthy-required") as running:
        yield running


@pytest.fixture
def edge(shared_lab: RunningLab) -> RunningLab:
    """The module's lab in its default state; ``edge.patch(settings={…})`` makes of it what the test needs."""
    shared_lab.reset()
    return shared_lab


RENEGOTIATES = {"clientCertExclusionPaths": "/health"}
"""Settings under which App Service renegotiates, with the mode Required."""
