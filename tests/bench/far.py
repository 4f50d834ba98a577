"""A lab behind a relay that delays both directions, each in a process of its own: a far site on this machine."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from probes.lab.child import LabProcess
from probes.lab.ready import LabReady
from probes.triage import TriageRequest
from tests.bench.rows import BenchFailed
from tui.commands.options import parse_options
from tui.request import triage_request

_ROOT = Path(__file__).parents[2]
_START_S = 20.0


@dataclass(frozen=True)
class FarLab:
    """A running lab; ``relay_port`` of 127.0.0.1 leads to its front end."""

    ready: LabReady
    relay_port: int

    def request(self) -> TriageRequest:
        """Return the request that the command line would make: the scenario's options, through the relay."""
        relayed = ["--connect-to", f"127.0.0.1:{self.relay_port}"]
        return triage_request(self.ready.target, parse_options([*self.ready.options, *relayed]))


@asynccontextmanager
async def far_lab(scenario: str, delay_ms: float) -> AsyncIterator[FarLab]:
    """Serve ``scenario`` at ``delay_ms`` for each direction, until the block ends."""
    async with (
        LabProcess.start(scenario) as lab,
        _relay(urlsplit(lab.ready.front_end).port or 443, delay_ms) as port,
    ):
        yield FarLab(lab.ready, port)


@asynccontextmanager
async def _relay(to_port: int, delay_ms: float) -> AsyncIterator[int]:
    command = (sys.executable, "-m", "tests.peers.relay", "--to", str(to_port), "--delay", str(delay_ms))
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, cwd=_ROOT)
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), _START_S)
        if not line:
            raise BenchFailed("the relay ended before it was ready")
        yield int(json.loads(line)["port"])
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
