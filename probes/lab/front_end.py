"""The listening edge: accepts on localhost over IPv4 and IPv6, runs TLS, and hands over to the protocol."""

import asyncio
import contextlib
import socket
import traceback
from collections.abc import Callable, Coroutine
from typing import Any

from OpenSSL import SSL

from probes.errors import MtlsTriageError
from probes.lab.contexts import server_context
from probes.lab.http1 import Http1Server
from probes.lab.http2 import Http2Server
from probes.lab.obtain import Holder
from probes.lab.site import Site
from probes.lab.state import LabState
from probes.lab.streams import PlainStream, TlsStream
from probes.lab.strike import stands_at, strike
from probes.lab.tls_server import TlsServer
from probes.lab.wire import Wire

MAX_CONNECTIONS = 256


def listen_on_localhost() -> list[socket.socket]:
    """Return listening sockets on 127.0.0.1 and, where there is IPv6, on ::1, with one free port for both.

    Raises MtlsTriageError when no port can be had.
    """
    for _ in range(20):
        first = socket.create_server(("127.0.0.1", 0), backlog=128)
        if not socket.has_ipv6:
            return [first]
        try:
            second = socket.create_server(("::1", first.getsockname()[1]), family=socket.AF_INET6, backlog=128)
        except OSError as fault:
            if isinstance(fault, PermissionError) or "in use" not in str(fault).lower():
                return [first]
            first.close()
            continue
        return [first, second]
    raise MtlsTriageError("starting the lab: no port is free on both 127.0.0.1 and ::1; close other servers")


class FrontEnd:
    """The edge of one lab. ``port`` is that of https, ``http_port`` that of http."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._tasks: set[asyncio.Task[None]] = set()
        self._listeners: list[socket.socket] = []
        self._context: tuple[LabState, SSL.Context] | None = None
        self.port = 0
        self.http_port = 0

    def start(self) -> None:
        """Listen; connections are served as soon as the loop runs."""
        https, http = listen_on_localhost(), listen_on_localhost()
        self.port = self._site.https_port = https[0].getsockname()[1]
        self.http_port = http[0].getsockname()[1]
        for listeners, serve in ((https, self._https), (http, self._http)):
            for listener in listeners:
                listener.setblocking(False)
                self._listeners.append(listener)
                self._spawn(self._accept(listener, serve))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Stop listening and drop every connection."""
        for task in (tasks := list(self._tasks)):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for listener in self._listeners:
            listener.close()

    async def _accept(self, listener: socket.socket, serve: Callable[[Wire], Coroutine[Any, Any, None]]) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                sock, _ = await loop.sock_accept(listener)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            if len(self._tasks) > MAX_CONNECTIONS:
                sock.close()
                continue
            self._spawn(self._guarded(sock, serve))

    async def _guarded(self, sock: socket.socket, serve: Callable[[Wire], Coroutine[Any, Any, None]]) -> None:
        """Serve one connection; whatever it does to us, the others go on, and the count tells."""
        seen = self._site.seen
        seen.connections += 1
        try:
            await serve(Wire(sock, lambda: self._site.state.faults))
        except TimeoutError:
            return
        except Exception:
            seen.crashes += 1
            seen.last_crash = traceback.format_exc(limit=-3)[-500:]
        finally:
            with contextlib.suppress(OSError):
                sock.close()

    def _current_context(self) -> SSL.Context:
        state = self._site.state
        if self._context is None or self._context[0] is not state:
            self._context = (state, server_context(state, self._site.pki))
        return self._context[1]

    async def _https(self, wire: Wire) -> None:
        stream = TlsStream(wire, TlsServer(self._current_context()))
        if await strike("accept", stream, self._site.state.faults):
            return
        if stands_at("handshake", self._site.state.faults) and await wire.receive():
            await strike("handshake", stream, self._site.state.faults)
            return
        if not await stream.handshake():
            self._site.seen.handshakes_failed += 1
            await wire.close()
            return
        self._site.seen.handshakes += 1
        holder = Holder(stream, self._site)
        if stream.alpn == "h2":
            await Http2Server(stream, self._site, holder).serve()
        else:
            await Http1Server(stream, self._site, holder).serve()

    async def _http(self, wire: Wire) -> None:
        stream = PlainStream(wire)
        if await strike("accept", stream, self._site.state.faults):
            return
        await Http1Server(stream, self._site, None).serve()
