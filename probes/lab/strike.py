"""Makes the faults happen: each takes the connection over at one point and ends it."""

import asyncio

from probes.lab.state import Faults, Point
from probes.lab.streams import Stream

_GARBAGE = b"\x00\x01 this is no protocol \xff\xfe\r\n\r\n" * 4
_STALL_SECONDS = 600.0
_ENDLESS_BYTES = 64 * 1024 * 1024


def stands_at(point: Point, faults: Faults) -> bool:
    """Whether some fault strikes at ``point``."""
    return point in (faults.reset, faults.stall, faults.half_close, faults.garbage)


async def strike(point: Point, stream: Stream, faults: Faults) -> bool:
    """Let a fault that stands at ``point`` happen; True when the connection is used up by it."""
    if faults.reset == point:
        stream.wire.reset()
    elif faults.stall == point:
        await stream.wire.drain(_STALL_SECONDS)
        stream.wire.abandon()
    elif faults.half_close == point:
        stream.wire.half_close()
        await stream.wire.drain()
        stream.wire.abandon()
    elif faults.garbage == point:
        # Before the handshake ends there is nothing to encrypt with: the bytes go out as they are.
        await (stream.wire if point in ("accept", "handshake") else stream).send(_GARBAGE)
        await stream.close()
    else:
        return False
    return True


async def endless_header(stream: Stream) -> None:
    """Write an answer whose head never ends, until the client goes or 64 MiB went out."""
    line = b"X-Endless: " + b"x" * 1000 + b"\r\n"
    alive, written = await stream.send(b"HTTP/1.1 200 OK\r\n"), 0
    while alive and written < _ENDLESS_BYTES:
        alive = await stream.send(line * 8)
        written += len(line) * 8
        await asyncio.sleep(0.001)
    stream.wire.reset()
