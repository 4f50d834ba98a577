"""An HTTP CONNECT proxy that passes, refuses, stalls, or opens the tunnel and swallows interim answers."""

import base64
import re
import select
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from tests.peers.certs import Holder, Pki
from tests.peers.sockets import SocketServer, serve

Mode = Literal["pass", "refuse", "stall", "stall-tunnel", "drop-tunnel"]

_LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}
_CONNECT = re.compile(r"CONNECT (?P<host>\S+):(?P<port>\d+) HTTP/1\.[01]")
_INTERIM = re.compile(rb"HTTP/1\.1 1\d\d ")
_ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
_SEND_SECONDS = 30.0
_REASONS = {403: "Forbidden", 407: "Proxy Authentication Required", 502: "Bad Gateway", 503: "Service Unavailable"}


@dataclass
class ConnectProxy:
    """A running proxy; ``requests`` holds the first line of each connection, ``heads`` all of its head,
    ``swallowed`` counts the interim answers that were kept back."""

    port: int
    requests: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    swallowed: int = 0

    @property
    def url(self) -> str:
        """The address for a client's proxy option."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def connect_proxy(
    mode: Mode = "pass",
    *,
    status: int = 403,
    credentials: str | None = None,
    inspect: Pki | None = None,
    identity: Holder | None = None,
) -> Iterator[ConnectProxy]:
    """Run a proxy that only connects to loopback; anything else is answered 502.

    ``refuse`` answers every CONNECT with ``status``, ``stall`` never answers, ``stall-tunnel`` says 200 and then
    nothing, ``drop-tunnel`` says 200 and closes. ``credentials`` (``user:password``) are demanded with 407 (RFC 9110
    section 11.7). With ``inspect`` it ends TLS itself with that PKI's server certificate, as inspecting proxies do,
    speaks TLS anew to the target (with ``identity`` as its client certificate) and swallows every 1xx answer.
    """
    state = ConnectProxy(0)

    def handle(served: SocketServer, connection: socket.socket) -> None:
        head = served.read_head(connection).decode("latin-1")
        first = head.split("\r\n", 1)[0]
        state.requests.append(first)
        state.heads.append(head)
        if mode == "stall":
            _wait_for_end(served, connection)
        elif mode == "refuse":
            _refuse(connection, status)
        elif credentials and _authorization(credentials) not in head:
            _refuse(connection, 407)
        else:
            _open(served, connection, first)

    def _open(served: SocketServer, connection: socket.socket, first: str) -> None:
        asked = _CONNECT.fullmatch(first)
        if asked is None or asked["host"] not in _LOOPBACK:
            _refuse(connection, 502)
            return
        if mode in ("stall-tunnel", "drop-tunnel"):
            connection.sendall(_ESTABLISHED)
            if mode == "stall-tunnel":
                _wait_for_end(served, connection)
            return
        try:
            upstream = socket.create_connection(("127.0.0.1", int(asked["port"])), timeout=5)
        except OSError:
            _refuse(connection, 502)
            return
        with upstream:
            connection.sendall(_ESTABLISHED)
            if inspect:
                _inspect(state, connection, upstream, inspect, identity)
            else:
                _tunnel(connection, upstream)

    with serve(handle) as served:
        state.port = served.port
        yield state


def _inspect(
    state: ConnectProxy, client: socket.socket, upstream: socket.socket, pki: Pki, identity: Holder | None
) -> None:
    outward = ssl.create_default_context(cafile=str(pki.ca))
    outward.post_handshake_auth = True
    if identity:
        outward.load_cert_chain(identity.certificate, identity.key)
    inward = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    inward.load_cert_chain(pki.server.certificate, pki.server.key)
    with (
        inward.wrap_socket(client, server_side=True) as ours,
        outward.wrap_socket(upstream, server_hostname="localhost") as theirs,
    ):
        _tunnel(ours, theirs, state)


def _tunnel(client: socket.socket, upstream: socket.socket, swallowing: ConnectProxy | None = None) -> None:
    """Copy both ways until both have ended; one thread, since a TLS session must not be used by two at once."""
    other = {client: upstream, upstream: client}
    reading = [client, upstream]
    while reading:
        buffered = [sock for sock in reading if isinstance(sock, ssl.SSLSocket) and sock.pending()]
        ready = buffered or select.select(reading, [], [], _SEND_SECONDS)[0]
        if not ready:
            return
        for source in ready:
            data = _read(source)
            if data is None:
                continue
            if not data:
                reading.remove(source)
                socket.socket.shutdown(other[source], socket.SHUT_WR)
                continue
            if swallowing and source is upstream:
                data = _without_interim(swallowing, data)
            other[source].settimeout(_SEND_SECONDS)
            other[source].sendall(data)


def _read(source: socket.socket) -> bytes | None:
    """Read what is there; None when it was TLS's own business, such as a session ticket."""
    source.settimeout(0)
    try:
        return source.recv(65536)
    except (ssl.SSLWantReadError, ssl.SSLWantWriteError, BlockingIOError):
        return None


def _without_interim(state: ConnectProxy, data: bytes) -> bytes:
    # A server writes an interim answer at once, hence as a TLS record of its own, which one read returns.
    while _INTERIM.match(data) and b"\r\n\r\n" in data:
        state.swallowed += 1
        data = data.partition(b"\r\n\r\n")[2]
    return data


def _wait_for_end(served: SocketServer, connection: socket.socket) -> None:
    while served.read(connection):
        pass


def _refuse(connection: socket.socket, status: int) -> None:
    challenge = 'Proxy-Authenticate: Basic realm="peer"\r\n' if status == 407 else ""
    first = f"HTTP/1.1 {status} {_REASONS.get(status, 'Refused')}\r\n"
    connection.sendall(f"{first}{challenge}Content-Length: 0\r\nConnection: close\r\n\r\n".encode("ascii"))
    connection.shutdown(socket.SHUT_WR)


def _authorization(credentials: str) -> str:
    return "Proxy-Authorization: Basic " + base64.b64encode(credentials.encode()).decode()
