"""Serves HTTP/2 on one connection; a certificate can only come from the first handshake (RFC 9113 section 9.2.3)."""

from email.utils import formatdate

import msgspec
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    Event,
    RequestReceived,
    StreamEnded,
    StreamReset,
    WindowUpdated,
)
from h2.exceptions import ProtocolError

from probes.lab import easy_auth, gate, refusals
from probes.lab.forward import Caller, forwarded
from probes.lab.messages import Answer, Request
from probes.lab.obtain import Holder
from probes.lab.rules import rules_of
from probes.lab.site import Site
from probes.lab.streams import TlsStream
from probes.lab.strike import strike

_CONNECTION_HEADERS = frozenset({"connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"})


class _Inbound(msgspec.Struct, kw_only=True):
    """One request on its stream; ``answered`` once its final answer was made."""

    request: Request
    received: int = 0
    answered: bool = False
    rest: bytes = b""


class Http2Server:
    """One connection with its streams, each answered when it is whole, or refused at its head."""

    def __init__(self, stream: TlsStream, site: Site, holder: Holder) -> None:
        self._stream = stream
        self._site = site
        self._holder = holder
        self._streams: dict[int, _Inbound] = {}
        self._h2 = H2Connection(H2Configuration(client_side=False, header_encoding="latin-1"))

    async def serve(self) -> None:
        """Serve until one side ends the connection; nothing that a client sends raises."""
        self._h2.initiate_connection()
        try:
            alive = await self._flush()
            while alive and (data := await self._stream.receive()):
                for event in self._h2.receive_data(data):
                    if await self._on(event):
                        return
                alive = await self._flush()
        except ProtocolError:
            await self._flush()
        except TimeoutError:
            self._h2.close_connection()
            await self._flush()
        await self._stream.close()

    async def _flush(self) -> bool:
        return await self._stream.send(self._h2.data_to_send())

    async def _on(self, event: Event) -> bool:
        """Handle one event; True when a fault or a reset used the connection up."""
        if isinstance(event, RequestReceived):
            return await self._head(event)
        if isinstance(event, DataReceived):
            self._h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            if inbound := self._streams.get(event.stream_id):
                inbound.received += len(event.data)
        elif isinstance(event, StreamEnded):
            self._whole(event.stream_id)
        elif isinstance(event, StreamReset):
            self._streams.pop(event.stream_id, None)
        elif isinstance(event, WindowUpdated):
            for stream_id in list(self._streams):
                self._send_rest(stream_id)
        elif isinstance(event, ConnectionTerminated):
            await self._stream.close()
            return True
        return False

    async def _head(self, event: RequestReceived) -> bool:
        state = self._site.state
        self._site.seen.requests += 1
        if await strike("head", self._stream, state.faults):
            return True
        inbound = _Inbound(request=_request_of(event))
        self._streams[event.stream_id] = inbound
        refusal = gate.refused(state, self._stream.wire.peer_ip)
        if not refusal:
            outcome = await self._holder.obtain(rules_of(state), inbound.request.target, None)
            if outcome == "reset":
                self._stream.wire.reset()
                return True
            refusal = refusals.certificate_missing() if outcome == "refuse" else None
        if state.faults.early_answer:
            refusal = refusals.early(state.faults.early_answer)
        if refusal:
            self._site.seen.refusals += 1
            self._answer(event.stream_id, refusal)
        elif inbound.request.first("expect") and state.edge.interim == "pass":
            self._h2.send_headers(event.stream_id, [(":status", "100")])
        return False

    def _whole(self, stream_id: int) -> None:
        inbound = self._streams.get(stream_id)
        if inbound is None or inbound.answered:
            return
        state, tls = self._site.state, self._stream.tls
        assert tls is not None
        if blocked := easy_auth.refused(state.in_effect, inbound.request):
            self._site.seen.refusals += 1
            self._answer(stream_id, blocked)
            return
        self._site.seen.reached_app += 1
        caller = Caller(
            ip=self._stream.wire.peer_ip,
            port=self._stream.wire.peer_port,
            https_port=self._site.https_port,
            tls_version=tls.version,
            cipher=tls.cipher,
            certificate=self._holder.certificate,
        )
        request = forwarded(state, inbound.request, caller)
        self._answer(stream_id, self._site.app.answer(state.app, request, inbound.received))

    def _answer(self, stream_id: int, answer: Answer) -> None:
        inbound = self._streams[stream_id]
        inbound.answered = True
        headers = [(n.lower(), v) for n, v in answer.headers if n.lower() not in _CONNECTION_HEADERS]
        sizes = (("content-length", str(len(answer.body))), ("date", formatdate(usegmt=True)))
        head = [(":status", str(answer.status)), *headers, *sizes]
        if inbound.request.method == "HEAD":
            self._h2.send_headers(stream_id, head, end_stream=True)
            self._streams.pop(stream_id)
            return
        self._h2.send_headers(stream_id, head)
        inbound.rest = answer.body
        self._send_rest(stream_id)

    def _send_rest(self, stream_id: int) -> None:
        """Send as much of an answer as the client's window takes (RFC 9113 section 5.2).

        After an early answer a reset with NO_ERROR may follow (RFC 9113 section 8.1); curl 7.88 then drops the answer
        that it has. The rest of the body is therefore taken and forgotten.
        """
        inbound = self._streams[stream_id]
        while inbound.answered and inbound.rest:
            room = min(self._h2.local_flow_control_window(stream_id), self._h2.max_outbound_frame_size)
            if room <= 0:
                return
            self._h2.send_data(stream_id, inbound.rest[:room])
            inbound.rest = inbound.rest[room:]
        if inbound.answered:
            self._h2.end_stream(stream_id)
            self._streams.pop(stream_id)


def _request_of(event: RequestReceived) -> Request:
    pairs = [(str(name), str(value)) for name, value in event.headers or ()]
    pseudo = {name: value for name, value in pairs if name.startswith(":")}
    headers = [("Host", pseudo.get(":authority", "localhost"))]
    headers += [(name, value) for name, value in pairs if not name.startswith(":") and name != "host"]
    return Request(method=pseudo.get(":method", "GET"), target=pseudo.get(":path", "/"), headers=tuple(headers))
