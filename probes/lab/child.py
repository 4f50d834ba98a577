"""The lab as a child process, which ends with its parent, however the parent ends."""

import asyncio
import contextlib
import http.client
import json
import sys
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import msgspec

from probes.lab.ready import LabFailed, LabReady
from probes.lab.scenarios import find
from probes.printable import printable_bytes

START_SECONDS = 30.0
STOP_SECONDS = 5.0
_TAIL_BYTES = 2000


class LabProcess:
    """``async with LabProcess.start("name") as lab:`` serves a scenario; ``lab.ready`` says where."""

    def __init__(self, scenario: str) -> None:
        self._scenario = scenario
        self._process: asyncio.subprocess.Process | None = None
        self._ready: LabReady | None = None
        self._complaints = b""
        self._listener: asyncio.Task[None] | None = None

    @classmethod
    def start(cls, scenario: str) -> Self:
        """Return a lab that starts when it is entered.

        Raises UsageFault at once, with the nearest name, when there is no such scenario.
        """
        return cls(find(scenario).name)

    @property
    def ready(self) -> LabReady:
        """Where the lab is; raises LabFailed before it was entered."""
        if self._ready is None:
            raise LabFailed("the lab has not been started")
        return self._ready

    async def __aenter__(self) -> Self:
        command = (sys.executable, "-m", "probes.lab", "--until-stdin-closes", "--scenario", self._scenario)
        pipe = asyncio.subprocess.PIPE
        # A process group of its own: Ctrl+C in the terminal is for the parent, which then closes the pipe.
        self._process = await asyncio.create_subprocess_exec(
            *command, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True, limit=1024 * 1024
        )
        self._listener = asyncio.create_task(self._listen())
        try:
            self._ready = await self._read_ready()
        except BaseException:
            await self._end()
            raise
        return self

    async def _listen(self) -> None:
        assert self._process
        assert self._process.stderr
        while data := await self._process.stderr.read(4096):
            self._complaints = (self._complaints + data)[-_TAIL_BYTES:]

    async def _read_ready(self) -> LabReady:
        assert self._process
        assert self._process.stdout
        try:
            line = await asyncio.wait_for(self._process.stdout.readline(), START_SECONDS)
            return msgspec.json.decode(line, type=LabReady)
        except TimeoutError:
            raise LabFailed(f"starting the lab: not ready after {START_SECONDS:.0f} s; try again") from None
        except (msgspec.DecodeError, ValueError):
            if self._listener:
                await asyncio.wait([self._listener], timeout=1)
            said = printable_bytes(self._complaints.strip()[-300:]) or "nothing"
            raise LabFailed(f"starting the lab: its process ended and said: {said}") from None

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.shield(self._end())

    async def _end(self) -> None:
        """Close its input, which ends it; then ask, then force."""
        process = self._process
        if process is None:
            return
        if process.stdin:
            process.stdin.close()
        for push in (None, process.terminate, process.kill):
            with contextlib.suppress(ProcessLookupError):
                _ = push and push()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), STOP_SECONDS)
                break
        if self._listener:
            self._listener.cancel()

    async def get(self) -> dict[str, Any]:
        """Return the lab's state; raises LabFailed when it does not answer."""
        return await self._control("GET", "/")

    async def seen(self) -> dict[str, Any]:
        """Return what the edge has counted so far; raises LabFailed when it does not answer."""
        return await self._control("GET", "/seen")

    async def patch(self, body: dict[str, Any]) -> dict[str, Any]:
        """Merge ``body`` into the lab's state and return it; raises LabFailed when the lab refuses it."""
        return await self._control("PATCH", "/", body)

    async def _control(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        return await asyncio.to_thread(ask_control, self.ready.control, method, path, body)


def ask_control(control: str, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """Ask the control endpoint at the URL ``control``; raises LabFailed when it refuses or does not answer."""
    parts = urlsplit(control)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        connection.request(method, path, json.dumps(body) if body is not None else None)
        response = connection.getresponse()
        answer = json.loads(response.read())
    except (OSError, http.client.HTTPException, ValueError) as fault:
        raise LabFailed(f"asking the lab's control endpoint: {fault}; is the lab still running?") from fault
    finally:
        connection.close()
    if response.status != 200 or not isinstance(answer, dict):
        raise LabFailed(str(answer.get("error") if isinstance(answer, dict) else answer))
    return answer
