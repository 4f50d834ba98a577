"""Nothing that a client sends stops the lab, or makes it hold more than it should."""

import random
import socket
import ssl

import pytest

from tests.lab.curl import curl
from tests.lab.fixture import RENEGOTIATES, RunningLab
from tests.lab.raw import raw_end, read_all, tcp, tls


@pytest.mark.parametrize("seed", range(12))
def test_noise_before_tls(edge: RunningLab, seed: int) -> None:
    noise = random.Random(seed).randbytes(2000)
    with tcp(edge) as sock:
        sock.sendall((b"\x16\x03\x01\x02\x00\x01" if seed % 2 else b"") + noise)
        sock.shutdown(1)
        read_all(sock)
    assert curl(edge, "/").status == 200


REQUESTS = [
    b"\x00\x00\x00\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"GET / HTTP/1.1\r\nX: " + b"x" * 100_000,
]


@pytest.mark.parametrize("request_bytes", REQUESTS, ids=range(len(REQUESTS)))
def test_what_is_no_request_gets_400(edge: RunningLab, request_bytes: bytes) -> None:
    with tls(edge) as sock:
        sock.sendall(request_bytes)
        assert sock.recv(65_536).startswith(b"HTTP/1.1 400")
    assert curl(edge, "/").status == 200


@pytest.mark.parametrize(
    "target", [b"*", b"localhost:443", b"http://[::1", b"https://a/x?y", b"/%00%ff", b"//", b"\xff"]
)
@pytest.mark.parametrize("method", [b"OPTIONS", b"CONNECT", b"GET"])
def test_odd_targets_are_answered(edge: RunningLab, method: bytes, target: bytes) -> None:
    with tls(edge) as sock:
        sock.sendall(method + b" " + target + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert sock.recv(65_536)[:12] in (b"HTTP/1.1 404", b"HTTP/1.1 200", b"HTTP/1.1 400")


def test_client_that_leaves_in_the_renegotiation(edge: RunningLab) -> None:
    edge.patch(settings=RENEGOTIATES)
    for part in (
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx",
    ):
        with tls(edge) as sock:
            sock.sendall(part)
    assert curl(edge, "/").status == 200


def test_client_that_never_answers_the_hello_request(edge: RunningLab) -> None:
    edge.patch(settings=RENEGOTIATES, edge={"renegotiation_seconds": 0.3})
    with tls(edge) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        raw, end = raw_end(sock)  # below TLS, so that OpenSSL sees no HelloRequest and cannot answer it
    assert len(raw) > 300
    assert end == "fin"
    assert edge.seen()["refusals"] > 0


def test_http2_noise(edge: RunningLab) -> None:
    edge.patch(settings={"http20Enabled": True})
    context = ssl.create_default_context(cafile=edge.ready.ca)
    context.set_alpn_protocols(["h2"])
    for seed in range(6):
        with tcp(edge) as raw, context.wrap_socket(raw, server_hostname="localhost") as sock:
            sock.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + random.Random(seed).randbytes(500))
            socket.socket.shutdown(sock, socket.SHUT_WR)
            read_all(sock)
    assert curl(edge, "/", "--http2").status == 200
