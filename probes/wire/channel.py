"""Moves bytes between a raw socket and a layer (TLS or none) and never loses what the peer said first.

asyncio's streams drop the unread receive queue when a write fails, and with it the early 403 or the late TLS 1.3
alert that a probe is sent for. Here reading and writing are independent: a write error never closes, reading goes on
until the end of the stream or an error, and what was read is always handed on.
"""

import asyncio
import socket
import struct
import sys
from collections.abc import Callable
from typing import Literal, Protocol

from probes.wire.http import FIRST_KEPT
from probes.wire.sniff import Foreign, sniff
from probes.wire.trace import Trace

_READ = 65_536
# Offset of tcpi_bytes_acked in struct tcp_info (linux/tcp.h, since Linux 4.1).
_BYTES_ACKED = 120


class Layer(Protocol):
    """What stands between socket and HTTP: TLS, or nothing."""

    handshake_done: bool
    closed: bool
    failed: str | None

    @property
    def pending(self) -> bool:
        """Whether :meth:`outgoing` has something."""

    def start(self) -> None:
        """Write the first message."""

    def receive(self, data: bytes) -> bytes:
        """Take bytes from the peer; returns the plaintext that became readable."""

    def send(self, plaintext: bytes) -> int:
        """Take plaintext; returns how many bytes were taken, 0 when the peer must be heard first."""

    def outgoing(self) -> bytes:
        """Return what must be written to the socket."""

    def close(self) -> None:
        """Write the layer's goodbye."""


class PlainLayer:
    """No TLS: bytes pass as they are."""

    def __init__(self) -> None:
        self.handshake_done = True
        self.closed = False
        self.failed: str | None = None
        self._out = bytearray()

    @property
    def pending(self) -> bool:
        """Whether bytes were taken and not returned yet."""
        return bool(self._out)

    def start(self) -> None:
        """Nothing to say first."""

    def receive(self, data: bytes) -> bytes:
        """Return the bytes as they are."""
        return data

    def send(self, plaintext: bytes) -> int:
        """Take all bytes."""
        self._out += plaintext
        return len(plaintext)

    def outgoing(self) -> bytes:
        """Return what was taken."""
        data = bytes(self._out)
        self._out.clear()
        return data

    def close(self) -> None:
        """Nothing to say last."""


class Channel:
    """One connection: a reader task that runs from the start, and ``send`` for everybody else.

    ``ended`` says how the peer ended it; ``foreign`` that it speaks another protocol; ``written`` counts the bytes
    that were handed to the kernel.
    """

    def __init__(self, opened: socket.socket, layer: Layer, clock: Trace, *, secure: bool) -> None:
        self.layer = layer
        self.ended: Literal["fin", "reset", "alert"] | None = None
        self.foreign: Foreign | None = None
        self.first = b""
        self.written = 0
        self.write_broken = False
        self._socket = opened
        self._trace = clock
        self._secure = secure
        self._sink: Callable[[bytes], None] | None = None
        self._early = b""
        self._lock = asyncio.Lock()
        self._changed = asyncio.Event()
        self._flushes: set[asyncio.Task[None]] = set()
        self._reader = asyncio.create_task(self._read())

    @property
    def over(self) -> bool:
        """Whether nothing more can come."""
        return self.ended is not None or self.foreign is not None or self.layer.failed is not None

    def attach(self, sink: Callable[[bytes], None]) -> None:
        """Hand plaintext to ``sink`` from now on; ``b""`` is the end of the stream."""
        self._sink = sink
        early, self._early = self._early, b""
        if early:
            sink(early)

    def change(self) -> asyncio.Event:
        """Return an event that is set when anything has come in or ended; take it before you look."""
        return self._changed

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until ``condition`` holds or nothing more can come."""
        while True:
            change = self.change()
            if condition() or self.over:
                return
            await change.wait()

    async def handshake(self) -> None:
        """Drive the layer until its handshake is done, failed, or the peer is gone."""
        self.layer.start()
        await self.flush()
        await self.until(lambda: self.layer.handshake_done)

    async def send(self, plaintext: bytes) -> bool:
        """Send all of ``plaintext``, through a renegotiation if one is open; False when the peer does not take it."""
        view = plaintext
        while view:
            change = self.change()
            if self.write_broken or self.layer.failed or self.foreign:
                return False
            taken = self.layer.send(view)
            view = view[taken:]
            await self.flush()
            if view and not taken:
                if self.over:
                    return False
                await change.wait()
        return not self.write_broken

    async def flush(self) -> None:
        """Write to the socket what the layer has for it, in order."""
        async with self._lock:
            while data := self.layer.outgoing():
                if self.write_broken:
                    continue
                try:
                    await asyncio.get_running_loop().sock_sendall(self._socket, data)
                    self.written += len(data)
                except OSError:
                    self.write_broken = True
                except asyncio.CancelledError:
                    # Part of a record may have left: nothing that follows would make sense to the peer.
                    self.write_broken = True
                    raise

    def acknowledged(self) -> int | None:
        """Return the bytes that the peer's TCP has acknowledged, None where the system does not tell (Linux does)."""
        if not sys.platform.startswith("linux"):
            return None
        try:
            info = self._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
        except OSError:
            return None
        if len(info) < _BYTES_ACKED + 8:
            return None
        return int(struct.unpack_from("=Q", info, _BYTES_ACKED)[0])

    async def close(self) -> None:
        """Say goodbye if that is still possible, and let the socket go."""
        self.layer.close()
        farewell = self.layer.outgoing()
        if farewell and not self.write_broken and not self._lock.locked():
            try:
                self._socket.send(farewell)
            except OSError:
                self.write_broken = True
        for task in (self._reader, *self._flushes):
            task.cancel()
        await asyncio.gather(self._reader, *self._flushes, return_exceptions=True)
        self._socket.close()

    async def _read(self) -> None:
        loop = asyncio.get_running_loop()
        while self.ended is None and self.foreign is None:
            try:
                data = await loop.sock_recv(self._socket, _READ)
            except OSError:
                self.ended = "reset"
                self._trace.add("in", "tcp", "reset")
                break
            if not data:
                self.ended = "fin"
                self._trace.add("in", "tcp", "fin")
                break
            self._take(data)
        if self.ended is not None:
            self._deliver(b"")
        self._notify()

    def _take(self, data: bytes) -> None:
        if len(self.first) < FIRST_KEPT:
            self.first = (self.first + data)[:FIRST_KEPT]
            self.foreign = sniff(self.first, secure=self._secure)
        if self.foreign is None:
            plaintext = self.layer.receive(data)
            if plaintext:
                self._deliver(plaintext)
            if self.layer.failed is not None:
                self.ended = "alert"
            elif self.layer.closed:
                # close_notify ends the stream (RFC 8446 section 6.1); some servers leave the socket open after it.
                self.ended = "fin"
            self._flush_soon()
        self._notify()

    def _flush_soon(self) -> None:
        # In a task of its own: the kernel's buffer may be full of a body that the peer does not read, and reading
        # must go on all the same.
        if not self.layer.pending:
            return
        task = asyncio.create_task(self.flush())
        self._flushes.add(task)
        task.add_done_callback(self._flushes.discard)

    def _deliver(self, plaintext: bytes) -> None:
        if self._sink is not None:
            self._sink(plaintext)
        else:
            self._early += plaintext

    def _notify(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
