"""Each fault of the lab can be seen on a socket, and is gone when it is switched off."""

import ssl
import time

import pytest

from tests.lab.curl import curl, curl_raw
from tests.lab.fixture import RunningLab
from tests.lab.raw import GET, raw_end, read_all, tcp, tls


def test_reset_on_the_new_connection(edge: RunningLab) -> None:
    edge.patch(faults={"reset": "accept"})
    with pytest.raises((ConnectionResetError, ssl.SSLError)), tls(edge):
        pass


def test_reset_in_the_handshake(edge: RunningLab) -> None:
    edge.patch(faults={"reset": "handshake"})
    with pytest.raises(ConnectionResetError), tls(edge):
        pass


@pytest.mark.parametrize("point", ["head", "answer"])
def test_reset_and_nothing_of_it_left(edge: RunningLab, point: str) -> None:
    edge.patch(faults={"reset": point})
    with tls(edge) as sock:
        sock.sendall(GET)
        assert raw_end(sock)[1] == "reset"
    got = curl(edge, "/")
    assert got.exit == 56
    assert ("HTTP/1.1 200" in got.trace) == (point == "answer")
    edge.patch(faults={"reset": None})
    assert curl(edge, "/").status == 200


def test_reset_in_the_body(edge: RunningLab) -> None:
    edge.patch(faults={"reset": "body"})
    with tls(edge) as sock:
        sock.sendall(b"POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 200000\r\n\r\n")
        sock.sendall(b"x" * 1000)
        assert raw_end(sock)[1] == "reset"
    edge.patch(faults={"reset": None})
    assert curl(edge, "/upload", "--data", "x" * 1000).body == b"received 1000 bytes\n"


def test_reset_in_the_place_of_a_gentle_close(edge: RunningLab) -> None:
    edge.patch(settings={"clientCertExclusionPaths": "/health"}, faults={"reset": "refusal"})
    with tls(edge) as sock:
        sock.sendall(b"POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 300000\r\n\r\n")
        assert raw_end(sock)[1] == "reset"


@pytest.mark.parametrize("point", ["accept", "handshake", "head"])
def test_stall(edge: RunningLab, point: str) -> None:
    edge.patch(faults={"stall": point})
    got = curl(edge, "/", "--max-time", "1")
    assert got.exit == 28
    assert "HTTP/1.1 200" not in got.trace
    assert ("SSL connection using" in got.trace) == (point == "head")


@pytest.mark.parametrize("point", ["accept", "handshake"])
def test_half_close_before_tls(edge: RunningLab, point: str) -> None:
    edge.patch(faults={"half_close": point})
    with pytest.raises(ssl.SSLError, match=r"(?i)eof"), tls(edge):
        pass


@pytest.mark.parametrize("point", ["head", "answer"])
def test_half_close_is_a_fin_without_close_notify(edge: RunningLab, point: str) -> None:
    edge.patch(faults={"half_close": point})
    with tls(edge) as sock:
        sock.sendall(GET)
        with pytest.raises(ssl.SSLError, match=r"(?i)eof"):
            read_all(sock)


def test_garbage_instead_of_tls(edge: RunningLab) -> None:
    edge.patch(faults={"garbage": "accept"})
    with tcp(edge) as sock:
        assert read_all(sock).startswith(b"\x00\x01 this is no protocol")
    edge.patch(faults={"garbage": "handshake"})
    with pytest.raises(ssl.SSLError), tls(edge):
        pass


def test_garbage_instead_of_http(edge: RunningLab) -> None:
    edge.patch(faults={"garbage": "head"})
    assert curl(edge, "/").exit == 1  # CURLE_UNSUPPORTED_PROTOCOL: what looks like HTTP/0.9 is refused
    with tls(edge) as sock:
        sock.sendall(GET)
        assert read_all(sock).startswith(b"\x00\x01 this is no protocol")


def test_early_answer_is_read_though_the_body_was_not_taken(edge: RunningLab) -> None:
    edge.patch(faults={"early_answer": 503})
    for _ in range(10):
        got = curl(edge, "/upload", "-H", "Expect:", "--data", "x" * 100_000)
        assert (got.exit, got.status) == (0, 503)


def test_endless_header(edge: RunningLab) -> None:
    edge.patch(faults={"endless_header": True})
    with tls(edge) as sock:
        sock.sendall(GET)
        head = read_all(sock, 500_000)
    assert len(head) >= 500_000
    assert b"\r\n\r\n" not in head


def test_latency(edge: RunningLab) -> None:
    edge.patch(faults={"latency_ms": 200})
    started = time.monotonic()
    assert curl_raw(edge.ready.http).status == 301
    assert time.monotonic() - started >= 0.2


def test_bandwidth(edge: RunningLab) -> None:
    headers = [option for number in range(10) for option in ("-H", f"X-Long-{number}: {'x' * 2000}")]
    edge.patch(settings={"httpsOnly": False}, faults={"bandwidth": 20_000})
    got = curl_raw(*headers, f"{edge.ready.http}/debug/headers")
    assert len(got.body) > 20_000
    assert got.reports[-1]["time_total"] >= 0.9
