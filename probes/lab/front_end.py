"""The listening edge: finds the slot that is meant, runs TLS, and hands over to the protocol."""

from OpenSSL import SSL

from probes.lab.acceptor import Acceptor
from probes.lab.client_hello import is_whole, server_name
from probes.lab.contexts import certificate_shown, server_context
from probes.lab.http1 import Http1Server
from probes.lab.http2 import Http2Server
from probes.lab.legacy_tls import LegacyTlsServer
from probes.lab.obtain import Holder
from probes.lab.rules import rules_of
from probes.lab.site import Site
from probes.lab.state import LabState
from probes.lab.streams import PlainStream, TlsStream
from probes.lab.strike import strike
from probes.lab.tls_server import ServerTls, TlsServer
from probes.lab.wire import Wire


class FrontEnd:
    """The edge of one lab. ``port`` is that of https, ``http_port`` that of http."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._acceptor = Acceptor(site.seen, lambda: site.state.faults)
        self._contexts: tuple[LabState, dict[str | None, SSL.Context]] | None = None
        self.port = 0
        self.http_port = 0

    def start(self) -> None:
        """Listen; connections are served as soon as the loop runs. Raises MtlsTriageError without a free port."""
        self.port = self._site.https_port = self._acceptor.listen(self._https)
        self.http_port = self._acceptor.listen(self._http)

    async def stop(self) -> None:
        """Stop listening and drop every connection."""
        await self._acceptor.stop()

    def _context(self, site: Site) -> SSL.Context:
        whole = self._site.state
        if self._contexts is None or self._contexts[0] is not whole:
            self._contexts = (whole, {})
        contexts = self._contexts[1]
        if site.slot not in contexts:
            contexts[site.slot] = server_context(site.state, site.pki)
        return contexts[site.slot]

    def _tls(self, site: Site, name: str | None) -> ServerTls:
        if site.state.edge.secure_renegotiation:
            return TlsServer(self._context(site))
        shown = certificate_shown(site.state, site.pki, name)
        return LegacyTlsServer(shown, asks=rules_of(site.state).asks_in_handshake)

    async def _https(self, wire: Wire) -> None:
        seen = self._site.seen
        seen.connections += 1
        if await strike("accept", PlainStream(wire), self._site.state.faults):
            return
        hello = await _first_record(wire)
        site = self._site.at(server_name(hello))
        tls = self._tls(site, server_name(hello))
        stream = TlsStream(wire, tls)
        if hello:
            if await strike("handshake", stream, site.state.faults):
                return
            tls.feed(hello)
        if not await stream.handshake():
            seen.handshakes_failed += 1
            await wire.close()
            return
        seen.handshakes += 1
        holder = Holder(stream, site)
        if stream.alpn == "h2":
            await Http2Server(stream, site, holder).serve()
        else:
            await Http1Server(stream, site, holder).serve()

    async def _http(self, wire: Wire) -> None:
        self._site.seen.connections += 1
        stream = PlainStream(wire)
        if await strike("accept", stream, self._site.state.faults):
            return
        await Http1Server(stream, self._site, None).serve()


async def _first_record(wire: Wire) -> bytes:
    """Return the bytes up to the end of the first TLS record, fewer at the end of the connection."""
    data = b""
    while not is_whole(data):
        more = await wire.receive()
        if not more:
            break
        data += more
    return data
