"""Gets a client certificate on a connection that is already open, by the rules for large bodies and for Expect."""

import asyncio
from typing import Literal, Protocol

from probes.lab.rules import Rules
from probes.lab.site import Site
from probes.lab.streams import TlsStream

Obtained = Literal["go-on", "refuse", "reset", "ended"]
"""Go on with the request; answer with the missing-certificate page; reset; or the connection is over."""


class Body(Protocol):
    """The body of the request at hand, as far as this module must know it."""

    expects_continue: bool
    declared: int | None

    async def hold(self, limit: int) -> bool:
        """Read the body up to its end; False as soon as it is longer than ``limit`` bytes. Raises Gone."""


class Holder:
    """What one connection has of its client's certificate; it is asked for at most once.

    Kestrel, on which the front end is built, tries once per connection too (dotnet/aspnetcore, TlsConnectionFeature).

    ``certificate`` is the leaf's DER.
    """

    def __init__(self, stream: TlsStream, site: Site) -> None:
        assert stream.tls is not None
        self._stream = stream
        self._site = site
        self._tls = stream.tls
        self._asked = False
        self.certificate = self._tls.certificate

    async def obtain(self, rules: Rules, target: str, body: Body | None) -> Obtained:
        """Obtain the certificate for ``target`` where the rules want one; ``body`` None on HTTP/2."""
        if not rules.wants_certificate(target):
            return "go-on"
        intercepted = self._site.state.edge.intercepted
        if rules.renegotiates and not intercepted and self.certificate is None and not self._asked:
            outcome = await self._late(rules, body)
            if outcome != "go-on":
                return outcome
        if self.certificate is None and rules.insists(target):
            return "refuse"
        return "go-on"

    async def _late(self, rules: Rules, body: Body | None) -> Obtained:
        edge = self._site.state.edge
        if self._tls.version == "1.3" or body is None:
            if edge.renegotiating_edge == "reset":
                return "reset"
            if edge.renegotiating_edge != "post-handshake" or body is None:
                return "go-on"
        if not await self._body_allows(body):
            return "refuse"
        return await self._ask()

    async def _body_allows(self, body: Body) -> bool:
        """Whether the handshake can take place before the body: it was awaited, it is here already, or it is held."""
        edge = self._site.state.edge
        if body.expects_continue:
            return True
        fits = (body.declared or 0) <= edge.buffer_bytes and await body.hold(edge.buffer_bytes)
        if not fits and edge.generation == "iis":
            await asyncio.sleep(edge.hang_seconds)
        return fits

    async def _ask(self) -> Obtained:
        self._asked = True
        self._site.seen.renegotiations += 1
        outcome = await self._stream.ask_certificate(self._site.state.edge.renegotiation_seconds)
        if outcome == "refused":
            return "ended"
        if outcome in ("data", "unanswered"):
            # The connection is in the middle of a handshake that nobody will end.
            return "refuse"
        self.certificate = self._tls.certificate
        return "go-on"
