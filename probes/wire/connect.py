"""Opens the raw, non-blocking socket of a probe: every address in turn, or a tunnel through a proxy."""

import asyncio
import base64
import os
import socket
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from probes.model import Value
from probes.printable import printable, printable_bytes
from probes.wire import trace
from probes.wire.faults import WireFault
from probes.wire.resolve import Resolution, resolve
from probes.wire.trace import Trace

ADDRESS_LIMIT_S = 3.0
"""How long one address may take while others are left to try."""
_PROXY_HEAD_LIMIT = 16_384


class Reached(Value, frozen=True, kw_only=True):
    """Where the connection went; ``addresses`` is all that the name resolved to, ``ip`` None while none answered."""

    ip: str | None
    port: int
    addresses: tuple[str, ...]
    canonical_name: str | None


async def open_socket(
    host: str, port: int, clock: Trace, on_resolved: Callable[[Reached], None] = lambda _reached: None
) -> tuple[socket.socket, Reached]:
    """Resolve ``host`` and connect to the first of its addresses that answers.

    ``on_resolved`` is told the addresses before any of them is tried, so that they are known when none answers.
    Raises WireFault: ``dns-failure``, or ``connect-failure`` with what each address said.
    """
    resolution = await resolve(host, port)
    clock.add("in", "tcp", trace.RESOLVED)
    on_resolved(_reached(resolution, None))
    failures: list[str] = []
    refused = True
    for number, (family, address) in enumerate(resolution.addresses, 1):
        last = number == len(resolution.addresses)
        try:
            connected = await _connect(family, address, port, None if last else ADDRESS_LIMIT_S)
        except OSError as fault:
            refused = refused and isinstance(fault, ConnectionRefusedError)
            failures.append(f"{address}: {_reason(fault)}")
            continue
        clock.add("in", "tcp", trace.CONNECTED)
        return connected, _reached(resolution, address)
    where = f"{printable(host)} port {port}"
    raise WireFault(
        "connect-failure",
        "refused" if refused else "unreachable",
        f"No connection to {where} ({'; '.join(failures)}).",
    )


def _reached(resolution: Resolution, address: str | None) -> Reached:
    return Reached(
        ip=address,
        port=resolution.port,
        addresses=resolution.texts,
        canonical_name=resolution.canonical_name,
    )


async def _connect(family: int, address: str, port: int, limit_s: float | None) -> socket.socket:
    loop = asyncio.get_running_loop()
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.setblocking(False)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        async with asyncio.timeout(limit_s):
            await loop.sock_connect(opened, (address, port))
    except BaseException:
        opened.close()
        raise
    return opened


def _reason(fault: OSError) -> str:
    if isinstance(fault, TimeoutError):
        return "no answer in time"
    # asyncio puts its own words and the address into the text; the system's are shorter.
    words = os.strerror(fault.errno) if fault.errno is not None else type(fault).__name__
    return printable(words).lower()


async def tunnel(opened: socket.socket, proxy: str, host: str, port: int, clock: Trace, user_agent: str) -> None:
    """Ask the proxy for a tunnel (RFC 9110 section 9.3.6) on a socket that is connected to it.

    ``proxy`` may carry user name and password, which go into Proxy-Authorization and nowhere else.
    Raises WireFault (``proxy-failure``) when the proxy refuses or does not speak HTTP.
    """
    loop = asyncio.get_running_loop()
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {where} HTTP/1.1", f"Host: {where}", f"User-Agent: {user_agent}"]
    parts = urlsplit(proxy)
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        lines.append(f"Proxy-Authorization: Basic {base64.b64encode(pair).decode('ascii')}")
    clock.add("out", "http", trace.PROXY_ASKED)
    head = b""
    try:
        await loop.sock_sendall(opened, ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
        while b"\r\n\r\n" not in head and len(head) < _PROXY_HEAD_LIMIT:
            # Byte by byte would be slow and more could belong to the tunnel, but a TLS server says nothing first.
            data = await loop.sock_recv(opened, 4096)
            if not data:
                break
            head += data
    except OSError as fault:
        raise WireFault("proxy-failure", "closed", f"The proxy ended the connection: {_reason(fault)}.") from None
    _check_proxy_answer(head)
    clock.add("in", "http", trace.PROXY_CONNECTED)


def _check_proxy_answer(head: bytes) -> None:
    line = printable_bytes(head.partition(b"\r\n")[0], limit=120)
    words = line.split(" ", 2)
    if not line.startswith("HTTP/1.") or len(words) < 2 or not words[1].isdigit():
        raise WireFault("proxy-failure", "not-http", f"The proxy answered CONNECT with something else: {line!r}.")
    if not words[1].startswith("2"):
        raise WireFault("proxy-failure", words[1], f"The proxy refused the tunnel: {line}.")
