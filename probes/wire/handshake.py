"""Turns the messages of a TLS connection into facts: when a certificate was asked for, sent, refused."""

import msgspec

from probes.model import Alert, CertificateRequest, RequestedWhen
from probes.printable import printable
from probes.wire import messages, trace
from probes.wire.trace import Trace

_TLS13 = 0x0304
_SUPPORTED_VERSIONS, _RENEGOTIATION_INFO = 43, 0xFF01
"""Extensions of a ServerHello (RFC 8446 section 4.2.1, RFC 5746 section 3.2)."""
_ALERTS_KEPT = 20
_REQUESTS_KEPT = 8


class HandshakeRecord:
    """What the handshake messages of one client connection showed, in order.

    Fed by OpenSSL's message callback (:meth:`message`), or where the binding lacks it by the state strings of its
    info callback (:meth:`state`), which cannot tell the issuers and algorithms that the server listed.
    """

    def __init__(self, clock: Trace) -> None:
        self._trace = clock
        self.version = 0
        self.client_hello_bytes: int | None = None
        self.server_spoke = False
        self.secure_renegotiation: bool | None = None
        self.requests: list[CertificateRequest] = []
        self.alerts: list[Alert] = []
        self.renegotiation_demanded = False
        self.renegotiation_done = False
        self.renegotiation_refused = False
        self._finished = {"in": False, "out": False}
        self._again = {"in": False, "out": False}

    @property
    def first_handshake_over(self) -> bool:
        """Whether both Finished messages of the first handshake have passed."""
        return self._finished["in"] and self._finished["out"]

    @property
    def renegotiating(self) -> bool:
        """Whether the server has demanded a renegotiation that is neither complete nor refused."""
        return self.renegotiation_demanded and not (self.renegotiation_done or self.renegotiation_refused)

    @property
    def certificate_sent(self) -> bool:
        """Whether a Certificate message with a certificate in it has left."""
        return any(request.answered == "certificate" for request in self.requests)

    def message(self, outgoing: bool, content: int, data: bytes) -> None:
        """Take one decrypted handshake message (content type 22) or alert (21)."""
        if content == 21 and len(data) >= 2:
            self.alert(outgoing, data[0], data[1])
        elif content == 22 and data:
            self._handshake(outgoing, data)

    def alert(self, outgoing: bool, level: int, description: int) -> None:
        """Note an alert; ``level`` 2 is fatal (RFC 5246 section 7.2)."""
        name = messages.alert_name(description)
        self._trace.add("out" if outgoing else "in", "alert", name, 2)
        if name == "no_renegotiation" and outgoing and self.renegotiation_demanded:
            self.renegotiation_refused = True
            self._answer("refused")
        if name != "close_notify" and len(self.alerts) < _ALERTS_KEPT:
            self.alerts.append(
                Alert(
                    at_ms=self._trace.now_ms(),
                    direction="sent" if outgoing else "received",
                    level="fatal" if level == 2 else "warning",
                    name=name,
                )
            )

    def _handshake(self, outgoing: bool, data: bytes) -> None:
        kind, direction = data[0], "out" if outgoing else "in"
        self._trace.add("out" if outgoing else "in", "tls", messages.handshake_name(kind), len(data))
        self.server_spoke = self.server_spoke or not outgoing
        if kind == messages.CLIENT_HELLO and outgoing and self.client_hello_bytes is None:
            self.client_hello_bytes = len(data)
        elif kind == messages.SERVER_HELLO and not outgoing:
            self.version = _version_of(data)
            if not self.first_handshake_over:
                self.secure_renegotiation = _knows_rfc5746(data, self.version)
        elif kind == messages.HELLO_REQUEST and not outgoing:
            self._renegotiation_begins()
        elif kind == messages.CERTIFICATE_REQUEST and not outgoing:
            self._requested(messages.certificate_request(data, self.version))
        elif kind == messages.CERTIFICATE and outgoing:
            empty = messages.certificate_is_empty(data, self.version >= _TLS13)
            self._answer("empty" if empty else "certificate")
        elif kind == messages.FINISHED:
            self._finish(direction)

    def _renegotiation_begins(self) -> None:
        if not self.renegotiating:
            self._trace.add("in", "tls", trace.RENEGOTIATION_BEGAN)
        self.renegotiation_demanded = True
        self.renegotiation_done = False
        self._again = {"in": False, "out": False}

    def _finish(self, direction: str) -> None:
        if not self.first_handshake_over:
            self._finished[direction] = True
        elif self.renegotiation_demanded:
            self._again[direction] = True
            if all(self._again.values()) and not self.renegotiation_done:
                self.renegotiation_done = True
                self._trace.add("in", "tls", trace.RENEGOTIATION_DONE)

    def _when(self) -> RequestedWhen:
        if not self.first_handshake_over:
            return "handshake"
        return "post-handshake" if self.version >= _TLS13 else "renegotiation"

    def _requested(self, asked: messages.Requested) -> None:
        if len(self.requests) < _REQUESTS_KEPT:
            self.requests.append(
                CertificateRequest(
                    when=self._when(),
                    issuers=asked.issuers,
                    signature_algorithms=asked.signature_algorithms,
                )
            )

    def _answer(self, answer: str) -> None:
        for index in range(len(self.requests) - 1, -1, -1):
            if self.requests[index].answered is None:
                self.requests[index] = msgspec.structs.replace(self.requests[index], answered=answer)
                return

    def state(self, where: int, value: int, text: str, version: int) -> None:
        """Take one call of the info callback (SSL_CTX_set_info_callback(3)): the fallback without messages.

        ``where`` holds SSL_CB_* bits, ``value`` level and description of an alert, ``text`` OpenSSL's state string.
        """
        self.version = version or self.version
        if where & 0x4000:
            self.alert(bool(where & 0x08), value >> 8, value & 0xFF)
        elif where & 0x10 and self.first_handshake_over and self.version < _TLS13:
            self._renegotiation_begins()
        elif where & 0x20:
            self._finish("in")
            self._finish("out")
        elif where & 0x01:
            self._state_text(text)

    def _state_text(self, text: str) -> None:
        outgoing = " write " in text
        self._trace.add("out" if outgoing else "in", "tls", printable(text, limit=60))
        if "write client hello" in text and self.client_hello_bytes is None:
            self.client_hello_bytes = 0
        elif "read server hello" in text:
            self.server_spoke = True
        elif "read server certificate request" in text:
            self._requested(messages.Requested())
        elif "write certificate verify" in text:
            self._answer("certificate")
        elif "write finished" in text:
            # "write client certificate" is printed for an empty Certificate too; without a CertificateVerify before
            # Finished it was empty.
            self._answer("empty")


def _version_of(server_hello: bytes) -> int:
    """Read the version of a ServerHello; TLS 1.3 names it in supported_versions (RFC 8446 section 4.2.1)."""
    legacy = int.from_bytes(server_hello[4:6], "big")
    chosen = messages.server_extensions(server_hello).get(_SUPPORTED_VERSIONS)
    return int.from_bytes(chosen[:2], "big") if chosen else legacy


def _knows_rfc5746(server_hello: bytes, version: int) -> bool | None:
    """Whether a ServerHello has renegotiation_info (RFC 5746 section 3.4); None on TLS 1.3, where nothing says it."""
    if version >= _TLS13:
        return None
    return _RENEGOTIATION_INFO in messages.server_extensions(server_hello)
