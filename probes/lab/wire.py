"""One accepted socket: reads and writes raw bytes, shapes them as the faults say, and closes in three ways."""

import asyncio
import contextlib
import os
import socket
import struct
from collections.abc import Callable

from probes.lab.state import Faults

CHUNK = 65_536
DRAIN_SECONDS = 10.0
DRAIN_BYTES = 64 * 1024 * 1024
IDLE_SECONDS = 120.0
_LINGER = "hh" if os.name == "nt" else "ii"
"""The C type of ``struct linger``: two shorts on Windows, two ints elsewhere."""


class Wire:
    """A non-blocking socket on the running loop.

    Raw sockets, not asyncio streams: a stream drops what it has received when a write fails, and the edge must
    read a client's last alert just as a client must read the edge's early answer.
    """

    def __init__(self, sock: socket.socket, faults: Callable[[], Faults]) -> None:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sock = sock
        self._faults = faults
        peer = sock.getpeername()
        self.peer_ip: str = peer[0]
        self.peer_port: int = peer[1]

    async def receive(self, limit_s: float = IDLE_SECONDS) -> bytes:
        """Return what came, ``b""`` at the end; raises TimeoutError after ``limit_s`` seconds of silence."""
        loop = asyncio.get_running_loop()
        try:
            return await asyncio.wait_for(loop.sock_recv(self._sock, CHUNK), limit_s)
        except OSError as fault:
            if isinstance(fault, TimeoutError):
                raise
            return b""

    async def send(self, data: bytes) -> bool:
        """Write all of ``data``, late and slowly if the faults say so; False when the peer is gone."""
        loop, faults = asyncio.get_running_loop(), self._faults()
        if not data:
            return True
        if faults.latency_ms:
            await asyncio.sleep(faults.latency_ms / 1000)
        try:
            if faults.bandwidth is None:
                await asyncio.wait_for(loop.sock_sendall(self._sock, data), IDLE_SECONDS)
                return True
            step = max(1, faults.bandwidth // 20)
            for start in range(0, len(data), step):
                await loop.sock_sendall(self._sock, data[start : start + step])
                await asyncio.sleep(len(data[start : start + step]) / faults.bandwidth)
        except OSError:
            return False
        return True

    def half_close(self) -> None:
        """Send a FIN and keep the reading side open."""
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_WR)

    async def drain(self, limit_s: float = DRAIN_SECONDS) -> None:
        """Read and forget until the peer closes, for a bounded time and a bounded number of bytes."""
        loop, seen = asyncio.get_running_loop(), 0
        end = loop.time() + limit_s
        while seen < DRAIN_BYTES and (left := end - loop.time()) > 0:
            try:
                data = await self.receive(left)
            except TimeoutError:
                return
            if not data:
                return
            seen += len(data)

    async def close(self) -> None:
        """Close so that a peer that still writes can read what was sent: FIN, then drain (RFC 9112 section 9.6)."""
        self.half_close()
        await self.drain()
        self._sock.close()

    def reset(self) -> None:
        """Close with a TCP reset."""
        with contextlib.suppress(OSError):
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(_LINGER, 1, 0))
        self._sock.close()

    def abandon(self) -> None:
        """Close at once; for the end of the lab."""
        self._sock.close()
