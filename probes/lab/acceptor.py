"""Accepts connections on localhost and serves each in a task of its own, whatever a client does."""

import asyncio
import contextlib
import socket
import traceback
from collections.abc import Callable, Coroutine
from typing import Any

from probes.errors import MtlsTriageError
from probes.lab.site import Seen
from probes.lab.state import Faults
from probes.lab.wire import Wire

MAX_CONNECTIONS = 256

Serve = Callable[[Wire], Coroutine[Any, Any, None]]


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


class Acceptor:
    """Listening sockets and the tasks of their connections. ``faults`` shapes what every connection writes."""

    def __init__(self, seen: Seen, faults: Callable[[], Faults]) -> None:
        self._seen = seen
        self._faults = faults
        self._tasks: set[asyncio.Task[None]] = set()
        self._listeners: list[socket.socket] = []

    def listen(self, serve: Serve) -> int:
        """Listen on a free port of localhost and return it; connections are served as soon as the loop runs."""
        listeners = listen_on_localhost()
        for listener in listeners:
            listener.setblocking(False)
            self._listeners.append(listener)
            self._spawn(self._accept(listener, serve))
        port: int = listeners[0].getsockname()[1]
        return port

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

    async def _accept(self, listener: socket.socket, serve: Serve) -> None:
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

    async def _guarded(self, sock: socket.socket, serve: Serve) -> None:
        """Serve one connection; whatever it does to us, the others go on, and the count tells."""
        try:
            await serve(Wire(sock, self._faults))
        except TimeoutError:
            return
        except Exception:
            self._seen.crashes += 1
            self._seen.last_crash = traceback.format_exc(limit=-3)[-500:]
        finally:
            with contextlib.suppress(OSError):
                sock.close()
