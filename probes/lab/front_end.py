"""The listening edge: runs TLS on what was accepted, and hands over to the protocol."""

from OpenSSL import SSL

from probes.lab.acceptor import Acceptor
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


class FrontEnd:
    """The edge of one lab. ``port`` is that of https, ``http_port`` that of http."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._acceptor = Acceptor(site.seen, lambda: site.state.faults)
        self._context: tuple[LabState, SSL.Context] | None = None
        self.port = 0
        self.http_port = 0

    def start(self) -> None:
        """Listen; connections are served as soon as the loop runs. Raises MtlsTriageError without a free port."""
        self.port = self._site.https_port = self._acceptor.listen(self._https)
        self.http_port = self._acceptor.listen(self._http)

    async def stop(self) -> None:
        """Stop listening and drop every connection."""
        await self._acceptor.stop()

    def _current_context(self) -> SSL.Context:
        state = self._site.state
        if self._context is None or self._context[0] is not state:
            self._context = (state, server_context(state, self._site.pki))
        return self._context[1]

    async def _https(self, wire: Wire) -> None:
        self._site.seen.connections += 1
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
        self._site.seen.connections += 1
        stream = PlainStream(wire)
        if await strike("accept", stream, self._site.state.faults):
            return
        await Http1Server(stream, self._site, None).serve()
