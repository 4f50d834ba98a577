"""One probe on the wire: a fresh connection, what it awaits, and the exchanges on it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from urllib.parse import urlsplit

from probes.model import Awaiting, Probe, Value
from probes.wire.channel import Channel, Layer, PlainLayer
from probes.wire.connect import Reached, open_socket, tunnel
from probes.wire.contexts import TlsContexts
from probes.wire.exchange import ExchangeRun, Shape
from probes.wire.faults import WireFault
from probes.wire.http import HttpMachine, RequestHead
from probes.wire.http1 import Http1
from probes.wire.http2 import Http2, error_code_name
from probes.wire.request import USER_AGENT
from probes.wire.tls import TlsOptions, TlsSession
from probes.wire.trace import Trace

_ALPN = {"1.1": ("http/1.1",), "2": ("h2",), "free": ("h2", "http/1.1")}


def _no_http2() -> WireFault:
    return WireFault("protocol-error", "http2-not-offered", "The server does not offer HTTP/2 (ALPN h2) here.")


class CallOptions(Value, frozen=True, kw_only=True):
    """What holds for every probe of a run; ``proxy`` is the URL with its password, which stays here."""

    proxy: str | None = None
    insecure: bool = False
    small_hello: bool = False


class Call:
    """The state of one probe while it runs; everything in it is true at every moment."""

    def __init__(
        self,
        probe: Probe,
        contexts: TlsContexts,
        options: CallOptions,
        on_waiting: Callable[[str], None] | None = None,
    ) -> None:
        self.probe = probe
        self.clock = Trace()
        self.awaiting: Awaiting = "connect"
        self.reached: Reached | None = None
        self.tls: TlsSession | None = None
        self.channel: Channel | None = None
        self.machine: HttpMachine | None = None
        self.exchanges: list[tuple[str, ExchangeRun]] = []
        self.options = options
        self._contexts = contexts
        self._on_waiting = on_waiting

    def wait_for(self, what: Awaiting) -> None:
        """Note what is awaited now."""
        self.awaiting = what
        if self._on_waiting is not None:
            self._on_waiting(what)

    @property
    def awaited(self) -> Awaiting:
        """What is awaited now; an open renegotiation holds up everything else."""
        if self.tls is not None and self.tls.record.renegotiating:
            return "renegotiation"
        return self.awaiting

    async def connect(self) -> None:
        """Open the connection and finish the handshake.

        Raises WireFault when a name does not resolve, nobody answers, the proxy refuses, or TLS fails.
        """
        self.wait_for("connect")
        parts = urlsplit(self.probe.origin)
        host, port = parts.hostname or "", parts.port or 0
        secure = parts.scheme == "https"
        # Made before anything is sent: a certificate that OpenSSL refuses is our fault and not the network's.
        layer = self._layer(host, secure)
        where = self._first_hop(host, port)
        opened, self.reached = await open_socket(*where, self.clock, self._resolved)
        if self.options.proxy and secure:
            try:
                await tunnel(opened, self.options.proxy, host, port, self.clock, USER_AGENT)
            except BaseException:
                opened.close()
                raise
        self.channel = Channel(opened, layer, self.clock, secure=secure)
        if secure:
            self.wait_for("handshake")
            await self.channel.handshake()
            self.check()
        self.machine = self._machine()
        # HTTP/2's preface goes before any answer to the SETTINGS that a TLS 1.2 server sends with its Finished.
        await self.channel.send(self.machine.outgoing())

    def _resolved(self, reached: Reached) -> None:
        self.reached = reached

    def _first_hop(self, host: str, port: int) -> tuple[str, int]:
        if self.options.proxy:
            parts = urlsplit(self.options.proxy)
            return parts.hostname or "", parts.port or 80
        if self.probe.connect_to:
            parts = urlsplit(f"//{self.probe.connect_to}")
            return parts.hostname or host, parts.port or port
        return host, port

    def _layer(self, host: str, secure: bool) -> Layer:
        if not secure:
            return PlainLayer()
        probe = self.probe
        options = TlsOptions(
            server_name=host,
            alpn=_ALPN[probe.http],
            tls=probe.tls,
            renegotiate=probe.renegotiate,
            offer_pha=probe.offer_pha,
            small_hello=self.options.small_hello,
            go_on_unverified=self.options.insecure,
        )
        self.tls = self._contexts.session(probe, options, self.clock)
        return self.tls

    def _machine(self) -> HttpMachine:
        chosen = self.tls.alpn() if self.tls is not None else None
        if self.probe.http == "2" and chosen != "h2":
            raise _no_http2()
        return Http2() if chosen == "h2" else Http1()

    async def exchange(self, request: RequestHead, body: AsyncIterator[bytes], declared: int) -> ExchangeRun:
        """Send one request on the connection and read its answer.

        Raises WireFault when no answer came.
        """
        if self.channel is None:
            await self.connect()
        assert self.channel is not None
        assert self.machine is not None
        if self.channel.over or not self.machine.open:
            status = self.exchanges[-1][1].response.head if self.exchanges else None
            after = f" after it answered {status.status}" if status else ""
            raise WireFault(
                "closed", "not-reusable", f"The server ends the connection{after}; nothing can follow on it."
            )
        probe = self.probe
        shape = Shape(
            declared=declared,
            expect=probe.expect if declared else "none",
            wait_s=None if probe.wait_ms is None else probe.wait_ms / 1000,
            together=probe.writes == "together",
        )
        run = ExchangeRun(self.channel, self.machine, self.clock, shape, self.wait_for)
        self.exchanges.append((request.method, run))
        await run.run(request, body)
        if run.response.head is None:
            self.check()
            raise self._unanswered()
        return run

    def check(self) -> None:
        """Raise WireFault for what the connection itself says: another protocol, a TLS failure, its end."""
        channel = self.channel
        assert channel is not None
        if channel.foreign is not None:
            raise WireFault("protocol-error", channel.foreign.kind, channel.foreign.message)
        if channel.layer.failed is not None:
            if self.tls is not None and self.tls.record.client_hello_bytes is None:
                # No ClientHello left: what the local library refuses is no fact about the site.
                raise WireFault("not-run", "local", f"This machine's TLS library refuses: {channel.layer.failed}.")
            if self.probe.http == "2" and self._alpn_refused():
                raise _no_http2()
            raise WireFault("tls-failure", *self._tls_failure(channel.layer.failed))
        if channel.ended is not None and not channel.layer.handshake_done:
            raise self._ended()

    def _alpn_refused(self) -> bool:
        # A server without h2 says no_application_protocol (RFC 7301 section 3.2), or names a protocol that was not
        # offered, which OpenSSL answers with decode_error: either way HTTP/2 is not to be had.
        assert self.tls is not None
        names = {(alert.direction, alert.name) for alert in self.tls.record.alerts}
        return ("received", "no_application_protocol") in names or ("sent", "decode_error") in names

    def _tls_failure(self, reason: str) -> tuple[str, str]:
        assert self.tls is not None
        errors = self.tls.errors
        if errors and not self.options.insecure:
            names = ", ".join(dict.fromkeys(error.name for error in errors))
            return "server-not-verified", f"The server's certificate does not verify: {names}."
        fatal = [alert for alert in self.tls.record.alerts if alert.level == "fatal"]
        if fatal and fatal[0].direction == "received":
            return "alert-received", f"The server refused with the TLS alert {fatal[0].name}."
        return "local-alert" if fatal else "tls", f"TLS failed: {reason}."

    def _ended(self) -> WireFault:
        assert self.channel is not None
        during = {"connect": "connecting", "handshake": "the handshake"}.get(self.awaited, f"the {self.awaited}")
        if self.channel.ended == "reset":
            return WireFault("reset", "reset", f"The connection was reset during {during}.")
        return WireFault("closed", "closed", f"The server closed the connection during {during} without an answer.")

    def _unanswered(self) -> WireFault:
        assert self.machine is not None
        machine = self.machine
        if machine.failed is not None:
            return WireFault("protocol-error", "http", f"The answer is {machine.failed}.")
        if machine.reset_code is not None:
            name = error_code_name(machine.reset_code)
            return WireFault("stream-reset", name, f"The server reset the HTTP/2 stream: {name}.")
        if machine.goaway:
            return WireFault("closed", "goaway", "The server ended the HTTP/2 connection (GOAWAY) without an answer.")
        return self._ended()

    async def close(self) -> None:
        """Let the connection go, whatever state it is in."""
        if self.channel is not None:
            await asyncio.shield(self.channel.close())
