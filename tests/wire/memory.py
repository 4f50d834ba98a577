"""A TLS server in memory for sans-IO tests: real OpenSSL on both sides, no socket between them."""

from pathlib import Path

from OpenSSL import SSL

from probes import openssl
from tests.peers.certs import Pki

_FILE = 1  # SSL_FILETYPE_PEM


class MemoryServer:
    """The server side of a handshake; ``asks`` is when it wants a certificate."""

    def __init__(
        self, pki: Pki, *, asks: str = "never", version: int = SSL.TLS1_2_VERSION, server: str = "server"
    ) -> None:
        holder = getattr(pki, server)
        context = SSL.Context(SSL.TLS_SERVER_METHOD)
        context.set_min_proto_version(version)
        context.set_max_proto_version(version)
        context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
        context.set_options(SSL.OP_NO_TICKET | openssl.OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION)
        context.use_certificate_file(str(holder.certificate), _FILE)
        context.use_privatekey_file(str(holder.key), _FILE)
        context.load_verify_locations(str(pki.ca))
        context.load_client_ca(bytes(Path(pki.ca)))
        context.set_alpn_select_callback(lambda _conn, offered: offered[0])
        self.connection = SSL.Connection(context, None)
        self.connection.set_accept_state()
        if asks == "handshake":
            self._ask()
        self.heard = b""
        self.failed: str | None = None
        self.done = False

    def _ask(self) -> None:
        self.connection.set_verify(SSL.VERIFY_PEER, lambda *_: True)

    def ask_again(self) -> None:
        """Ask for a certificate now: by renegotiation on TLS 1.2, after the handshake on TLS 1.3."""
        self._ask()
        if self.connection.get_protocol_version() >= SSL.TLS1_3_VERSION:
            assert openssl.request_certificate_after_handshake(self.connection)
        else:
            self.connection.renegotiate()
        self._drive(self.connection.do_handshake)

    def exchange(self, data: bytes) -> bytes:
        """Take bytes from the client and return what the server says to them."""
        if data:
            self.connection.bio_write(data)
        if not self.done:
            self._drive(self.connection.do_handshake)
            self.done = self.connection.get_state_string().startswith(b"SSL negotiation finished")
        self._drive(self._read)
        return self.outgoing()

    def outgoing(self) -> bytes:
        """Return what the server has to say."""
        parts = []
        while True:
            try:
                parts.append(self.connection.bio_read(65536))
            except SSL.Error:
                return b"".join(parts)

    def _read(self) -> None:
        while True:
            self.heard += self.connection.recv(65536)

    def _drive(self, step: object) -> None:
        try:
            step()  # type: ignore[operator]
        except (SSL.WantReadError, SSL.ZeroReturnError):
            return
        except SSL.Error as fault:
            self.failed = str(fault)
