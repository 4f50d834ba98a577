"""Servers that are not what a client hopes for: other protocols, silence, resets, and HTTP that never ends."""

import contextlib
import random
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Literal

from tests.peers.certs import Pki
from tests.peers.daemon import server
from tests.peers.need import need
from tests.peers.sockets import SocketServer, reset, serve

SSH_BANNER = b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"
_OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n"
_CLOSE_NOTIFY_SECONDS = 1.0
_BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_FORBIDDEN = (
    b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: 9\r\nConnection: close\r\n\r\nForbidden"
)


def plain_http() -> AbstractContextManager[SocketServer]:
    """HTTP without TLS: a ClientHello is answered in clear text with 400."""

    def handle(served: SocketServer, connection: socket.socket) -> None:
        first = served.read(connection)
        is_http = first[:1].isalpha()
        connection.sendall(_OK if is_http else _BAD_REQUEST)

    return serve(handle)


def ssh() -> AbstractContextManager[SocketServer]:
    """An SSH server: sends its banner at once (RFC 4253 section 4.2), then waits for the other side's."""

    def handle(served: SocketServer, connection: socket.socket) -> None:
        connection.sendall(SSH_BANNER)
        while served.read(connection):
            pass

    return serve(handle)


def garbage(size: int = 4096, seed: int = 1) -> AbstractContextManager[SocketServer]:
    """Sends ``size`` bytes that are no protocol, the same for the same ``seed``, once something was received."""
    # Not a TLS record type (20-24), a letter of "HTTP/" or of "SSH-" at the start: nobody can take it for one.
    junk = b"\xff" + random.Random(seed).randbytes(size - 1)

    def handle(served: SocketServer, connection: socket.socket) -> None:
        served.read(connection)
        connection.sendall(junk)

    return serve(handle)


def stall(pki: Pki | None = None) -> AbstractContextManager[SocketServer]:
    """Accepts, reads everything, never says anything; with ``pki`` it is silent after a complete TLS handshake."""

    def handle(served: SocketServer, connection: socket.socket) -> None:
        while served.read(connection):
            pass

    return serve(handle, pki)


def closes_at_once() -> AbstractContextManager[SocketServer]:
    """Accepts and closes with a FIN, before it has read anything."""

    def handle(served: SocketServer, connection: socket.socket) -> None:
        connection.shutdown(socket.SHUT_WR)
        # Unread bytes at close() would turn the FIN into an RST.
        while served.read(connection):
            pass

    return serve(handle)


def resets_at_once() -> AbstractContextManager[SocketServer]:
    """Accepts and resets."""

    def handle(_served: SocketServer, connection: socket.socket) -> None:
        reset(connection)

    return serve(handle)


def resets_after_client_hello() -> AbstractContextManager[SocketServer]:
    """Reads the ClientHello and resets: what a middlebox does that dislikes it."""

    def handle(served: SocketServer, connection: socket.socket) -> None:
        served.read(connection)
        reset(connection)

    return serve(handle)


def early_forbidden(
    after: int = 0,
    pki: Pki | None = None,
    *,
    end: Literal["reset", "fin"] = "reset",
    linger_ms: float = 0.0,
) -> AbstractContextManager[SocketServer]:
    """Answers 403 once ``after`` bytes of the body are in, and ends the connection with the rest unread.

    ``end`` says how: a reset ``linger_ms`` milliseconds after the answer, or a FIN after which the rest is read and
    thrown away. Without ``pki`` it is plain HTTP.
    """

    def handle(served: SocketServer, connection: socket.socket) -> None:
        head = served.read_head(connection)
        body = len(head.partition(b"\r\n\r\n")[2])
        while body < after:
            more = len(served.read(connection, min(65536, after - body)))
            if not more:
                return
            body += more
        connection.sendall(_FORBIDDEN)
        time.sleep(linger_ms / 1000)
        if end == "reset":
            reset(connection)
            return
        _finish(served, connection)

    return serve(handle, pki)


def endless_header(pki: Pki | None = None) -> AbstractContextManager[SocketServer]:
    """A 200 whose head goes on for ever."""
    return _endless(b"HTTP/1.1 200 OK\r\n", b"X-Filler: " + b"a" * 1000 + b"\r\n", pki)


def endless_header_line(pki: Pki | None = None) -> AbstractContextManager[SocketServer]:
    """A 200 with one header line that goes on for ever."""
    return _endless(b"HTTP/1.1 200 OK\r\nX-Filler: ", b"a" * 1024, pki)


def endless_informational(pki: Pki | None = None) -> AbstractContextManager[SocketServer]:
    """Interim answers for ever, never a final one; RFC 9110 section 15.2 sets no limit to them."""
    return _endless(b"", b"HTTP/1.1 102 Processing\r\n\r\n" * 32, pki)


def endless_body(pki: Pki | None = None) -> AbstractContextManager[SocketServer]:
    """A 200 without a length whose body goes on for ever."""
    return _endless(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n", b"a" * 16384, pki)


def modern_only(pki: Pki) -> AbstractContextManager[SocketServer]:
    """A well-behaved HTTPS server that speaks TLS 1.3 and nothing below; else the alert is protocol_version (70)."""
    return serve(_answer_ok, pki, minimum_version=ssl.TLSVersion.TLSv1_3)


@contextmanager
def legacy_only(pki: Pki, version: Literal["1.0", "1.1"] = "1.0") -> Iterator[int]:
    """Run ``openssl s_server`` that speaks one old TLS version only, and yield its port; it answers GET with a page.

    Both versions are refused at the security level that today's OpenSSL starts with (SSL_CTX_set_security_level(3)).
    """
    program = need("openssl")
    flag = {"1.0": "-tls1", "1.1": "-tls1_1"}[version]

    def write(_folder: object, ports: list[int]) -> list[str]:
        certificate = ["-cert", str(pki.server.certificate), "-key", str(pki.server.key)]
        return [program, "s_server", "-accept", f"127.0.0.1:{ports[0]}", *certificate, flag, "-www",
                "-cipher", "DEFAULT:@SECLEVEL=0"]  # fmt: skip

    with server("s_server", 1, write) as (_, ports):
        yield ports[0]


def _endless(start: bytes, again: bytes, pki: Pki | None) -> AbstractContextManager[SocketServer]:
    def handle(served: SocketServer, connection: socket.socket) -> None:
        served.read_head(connection)
        connection.sendall(start)
        while not served.stopping.is_set():
            connection.sendall(again)

    return serve(handle, pki)


def _answer_ok(served: SocketServer, connection: socket.socket) -> None:
    served.read_head(connection)
    connection.sendall(_OK)
    _finish(served, connection)


def _finish(served: SocketServer, connection: socket.socket) -> None:
    if isinstance(connection, ssl.SSLSocket):
        # Sends close_notify; what the client still sends is an error to OpenSSL, and read as bytes below.
        connection.settimeout(_CLOSE_NOTIFY_SECONDS)
        with contextlib.suppress(OSError):
            connection.unwrap()
    connection.shutdown(socket.SHUT_WR)
    while served.read(connection):
        pass
