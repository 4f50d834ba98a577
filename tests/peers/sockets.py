"""A TCP server that handles each connection by one function in a thread; the base of the misbehaving peers."""

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.peers.certs import Pki

_GIVE_UP_SECONDS = 30.0


@dataclass
class SocketServer:
    """A server on 127.0.0.1:``port``; ``accepted`` counts its connections, ``received`` the bytes that were read."""

    port: int
    accepted: int = 0
    received: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)

    def read(self, connection: socket.socket, size: int = 65536) -> bytes:
        """Read once and count; empty at the end of the stream."""
        data = connection.recv(size)
        self.received += len(data)
        return data

    def read_head(self, connection: socket.socket) -> bytes:
        """Read up to the blank line that ends an HTTP head; what came with it in one segment stays at the end."""
        data = b""
        while b"\r\n\r\n" not in data:
            more = self.read(connection)
            if not more:
                break
            data += more
        return data


@contextmanager
def serve(
    handle: Callable[[SocketServer, socket.socket], None],
    pki: Pki | None = None,
    **tls: ssl.TLSVersion | ssl.VerifyMode,
) -> Iterator[SocketServer]:
    """Run ``handle(server, connection)`` for each connection; over TLS with the server certificate of ``pki``.

    ``tls`` may hold ``minimum_version``, ``maximum_version`` and ``verify_mode``; its CA is that of ``pki``.
    Connections are closed when the handler returns.
    """
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    server = SocketServer(int(listener.getsockname()[1]))
    context = _context(pki, tls) if pki else None
    open_now: set[socket.socket] = set()

    def one(connection: socket.socket) -> None:
        # The peer may vanish at any moment, and stop() shuts connections under a handler's hands.
        with contextlib.suppress(OSError, ValueError), connection:
            connection.settimeout(_GIVE_UP_SECONDS)
            if context is None:
                handle(server, connection)
                return
            with context.wrap_socket(connection, server_side=True) as wrapped:
                open_now.add(wrapped)
                handle(server, wrapped)

    def accept() -> None:
        while not server.stopping.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            # Nagle's algorithm would hold a small answer back behind the session tickets, and a reset would drop it.
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            server.accepted += 1
            open_now.add(connection)
            threading.Thread(target=one, args=(connection,), daemon=True).start()

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield server
    finally:
        server.stopping.set()
        _wake(listener)
        acceptor.join(5)
        listener.close()
        for connection in list(open_now):
            _wake(connection)


def reset(connection: socket.socket) -> None:
    """Close with a TCP RST instead of a FIN, without a word of TLS before it (SO_LINGER of zero seconds)."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _wake(sock: socket.socket) -> None:
    # The method of the base class: SSLSocket's own would take the TLS session from under the thread that uses it.
    with contextlib.suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _context(pki: Pki, settings: dict[str, ssl.TLSVersion | ssl.VerifyMode]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pki.server.certificate, pki.server.key)
    context.load_verify_locations(pki.ca)
    for name, value in settings.items():
        setattr(context, name, value)
    return context
