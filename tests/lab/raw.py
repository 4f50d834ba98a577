"""Raw sockets to a lab, for what no HTTP client would do or tell."""

import contextlib
import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

from tests.lab.fixture import RunningLab

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@contextlib.contextmanager
def tcp(lab: RunningLab, url: str | None = None) -> Iterator[socket.socket]:
    """Open TCP to the front end, or to ``url``."""
    parts = urlsplit(url or lab.ready.front_end)
    with socket.create_connection((parts.hostname, parts.port), 20) as sock:
        yield sock


@contextlib.contextmanager
def tls(lab: RunningLab, certificate: str | None = "certificate") -> Iterator[ssl.SSLSocket]:
    """Open TLS to the front end."""
    context = ssl.create_default_context(cafile=lab.ready.ca)
    # Python before 3.11.4 takes a FIN without close_notify for a proper end unless this is off.
    context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
    if certificate:
        context.load_cert_chain(getattr(lab.ready, certificate))
    with (
        tcp(lab) as sock,
        context.wrap_socket(sock, server_hostname="localhost", suppress_ragged_eofs=False) as wrapped,
    ):
        yield wrapped


def raw_end(sock: socket.socket) -> tuple[bytes, str]:
    """Read below TLS to the end; return the raw bytes and whether it came as ``fin`` or ``reset``.

    Python's ssl reports a reset as an end of file, so it cannot be asked.
    """
    data = b""
    try:
        while part := socket.socket.recv(sock, 65_536):
            data += part
    except ConnectionResetError:
        return data, "reset"
    return data, "fin"


def read_all(sock: socket.socket, limit: int = 1_000_000) -> bytes:
    """Read up to the end of the connection, or ``limit`` bytes."""
    data = b""
    while len(data) < limit and (part := sock.recv(65_536)):
        data += part
    return data
