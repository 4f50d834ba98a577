"""A TCP relay that adds a delay to each direction and takes nothing from the bandwidth: a far server on loopback."""

import argparse
import asyncio
import contextlib
import json
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_CHUNK = 65536
# What may be on its way in one direction: 4096 chunks are 256 MiB, far above what loopback moves within the delay.
_CHUNKS_ON_THE_WAY = 4096
_END, _RESET = b"", None


@dataclass
class Relay:
    """A running relay on 127.0.0.1:``port``; ``accepted`` counts its connections, ``delay_ms`` is for one way.

    Data, ends and resets arrive ``delay_ms`` later than they left, so that a round trip takes twice that. The
    TCP handshake itself is the kernel's and is not delayed: a client sees its connect() done at once.
    """

    port: int
    delay_ms: float
    accepted: int = 0


@contextmanager
def relay(to_port: int, delay_ms: float = 20.0) -> Iterator[Relay]:
    """Run a relay to 127.0.0.1:``to_port`` in a thread of its own until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    running = Relay(int(listener.getsockname()[1]), delay_ms)
    loop = asyncio.new_event_loop()
    task = loop.create_task(_serve(running, listener, to_port))
    thread = threading.Thread(target=_run, args=(loop, task), daemon=True)
    thread.start()
    try:
        yield running
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(10)


def _run(loop: asyncio.AbstractEventLoop, task: asyncio.Task[None]) -> None:
    with contextlib.suppress(asyncio.CancelledError):
        loop.run_until_complete(task)
    loop.close()


async def _serve(running: Relay, listener: socket.socket, to_port: int) -> None:
    loop = asyncio.get_running_loop()
    listener.setblocking(False)
    with listener:
        async with asyncio.TaskGroup() as group:
            while True:
                client, _ = await loop.sock_accept(listener)
                running.accepted += 1
                group.create_task(_connection(client, to_port, running.delay_ms / 1000))


async def _connection(client: socket.socket, to_port: int, delay: float) -> None:
    # Raw sockets: asyncio's transports drop what was received but not yet read when a write fails.
    loop = asyncio.get_running_loop()
    upstream = socket.socket()
    with client, upstream:
        for sock in (client, upstream):
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            await loop.sock_connect(upstream, ("127.0.0.1", to_port))
            await _both_ways(client, upstream, delay)
        except* OSError:
            # close() now sends an RST, SO_LINGER of zero seconds.
            for sock in (client, upstream):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def _both_ways(client: socket.socket, upstream: socket.socket, delay: float) -> None:
    there, back = _Way(client, upstream, delay), _Way(upstream, client, delay)
    async with asyncio.TaskGroup() as group:
        for way, opposite in ((there, back), (back, there)):
            group.create_task(way.take())
            group.create_task(way.give(opposite))


class _Way:
    """One direction: what ``source`` sent goes to ``sink`` when its delay is over, its end and its reset as well."""

    def __init__(self, source: socket.socket, sink: socket.socket, delay: float) -> None:
        self._source, self._sink, self._delay = source, sink, delay
        self._on_the_way: asyncio.Queue[tuple[float, bytes | None]] = asyncio.Queue(_CHUNKS_ON_THE_WAY)
        self._source_is_gone = False
        self._all_given = asyncio.Event()

    async def take(self) -> None:
        """Read from the source until its end or reset."""
        loop = asyncio.get_running_loop()
        data: bytes | None = b"?"
        while data:
            try:
                data = await loop.sock_recv(self._source, _CHUNK)
            except OSError:
                data = _RESET
            # The failed write has taken the error off the socket; a read now only says "end".
            if data == _END and self._source_is_gone:
                data = _RESET
            await self._on_the_way.put((loop.time() + self._delay, data))

    async def give(self, opposite: "_Way") -> None:
        """Write to the sink what is due; raises ConnectionResetError when it is time to reset both ends."""
        loop = asyncio.get_running_loop()
        while True:
            due, data = await self._on_the_way.get()
            await asyncio.sleep(due - loop.time())
            if data is _RESET:
                raise ConnectionResetError
            try:
                if data == _END:
                    self._sink.shutdown(socket.SHUT_WR)
                    break
                await loop.sock_sendall(self._sink, data)
            except OSError:
                # What the sink had said before it went must arrive first, then the news that it is gone.
                opposite._source_is_gone = True
                await asyncio.sleep(self._delay)
                await opposite._all_given.wait()
                raise
        self._all_given.set()


def main() -> None:
    """Run ``python -m tests.peers.relay --to PORT`` until interrupted; prints one JSON line when it is ready."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=int, required=True, help="port of 127.0.0.1 to relay to")
    parser.add_argument("--delay", type=float, default=20.0, help="milliseconds for each direction")
    chosen = parser.parse_args()
    with relay(chosen.to, chosen.delay) as running, contextlib.suppress(KeyboardInterrupt):
        print(json.dumps({"port": running.port, "delay_ms": running.delay_ms, "to": chosen.to}), flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
