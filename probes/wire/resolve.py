"""Resolves a host name without ever blocking the event loop or the end of the program."""

import asyncio
import contextlib
import ipaddress
import queue
import socket
import threading
from collections.abc import Callable
from typing import ClassVar, TypeVar

from probes.model import Value
from probes.printable import printable
from probes.wire.faults import WireFault

_T = TypeVar("_T")


class Resolution(Value, frozen=True, kw_only=True):
    """All addresses of a name in the order of the resolver, and the canonical name that a CNAME led to."""

    port: int
    addresses: tuple[tuple[int, str], ...]
    canonical_name: str | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        """The addresses without their families."""
        return tuple(address for _family, address in self.addresses)


class _Worker(threading.Thread):
    """A daemon thread that does one blocking call after the other and goes back to the idle ones in between."""

    idle: ClassVar[list["_Worker"]] = []

    def __init__(self) -> None:
        super().__init__(daemon=True, name="resolver")
        self.work: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self.start()

    def run(self) -> None:
        """Work until the program ends."""
        while True:
            self.work.get()()
            self.idle.append(self)


async def in_daemon(work: Callable[[], _T]) -> _T:
    """Run a blocking call in a daemon thread and wait for it.

    The default executor would hold up the end of the program until a hanging name server answers; a daemon thread
    does not, and cancelling the wait just drops its result.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[_T] = loop.create_future()

    def settle(result: _T | None, fault: BaseException | None) -> None:
        if future.done():
            return
        if fault is not None:
            future.set_exception(fault)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result, fault = None, None
        try:
            result = work()
        except Exception as error:
            fault = error
        # The loop may be closed in the meantime: then nobody waits any more.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, result, fault)

    try:
        worker = _Worker.idle.pop()
    except IndexError:
        worker = _Worker()
    worker.work.put(run)
    return await future


async def resolve(host: str, port: int) -> Resolution:
    """Return all addresses of ``host``; an IP literal is returned as it is.

    Raises WireFault (``dns-failure``) when the name has no address or the resolver does not answer.
    """
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        family = socket.AF_INET6 if literal.version == 6 else socket.AF_INET
        return Resolution(port=port, addresses=((int(family), str(literal)),))
    flags = socket.AI_CANONNAME
    try:
        found = await in_daemon(lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags))
    except (OSError, UnicodeError) as fault:
        reason = getattr(fault, "strerror", None) or str(fault)
        raise WireFault(
            "dns-failure", "no-address", f"The name {printable(host)} has no address: {printable(str(reason))}."
        ) from None
    canonical = next((entry[3] for entry in found if entry[3]), "")
    addresses = dict.fromkeys((int(family), str(where[0])) for family, _t, _p, _c, where in found)
    name = printable(canonical, limit=260)
    return Resolution(port=port, addresses=tuple(addresses), canonical_name=name if name and name != host else None)
