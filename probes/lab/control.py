"""The control endpoint: plain HTTP on 127.0.0.1, GET and PATCH of the lab's state as JSON."""

import asyncio
import json
from typing import Any

import h11
import msgspec

from probes.lab.change import StateFault, as_json, changed
from probes.lab.site import Site

MAX_BODY_BYTES = 1_048_576
_LOCAL = frozenset({"127.0.0.1", "localhost"})


class Control:
    """``GET /`` the state, ``PATCH /`` merges into it and returns it, ``GET /seen`` what was counted and asked."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._server: asyncio.Server | None = None
        self.port = 0

    async def start(self) -> None:
        """Listen on a free port of 127.0.0.1."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening."""
        if self._server:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = h11.Connection(h11.SERVER)
        try:
            async with asyncio.timeout(10):
                request, body = await _read(connection, reader)
            status, answer = self._answer(request, body)
        except (h11.RemoteProtocolError, _TooLarge):
            status, answer = 400, {"error": "this is no request that the control endpoint can read"}
        except (TimeoutError, OSError, _Ended):
            writer.close()
            return
        try:
            writer.write(_written(connection, status, answer))
            await writer.drain()
        except (OSError, h11.LocalProtocolError):
            pass
        writer.close()

    def _answer(self, request: h11.Request, body: bytes) -> tuple[int, Any]:
        host = dict(request.headers).get(b"host", b"").decode("latin-1").rpartition(":")[0]
        if host not in _LOCAL:
            # A web page could reach this port under a name of its own that resolves to 127.0.0.1.
            return 403, {"error": "the control endpoint answers to 127.0.0.1 only"}
        target = request.target.decode("latin-1")
        if request.method == b"GET" and target == "/seen":
            return 200, msgspec.to_builtins(self._site.seen)
        if target != "/":
            return 404, {"error": "the control endpoint has / and /seen"}
        if request.method == b"PATCH":
            return self._patch(body)
        if request.method == b"GET":
            return 200, as_json(self._site.state)
        return 405, {"error": "the control endpoint takes GET and PATCH"}

    def _patch(self, body: bytes) -> tuple[int, Any]:
        try:
            state = changed(self._site.state, json.loads(body))
        except StateFault as fault:
            return 400, {"error": str(fault)}
        except (ValueError, RecursionError):
            return 400, {"error": "changing the lab's state: the body is no JSON"}
        self._site.become(state, "lab-control")
        return 200, as_json(state)


class _TooLarge(Exception):
    """The body is larger than any state."""


class _Ended(Exception):
    """The client went away."""


async def _read(connection: h11.Connection, reader: asyncio.StreamReader) -> tuple[h11.Request, bytes]:
    request, body = None, b""
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(65_536))
        elif isinstance(event, h11.Request):
            request = event
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > MAX_BODY_BYTES:
                raise _TooLarge
        elif isinstance(event, h11.EndOfMessage) and request is not None:
            return request, body
        else:
            raise _Ended


def _written(connection: h11.Connection, status: int, answer: Any) -> bytes:
    body = json.dumps(answer).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body))), ("Connection", "close")]
    parts = (
        connection.send(h11.Response(status_code=status, headers=headers)),
        connection.send(h11.Data(data=body)),
        connection.send(h11.EndOfMessage()),
    )
    return b"".join(part for part in parts if part)
