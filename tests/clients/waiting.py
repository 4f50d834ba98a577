"""A TLS server that is silent after the head of a request, and notes what the client does meanwhile."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_RECORD = 16_384
_LIMIT_S = 20.0


@dataclass
class Noted:
    """What one request did; times in seconds after its head.

    ``together`` says that the first TLS record held bytes of the body too. ``body_after_s`` is when the first byte
    of the body came without being asked for, None when none came as long as the server was silent.
    """

    expect: bool = False
    together: bool = False
    body_after_s: float | None = None


@dataclass
class SilentServer:
    """``port`` on localhost; ``noted`` grows by one for each request."""

    port: int
    noted: list[Noted] = field(default_factory=list)


@contextmanager
def silent_server(certificate: str, silent_s: float) -> Iterator[SilentServer]:
    """Serve until the block ends; each request with ``Expect`` is left without an answer for ``silent_s`` seconds."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.set_alpn_protocols(["http/1.1"])
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    listener = socket.create_server(("localhost", 0))
    server = SilentServer(listener.getsockname()[1])

    def accept() -> None:
        while True:
            try:
                raw, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=_serve, args=(context, raw, server, silent_s), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _serve(context: ssl.SSLContext, raw: socket.socket, server: SilentServer, silent_s: float) -> None:
    raw.settimeout(_LIMIT_S)
    try:
        with context.wrap_socket(raw, server_side=True) as tls:
            _one(tls, server, silent_s)
    except OSError:
        return


def _one(tls: ssl.SSLSocket, server: SilentServer, silent_s: float) -> None:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = tls.recv(_RECORD)
        if not piece:
            return
        data += piece
    began = time.monotonic()
    head, _, body = data.partition(b"\r\n\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    noted = Noted(expect=fields.get(b"expect") == b"100-continue", together=bool(body))
    server.noted.append(noted)
    if noted.expect and not body:
        tls.settimeout(silent_s)
        try:
            body = tls.recv(_RECORD)
            noted.body_after_s = time.monotonic() - began
        except TimeoutError:
            tls.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        tls.settimeout(_LIMIT_S)
    elif body:
        noted.body_after_s = 0.0
    left = int(fields.get(b"content-length", b"0")) - len(body)
    while left > 0 and (piece := tls.recv(_RECORD)):
        left -= len(piece)
    tls.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
