"""A TLS server session without a socket: bytes in, bytes out, and a renegotiation that really asks."""

from typing import Any, Protocol

from OpenSSL import SSL, crypto

from probes.openssl import request_certificate_after_handshake

_RECORD = 16_384
"""The most application data in one record (RFC 8446 section 5.1, RFC 5246 section 6.2.1), in bytes."""


class TlsRefused(Exception):
    """The handshake or the renegotiation failed; what OpenSSL wants to say (an alert) is in ``outgoing``."""


class ServerTls(Protocol):
    """What a stream needs of a TLS server session; :class:`TlsServer` says what each does."""

    def feed(self, data: bytes) -> None:
        """Take bytes that came from the peer."""

    def outgoing(self) -> bytes:
        """Return the bytes that must go to the peer now."""

    def step(self) -> bool:
        """Go on with the handshake; True when it is done. Raises TlsRefused."""

    def read(self) -> bytes | None:
        """Return the application data of one record, None when more bytes are needed, ``b""`` at the end."""

    def write(self, data: bytes) -> bool:
        """Encrypt ``data``; False in the middle of a renegotiation."""

    def close_notify(self) -> None:
        """Say that nothing more will be written."""

    def ask_again(self) -> bool:
        """Ask for a certificate on the open connection; False when that cannot be asked."""

    @property
    def asking(self) -> bool:
        """Whether a certificate was asked for and the answer has not fully come."""

    @property
    def certificate(self) -> bytes | None:
        """The leaf that the client sent, DER, or None."""

    @property
    def version(self) -> str:
        """The TLS version, for example ``1.2``."""

    @property
    def alpn(self) -> str:
        """The protocol chosen by ALPN, empty when none was."""

    @property
    def cipher(self) -> tuple[str, int]:
        """Name and key bits of the cipher suite."""


def accept_any(_conn: SSL.Connection, _certificate: crypto.X509, _error: int, _depth: int, _ok: int) -> bool:
    """Accept every client certificate: App Service forwards and judges none (Learn, TLS mutual authentication)."""
    return True


class TlsServer:
    """One connection's TLS, server side, over memory buffers."""

    def __init__(self, context: SSL.Context) -> None:
        self._connection = SSL.Connection(context, None)
        self._connection.set_accept_state()
        self._post_handshake = False
        self._finished = False
        self._connection.set_info_callback(self._on_info)

    def _on_info(self, connection: SSL.Connection, _where: int, _result: int) -> None:
        # OpenSSL reports no end of a post-handshake authentication; the client's Finished is the last it reads.
        if connection.get_state_string().endswith(b"read finished"):
            self._finished = True

    def feed(self, data: bytes) -> None:
        """Take bytes that came from the peer."""
        self._connection.bio_write(data)

    def outgoing(self) -> bytes:
        """Return the bytes that must go to the peer now."""
        parts = []
        try:
            while True:
                parts.append(self._connection.bio_read(_RECORD * 4))
        except SSL.WantReadError:
            return b"".join(parts)

    def step(self) -> bool:
        """Go on with the handshake; True when it is done. Raises TlsRefused when it failed."""
        return self._try(self._connection.do_handshake) is not _WANTS

    def read(self) -> bytes | None:
        """Return the application data of one record, None when more bytes are needed, ``b""`` after close_notify.

        One record at a time on purpose: whether head and body came in one record decides whether a client that
        does not wait gets through.
        """
        try:
            data = self._try(lambda: self._connection.recv(_RECORD))
        except SSL.ZeroReturnError:
            return b""
        return None if data is _WANTS else bytes(data)

    def write(self, data: bytes) -> bool:
        """Encrypt ``data``; False in the middle of a renegotiation, when nothing can be written."""
        view = memoryview(data)
        while view:
            sent = self._try(lambda part=view[:_RECORD]: self._connection.send(bytes(part)))
            if sent is _WANTS:
                return False
            view = view[sent:]
        return True

    def close_notify(self) -> None:
        """Say that nothing more will be written."""
        try:
            self._connection.shutdown()
        except SSL.Error:
            return

    def ask_again(self) -> bool:
        """Ask for a certificate now: HelloRequest on TLS 1.2 (RFC 5246 section 7.4.1.1), post-handshake
        CertificateRequest on TLS 1.3; False when the client did not offer the latter.
        """
        self._connection.set_verify(SSL.VERIFY_PEER, accept_any)
        if self.version == "1.3":
            self._finished = False
            self._post_handshake = request_certificate_after_handshake(self._connection)
            if self._post_handshake:
                self._try(self._connection.do_handshake)
            return self._post_handshake
        self._connection.renegotiate()
        self._try(self._connection.do_handshake)
        return True

    @property
    def asking(self) -> bool:
        """Whether a certificate was asked for and the answer has not fully come."""
        if self._post_handshake:
            return not self._finished
        return self._connection.renegotiate_pending()

    def _try(self, call: Any) -> Any:
        try:
            return call()
        except (SSL.WantReadError, SSL.WantWriteError):
            return _WANTS
        except SSL.ZeroReturnError:
            raise
        except SSL.SysCallError as fault:
            raise TlsRefused("the peer ended the connection in the middle of a record") from fault
        except SSL.Error as fault:
            reasons = [part[2] for part in fault.args[0] if len(part) > 2] if fault.args else []
            raise TlsRefused("; ".join(str(reason) for reason in reasons) or "TLS failed") from fault

    @property
    def certificate(self) -> bytes | None:
        """The leaf that the client sent, DER, or None."""
        x509 = self._connection.get_peer_certificate()
        return crypto.dump_certificate(crypto.FILETYPE_ASN1, x509) if x509 else None

    @property
    def version(self) -> str:
        """The TLS version in two digits with a dot, for example ``1.2``."""
        name = self._connection.get_protocol_version_name().removeprefix("TLSv")
        return name if "." in name else f"{name}.0"

    @property
    def alpn(self) -> str:
        """The protocol chosen by ALPN (RFC 7301), empty when none was."""
        return self._connection.get_alpn_proto_negotiated().decode("ascii", "replace")

    @property
    def cipher(self) -> tuple[str, int]:
        """Name and key bits of the cipher suite."""
        return self._connection.get_cipher_name() or "", self._connection.get_cipher_bits() or 0


_WANTS = object()
"""Says that OpenSSL needs more bytes from the peer."""
