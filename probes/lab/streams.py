"""What HTTP is served on: the same five verbs over TLS and over plain TCP."""

import asyncio
from typing import Literal, Protocol

from probes.lab.tls_server import ServerTls, TlsRefused
from probes.lab.wire import IDLE_SECONDS, Wire

Asked = Literal["completed", "data", "refused", "unanswered", "not-offered"]
"""What came of asking for a certificate: the handshake ended; application data came before it did; TLS failed or the
connection ended; nothing came in time; a TLS 1.3 client had not offered post-handshake authentication."""


class Gone(Exception):
    """The client went away, or TLS failed, before a request was whole."""


class Stream(Protocol):
    """An open connection for application bytes. ``tls`` is None over plain TCP."""

    wire: Wire
    tls: ServerTls | None

    async def receive(self, limit_s: float = IDLE_SECONDS) -> bytes:
        """Return the next bytes, ``b""`` at the end; raises TimeoutError."""

    async def send(self, data: bytes) -> bool:
        """Write ``data``; False when it could not be written."""

    async def close(self) -> None:
        """End politely: everything sent can be read, what still comes is drained."""


class PlainStream:
    """Plain TCP."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.tls: ServerTls | None = None

    async def receive(self, limit_s: float = IDLE_SECONDS) -> bytes:
        """Return the next bytes, ``b""`` at the end; raises TimeoutError."""
        return await self.wire.receive(limit_s)

    async def send(self, data: bytes) -> bool:
        """Write ``data``; False when the peer is gone."""
        return await self.wire.send(data)

    async def close(self) -> None:
        """FIN, drain, close."""
        await self.wire.close()


class TlsStream:
    """TLS over a raw socket."""

    def __init__(self, wire: Wire, tls: ServerTls) -> None:
        self.wire = wire
        self.tls: ServerTls | None = tls
        self._tls = tls
        self._kept = b""

    @property
    def alpn(self) -> str:
        """The protocol chosen by ALPN."""
        return self._tls.alpn

    async def handshake(self) -> bool:
        """Run the first handshake; False when it failed, with the alert sent."""
        try:
            while not self._tls.step():
                if not await self._flush() or not await self._feed(IDLE_SECONDS):
                    return False
        except TlsRefused:
            await self._flush()
            return False
        return await self._flush()

    async def _flush(self) -> bool:
        return await self.wire.send(self._tls.outgoing())

    async def _feed(self, limit_s: float) -> bool:
        data = await self.wire.receive(limit_s)
        if data:
            self._tls.feed(data)
        return bool(data)

    async def receive(self, limit_s: float = IDLE_SECONDS) -> bytes:
        """Return the application data of the next record, ``b""`` at the end or when TLS failed."""
        if self._kept:
            kept, self._kept = self._kept, b""
            return kept
        try:
            while (data := self._tls.read()) is None:
                if not await self._flush() or not await self._feed(limit_s):
                    return b""
        except TlsRefused:
            await self._flush()
            return b""
        await self._flush()
        return data

    async def send(self, data: bytes) -> bool:
        """Encrypt and write ``data``; False when the peer is gone or in the middle of a handshake."""
        try:
            written = self._tls.write(data)
        except TlsRefused:
            written = False
        return await self._flush() and written

    async def ask_certificate(self, limit_s: float) -> Asked:
        """Ask for a certificate on the open connection and wait at most ``limit_s`` for the answer."""
        try:
            if not self._tls.ask_again():
                return "not-offered"
            async with asyncio.timeout(limit_s):
                return await self._await_answer(limit_s)
        except TimeoutError:
            return "unanswered"
        except TlsRefused:
            await self._flush()
            return "refused"

    async def _await_answer(self, limit_s: float) -> Asked:
        await self._flush()
        while True:
            data = self._tls.read()
            if not await self._flush() or data == b"":
                return "refused"
            if data:
                self._kept += data
            if not self._tls.asking:
                return "completed"
            if data:
                return "data"
            if not await self._feed(limit_s):
                return "refused"

    async def close(self) -> None:
        """close_notify, FIN, drain, close."""
        self._tls.close_notify()
        await self._flush()
        await self.wire.close()
