"""A sans-IO TLS client session over pyOpenSSL: bytes in, bytes out, and every handshake event on the record."""

import weakref
from collections.abc import Callable
from typing import Literal

from cryptography import x509
from OpenSSL import SSL, crypto

from probes import openssl
from probes.model import ServerCertificate, TlsChoice, TlsFacts, Value, Verification, VerificationError
from probes.printable import printable
from probes.wire import trace
from probes.wire.certificates import is_address, matches_host, server_certificate
from probes.wire.handshake import HandshakeRecord
from probes.wire.trace import Trace
from probes.wire.trust import Trust, error_name

SMALL_GROUPS = "X25519:P-256:P-384"
"""Key-exchange groups without a post-quantum share: the ClientHello then fits into one TCP segment."""
LEGACY_CIPHERS = "DEFAULT:@SECLEVEL=0"
"""What OpenSSL needs before it sends a ClientHello of TLS 1.0 or 1.1, or uses a weak client certificate."""

UNSAFE = "unsafe legacy renegotiation disabled"
"""OpenSSL's reason SSL_R_UNSAFE_LEGACY_RENEGOTIATION_DISABLED: no RFC 5746 on the server (OpenSSL sslerr.h)."""

_READ = 16_384
_WRITE = 65_536
_VERSIONS = ("1.0", "1.1", "1.2", "1.3")
_OFF = {"1.0": SSL.OP_NO_TLSv1, "1.1": SSL.OP_NO_TLSv1_1, "1.2": SSL.OP_NO_TLSv1_2, "1.3": SSL.OP_NO_TLSv1_3}


class TlsOptions(Value, frozen=True, kw_only=True):
    """How one session is set up.

    ``server_name`` goes into SNI (RFC 6066 section 3) and is compared with the server's certificate; an IP literal is
    compared only. ``alpn`` is offered in that order (RFC 7301). ``go_on_unverified`` is the user's ``--insecure``.
    """

    server_name: str
    alpn: tuple[str, ...] = ("http/1.1",)
    tls: TlsChoice = "free"
    renegotiate: bool = True
    offer_pha: bool = True
    small_hello: bool = False
    go_on_unverified: bool = False


class SessionRegistry:
    """Hands the messages of a context's connections to the session that each belongs to."""

    def __init__(self) -> None:
        self._sessions: weakref.WeakValueDictionary[int, TlsSession] = weakref.WeakValueDictionary()

    def add(self, session: "TlsSession", connection: SSL.Connection) -> None:
        """Remember whose messages carry the address of this connection."""
        address = openssl.ssl_address(connection)
        if address is not None:
            self._sessions[address] = session

    def message(self, address: int, outgoing: bool, content: int, data: bytes) -> None:
        """Pass one message on; messages of connections that are gone are dropped."""
        session = self._sessions.get(address)
        if session is not None:
            session.record_message(outgoing, content, data)


class TlsSession:
    """One client connection on memory buffers.

    ``receive`` takes what the socket read and returns the plaintext in it, ``send`` takes plaintext, ``outgoing`` is
    what must go to the socket. A failure is kept in ``failed``, never raised.
    """

    def __init__(
        self,
        context: SSL.Context,
        registry: SessionRegistry | None,
        options: TlsOptions,
        clock: Trace,
        trust: Trust,
    ) -> None:
        self.options = options
        self.record = HandshakeRecord(clock)
        self.handshake_done = False
        self.closed = False
        self.failed: str | None = None
        self.errors: list[VerificationError] = []
        self._alpn: str | None = None
        self._out = b""
        self._chain: dict[int, crypto.X509] = {}
        self._trace = clock
        self._trust = trust
        self._by_messages = registry is not None
        self._connection = SSL.Connection(context, None)
        if registry is not None:
            registry.add(self, self._connection)
        else:
            self._connection.set_info_callback(self._state)
        self._set_up()

    def _set_up(self) -> None:
        options, connection = self.options, self._connection
        connection.set_connect_state()
        for version in _VERSIONS:
            wanted = version in ("1.2", "1.3") if options.tls == "free" else version == options.tls
            if not wanted:
                connection.set_options(_OFF[version])
        if not options.renegotiate:
            connection.set_options(openssl.OP_NO_RENEGOTIATION)
        if options.offer_pha:
            openssl.offer_post_handshake_auth(connection)
        if options.small_hello:
            openssl.limit_groups(connection, SMALL_GROUPS)
        if options.alpn:
            connection.set_alpn_protos([name.encode("ascii") for name in options.alpn])
        if not is_address(options.server_name):
            connection.set_tlsext_host_name(options.server_name.encode("ascii"))
        self._host_checked = openssl.require_host(connection, options.server_name)
        connection.set_verify(SSL.VERIFY_PEER, self._verify)

    def _verify(self, _conn: SSL.Connection, cert: crypto.X509, code: int, depth: int, ok: int) -> bool:
        # Collect, then refuse: the last call is depth 0 without an error. Refusing only there keeps every reason and
        # still aborts before our own Certificate message is written.
        self._chain[depth] = cert
        if not ok and len(self.errors) < 20:
            self.errors.append(VerificationError(code=code, name=error_name(code), depth=depth))
        return self.options.go_on_unverified or not (ok and depth == 0 and self.errors)

    def _state(self, connection: SSL.Connection, where: int, value: int) -> None:
        version = connection.get_protocol_version() if self.record.server_spoke else 0
        text = connection.get_state_string().decode("ascii", "replace")
        self._guarded(lambda: self.record.state(where, value, text, version))

    def record_message(self, outgoing: bool, content: int, data: bytes) -> None:
        """Take one message of the message callback."""
        self._guarded(lambda: self.record.message(outgoing, content, data))

    def _guarded(self, action: Callable[[], None]) -> None:
        # OpenSSL's callbacks cannot raise: an exception would be printed to the terminal and the handshake go on.
        try:
            action()
        except Exception as fault:
            self.failed = self.failed or f"our own reading of the handshake failed: {type(fault).__name__}"

    def start(self) -> None:
        """Write the ClientHello."""
        self._drive()

    def receive(self, data: bytes) -> bytes:
        """Take bytes from the peer; returns the plaintext that became readable."""
        if data and not self.failed:
            self._connection.bio_write(data)
        return self._drive()

    def send(self, plaintext: bytes) -> int:
        """Encrypt ``plaintext``; returns how many bytes were taken, 0 while a renegotiation is open."""
        try:
            return self._connection.send(plaintext) if plaintext else 0
        except (SSL.WantReadError, SSL.WantWriteError):
            return 0
        except SSL.Error as fault:
            self._fail(fault)
            return 0

    @property
    def pending(self) -> bool:
        """Whether there is something to write to the socket."""
        if not self._out:
            self._out = self._written()
        return bool(self._out)

    def outgoing(self) -> bytes:
        """Return what must be written to the socket now."""
        data, self._out = self._out + self._written(), b""
        return data

    def _written(self) -> bytes:
        parts = []
        while True:
            try:
                parts.append(self._connection.bio_read(_WRITE))
            except SSL.Error:
                return b"".join(parts)

    def close(self) -> None:
        """Write a close_notify alert (RFC 8446 section 6.1) if the session still can."""
        if self.handshake_done and not self.failed:
            try:
                self._connection.shutdown()
            except SSL.Error:
                return

    def _drive(self) -> bytes:
        if self.failed or self.closed:
            return b""
        parts: list[bytes] = []
        try:
            if not self.handshake_done:
                self._connection.do_handshake()
                self._handshake_is_done()
            while True:
                parts.append(self._connection.recv(_READ))
        except (SSL.WantReadError, SSL.WantWriteError):
            pass
        except SSL.ZeroReturnError:
            self.closed = True
        except SSL.Error as fault:
            self._fail(fault)
        return b"".join(parts)

    def _handshake_is_done(self) -> None:
        self.handshake_done = True
        # Read now: a renegotiation negotiates no protocol again and would wipe it out.
        chosen = self._connection.get_alpn_proto_negotiated().decode("ascii", "replace")
        self._alpn = printable(chosen, limit=20) or None
        self._trace.add("in", "tls", trace.HANDSHAKE_DONE)
        if not self._host_checked:
            self._compare_host()

    def _compare_host(self) -> None:
        # Without X509_VERIFY_PARAM_set1_host the name can be compared only now, after a client certificate may have
        # been sent; it is the weaker fallback, and the verification still fails.
        leaf = self._connection.get_peer_certificate(as_cryptography=True)
        if leaf is not None and not matches_host(leaf, self.options.server_name):
            self.errors.append(VerificationError(code=62, name=error_name(62), depth=0))
            if not self.options.go_on_unverified:
                self.failed = "the server's certificate is for another host"

    def _fail(self, fault: SSL.Error) -> None:
        reasons = fault.args[0] if fault.args and isinstance(fault.args[0], list) else []
        texts = [str(reason[-1]) for reason in reasons if reason]
        self.failed = printable("; ".join(texts) or "the TLS session ended without a word", limit=200)

    def alpn(self) -> str | None:
        """Return the protocol that the server chose in the first handshake (RFC 7301), None when it chose none."""
        return self._alpn

    def facts(self) -> TlsFacts:
        """Return what the session has shown so far."""
        record, connection = self.record, self._connection
        spoke = record.version != 0
        request = record.requests[-1].when if record.requests else None
        return TlsFacts(
            version=connection.get_protocol_version_name() if spoke else None,
            cipher=connection.get_cipher_name() if spoke else None,
            alpn=self.alpn(),
            verification=self._verification(),
            server_certificate=self._server_certificate(),
            certificate_request=request or ("none" if record.first_handshake_over else None),
            certificate_requests=tuple(record.requests),
            certificate_sent=self._sent(),
            renegotiation=self._renegotiation(),
            secure_renegotiation=self._secure_renegotiation(),
            alerts=tuple(record.alerts),
            client_hello_bytes=record.client_hello_bytes,
            seen_by="message-callback" if self._by_messages else "state-callback",
        )

    def _sent(self) -> Literal["yes", "no", "unknown"]:
        if self.record.certificate_sent:
            return "yes"
        if self.record.first_handshake_over or any(request.answered for request in self.record.requests):
            return "no"
        return "unknown"

    def _secure_renegotiation(self) -> bool | None:
        # Without messages it is known only where OpenSSL refused to go on for want of it.
        if self.record.secure_renegotiation is None and UNSAFE in (self.failed or ""):
            return False
        return self.record.secure_renegotiation

    def _renegotiation(self) -> Literal["none", "completed", "refused", "failed"]:
        if not self.record.renegotiation_demanded:
            return "none"
        if self.record.renegotiation_refused:
            return "refused"
        return "completed" if self.record.renegotiation_done else "failed"

    def _verification(self) -> Verification | None:
        if not self._chain:
            return None
        leaf, *others = (self._chain[depth].to_cryptography() for depth in sorted(self._chain))
        return Verification(
            ok=not self.errors,
            errors=tuple(self.errors),
            trusted_by=self._trust.trusted_by(leaf, (*others, *self._sent_chain())),
        )

    def _sent_chain(self) -> list[x509.Certificate]:
        return list(self._connection.get_peer_cert_chain(as_cryptography=True) or [])[1:]

    def _server_certificate(self) -> ServerCertificate | None:
        if not self._chain:
            return None
        leaf = self._chain[min(self._chain)].to_cryptography()
        return server_certificate(leaf, tuple(self._sent_chain()))
