"""The one way out to Azure: read-only, one host, bounded bodies, names resolved in daemon threads."""

import os
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import aiohttp.abc
import certifi
from azure.core.pipeline import PipelineResponse, policies
from azure.core.pipeline.transport import AioHttpTransport

from probes.printable import printable
from probes.siteconfig.aside import in_thread
from probes.siteconfig.faults import AzureFault, RefusedByUs

MAX_BYTES = 16 * 1024 * 1024
"""Bytes of one answer. A page of 1,000 sites from Resource Graph is below 4 MiB."""
CONNECT_S = 10.0
READ_S = 15.0
"""Seconds for a connection, and between two reads of one answer."""
WAIT_S = 3.0
"""Seconds. A Retry-After above this is told to the user instead of waited for."""
GRAPH_PATH = "/providers/microsoft.resourcegraph/resources"


def refuse_unless_reading(method: str, url: str, base: str) -> None:
    """Raise RefusedByUs unless the request only reads, and reads from ``base``.

    ARM's paging links come from outside and the SDK follows them with the token; its pipeline also registers resource
    providers by a POST after a 409. The Resource Graph takes its queries by POST.
    """
    wanted, found = urlsplit(base), urlsplit(url)
    if (found.scheme, found.netloc.lower()) != (wanted.scheme, wanted.netloc.lower()):
        shown = printable(f"{found.scheme}://{found.netloc}", limit=120)
        raise RefusedByUs(f"Reading from Azure: an answer led to {shown}, another host; it was not contacted.")
    if method != "GET" and not (method == "POST" and found.path.lower() == GRAPH_PATH):
        raise RefusedByUs(f"Reading from Azure: a {printable(method, limit=9)} was about to be sent; only reads are.")


class _Bounded:
    """A body that ends in a fault when it is longer than ``MAX_BYTES``; all else is the stream's own."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._left = MAX_BYTES

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    async def read(self, count: int = -1) -> bytes:
        """Return up to ``count`` bytes, all of them when it is negative; raises RefusedByUs above the limit."""
        if count >= 0:
            return self._counted(await self._stream.read(count))
        parts = []
        while part := await self._stream.read(65_536):
            parts.append(self._counted(part))
        return b"".join(parts)

    def _counted(self, data: bytes) -> bytes:
        self._left -= len(data)
        if self._left < 0:
            raise RefusedByUs(f"Reading from Azure: an answer is larger than {MAX_BYTES // 1024 // 1024} MiB.")
        return data


class _Response(aiohttp.ClientResponse):
    """An answer whose body is bounded and not compressed, so that few bytes cannot become many."""

    async def start(self, connection: Any) -> "_Response":
        await super().start(connection)
        packed = self.headers.get("Content-Encoding", "identity").strip().lower()
        if packed not in ("", "identity"):
            self.close()
            raise RefusedByUs(f"Reading from Azure: an answer is packed as {printable(packed, limit=20)}, unasked.")
        self.content = _Bounded(self.content)  # type: ignore[assignment]
        return self


class _Resolver(aiohttp.abc.AbstractResolver):
    """Resolves in daemon threads: a hanging name server cannot hold up the end of the program."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[aiohttp.abc.ResolveResult]:
        """Return the addresses of ``host``; raises OSError when it has none."""
        found = await in_thread(lambda: socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM))
        return [
            aiohttp.abc.ResolveResult(
                hostname=host,
                host=str(where[0]),
                port=port,
                family=kind,
                proto=proto,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for kind, _type, proto, _name, where in found
        ]

    async def close(self) -> None:
        """There is nothing to close."""


class ShortRetry(policies.AsyncRetryPolicy[Any, Any]):
    """Retries a few times; a Retry-After that is too long to wait for ends the request at once."""

    def is_retry(self, settings: dict[str, Any], response: PipelineResponse[Any, Any]) -> bool:
        """Say whether to try again."""
        after = self.get_retry_after(response)
        return (after is None or after <= WAIT_S) and super().is_retry(settings, response)


class ShortRetryOfThread(policies.RetryPolicy[Any, Any]):
    """The same for a credential that waits in a thread: a long Retry-After would keep it there, out of reach."""

    def is_retry(self, settings: dict[str, Any], response: PipelineResponse[Any, Any]) -> bool:
        """Say whether to try again."""
        after = self.get_retry_after(response)
        return (after is None or after <= WAIT_S) and super().is_retry(settings, response)


class ReadOnlyTransport(AioHttpTransport):  # type: ignore[misc]
    """Sends to one base address and only what reads; the last line before the network."""

    def __init__(self, session: aiohttp.ClientSession, base: str) -> None:
        super().__init__(session=session, session_owner=False)
        self._base = base

    async def send(self, request: Any, **more: Any) -> Any:
        """Send one request; raises RefusedByUs for anything but a read of the base address."""
        refuse_unless_reading(request.method, request.url, self._base)
        more.setdefault("read_timeout", READ_S)
        more.setdefault("connection_timeout", CONNECT_S)
        return await super().send(request, **more)


def tls_context(ca: Path | None) -> ssl.SSLContext:
    """Return what is trusted for Azure: the system's roots, the public ones, and ``ca`` for an own address.

    SSL_CERT_FILE and REQUESTS_CA_BUNDLE count too, as for every Azure SDK and for az. Raises AzureFault.
    """
    context = ssl.create_default_context()
    named = [os.environ.get("REQUESTS_CA_BUNDLE"), os.environ.get("SSL_CERT_FILE"), ca]
    if not context.cert_store_stats()["x509_ca"]:
        # Python finds no store of its own on macOS, and on some Linux systems.
        named.append(certifi.where())
    for file in (one for one in named if one):
        try:
            context.load_verify_locations(str(file))
        except (OSError, ssl.SSLError) as fault:
            why = printable(str(getattr(fault, "strerror", None) or fault), limit=80)
            raise AzureFault(f"Trusting the CAs in {printable(str(file), limit=200)}: {why}.") from None
    return context


@asynccontextmanager
async def session(ca: Path | None) -> AsyncIterator[aiohttp.ClientSession]:
    """Yield a session without cookies; proxies come from the environment, as for every Azure SDK."""
    connector = aiohttp.TCPConnector(ssl=tls_context(ca), resolver=_Resolver())
    async with aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        response_class=_Response,
        trust_env=True,
        auto_decompress=False,
        headers={"Accept-Encoding": "identity"},
    ) as opened:
        yield opened
