"""Serves HTTP/1.1 on one connection: the checks in order, the certificate, the app, and answers that are not lost."""

from email.utils import formatdate
from typing import Literal
from urllib.parse import urlsplit

import h11

from probes.lab import easy_auth, gate, refusals
from probes.lab.forward import Caller, forwarded
from probes.lab.http1_body import Http1Body
from probes.lab.messages import Answer, Request
from probes.lab.obtain import Holder
from probes.lab.rules import rules_of
from probes.lab.site import Site
from probes.lab.state import LabState
from probes.lab.streams import Gone, Stream
from probes.lab.strike import endless_header, stands_at, strike

MAX_HEAD_BYTES = 65_536
Next = Literal["again", "close", "gone"]
"""Another request may come; close gently; the connection is already over."""


def request_of(head: h11.Request) -> Request:
    """Return the request of a parsed head; an absolute-form target (RFC 9112 section 3.2.2) becomes its path.

    Raises h11.RemoteProtocolError when the target cannot be read.
    """
    target = head.target.decode("latin-1")
    if "://" in target[:12]:
        try:
            parts = urlsplit(target)
        except ValueError:
            raise h11.RemoteProtocolError("the request target is no URL") from None
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    pairs = head.headers.raw_items()
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs)
    return Request(method=head.method.decode("latin-1"), target=target, headers=headers)


def _host_of(head: h11.Request) -> str:
    """Return the host of the request without its port: over http nothing else says which slot is meant."""
    value = next((value.decode("latin-1") for name, value in head.headers if name == b"host"), "")
    return value.partition(":")[0]


class Http1Server:
    """One connection. ``holder`` is None over plain http, where no certificate exists."""

    def __init__(self, stream: Stream, site: Site, holder: Holder | None) -> None:
        self._stream = stream
        self._lab = site
        self._site = site
        self._holder = holder
        self._connection = h11.Connection(h11.SERVER, max_incomplete_event_size=MAX_HEAD_BYTES)

    async def serve(self) -> None:
        """Serve requests until one side ends the connection; nothing that a client sends raises."""
        following: Next = "again"
        try:
            while following == "again":
                following = await self._one()
                if following == "again":
                    self._connection.start_next_cycle()
        except h11.RemoteProtocolError as fault:
            if self._connection.our_state in (h11.IDLE, h11.SEND_RESPONSE):
                await self._write(refusals.bad_request(str(fault)[:200]))
        except (h11.LocalProtocolError, Gone, TimeoutError):
            following = "close"
        if following != "gone":
            await self._stream.close()

    async def _head(self) -> h11.Request | None:
        while True:
            event = self._connection.next_event()
            if isinstance(event, h11.Request):
                return event
            if event is not h11.NEED_DATA:
                return None
            self._connection.receive_data(await self._stream.receive())

    async def _one(self) -> Next:
        head = await self._head()
        if head is None:
            return "close"
        if self._holder is None:
            self._site = self._lab.at(_host_of(head))
        self._site.seen.requests += 1
        state = self._site.state
        if await strike("head", self._stream, state.faults):
            return "gone"
        if state.faults.endless_header:
            await endless_header(self._stream)
            return "gone"
        body = Http1Body(self._connection, self._stream, head)
        request = request_of(head)
        if state.faults.early_answer:
            return await self._refuse(state, request, refusals.early(state.faults.early_answer), body)
        if refusal := self._before_certificate(state, request):
            return await self._refuse(state, request, refusal, body)
        return await self._with_certificate(state, request, body)

    def _before_certificate(self, state: LabState, request: Request) -> Answer | None:
        if refusal := gate.refused(state, self._stream.wire.peer_ip):
            return refusal
        if self._holder is not None:
            return None
        if state.in_effect.https_only:
            return refusals.to_https(request, self._site.https_port)
        if state.edge.plain_http == "refuse" and rules_of(state).insists(request.target):
            return refusals.certificate_missing()
        return None

    async def _with_certificate(self, state: LabState, request: Request, body: Http1Body) -> Next:
        if self._holder is not None:
            outcome = await self._holder.obtain(rules_of(state), request.target, body)
            if outcome == "ended":
                return "close"
            if outcome == "reset":
                self._stream.wire.reset()
                return "gone"
            if outcome == "refuse":
                return await self._refuse(state, request, refusals.certificate_missing(), body)
        if expectation := self._expectation_refused(state, body):
            return await self._refuse(state, request, expectation, body)
        limit = state.app.body_limit
        wanted = limit is None or (body.declared or 0) <= limit
        if wanted and await self._read_body(state, body):
            return "gone"
        return await self._from_app(state, request, body)

    def _expectation_refused(self, state: LabState, body: Http1Body) -> Answer | None:
        refuses = state.edge.interim == "refuse" and body.expects_continue and not body.complete
        return refusals.expectation_failed() if refuses else None

    async def _read_body(self, state: LabState, body: Http1Body) -> bool:
        """Read the body for the app, after a 100 where the client waits for one; True when a fault took over."""
        if body.expects_continue and not body.complete and state.edge.interim == "pass":
            informational = h11.InformationalResponse(status_code=100, reason=b"Continue", headers=[])
            await self._send(self._connection.send(informational))
        if not body.complete and stands_at("body", state.faults):
            await body.more()
            return await strike("body", self._stream, state.faults)
        await body.read()
        return False

    async def _from_app(self, state: LabState, request: Request, body: Http1Body) -> Next:
        if blocked := easy_auth.refused(state.in_effect, request):
            return await self._refuse(state, request, blocked, body)
        self._site.seen.reached_app += 1
        caller = self._caller()
        size = body.received if body.complete else body.declared or 0
        answer = self._site.app.answer(state.app, forwarded(state, request, caller), size)
        return await self._answer(state, request, answer, body)

    def _caller(self) -> Caller:
        wire, tls = self._stream.wire, self._stream.tls
        return Caller(
            ip=wire.peer_ip,
            port=wire.peer_port,
            https_port=self._site.https_port,
            tls_version=tls.version if tls else None,
            cipher=tls.cipher if tls else ("", 0),
            certificate=self._holder.certificate if self._holder else None,
        )

    async def _refuse(self, state: LabState, request: Request, answer: Answer, body: Http1Body) -> Next:
        self._site.seen.refusals += 1
        following = await self._answer(state, request, answer, body)
        if following == "close" and await strike("refusal", self._stream, state.faults):
            return "gone"
        return following

    async def _answer(self, state: LabState, request: Request, answer: Answer, body: Http1Body) -> Next:
        cut = stands_at("answer", state.faults)
        await self._write(answer, close=not body.complete, bodiless=request.method == "HEAD", cut=cut)
        if cut and await strike("answer", self._stream, state.faults):
            return "gone"
        done = body.complete and self._connection.our_state is h11.DONE
        return "again" if done and self._connection.their_state is h11.DONE else "close"

    async def _write(self, answer: Answer, *, close: bool = True, bodiless: bool = False, cut: bool = False) -> None:
        headers = [*answer.headers, ("Content-Length", str(len(answer.body))), ("Date", formatdate(usegmt=True))]
        if close and not any(name == "Connection" for name, _ in headers):
            headers.append(("Connection", "close"))
        head = h11.Response(status_code=answer.status, reason=answer.reason.encode(), headers=headers)
        data = self._connection.send(head) or b""
        if not bodiless:
            data += self._connection.send(h11.Data(data=answer.body)) or b""
        data += self._connection.send(h11.EndOfMessage()) or b""
        await self._send(data[: len(data) // 2] if cut else data)

    async def _send(self, data: bytes | None) -> None:
        if data and not await self._stream.send(data):
            raise Gone
