"""The relay adds its delay, keeps the bandwidth, and hands on ends and resets."""

import json
import socket
import subprocess
import sys
import time
from contextlib import closing

import pytest

from tests.peers import badservers
from tests.peers.apache import Apache
from tests.peers.certs import Pki
from tests.peers.curltrace import curl_trace
from tests.peers.relay import relay
from tests.peers.sockets import SocketServer, serve


def _echo(served: SocketServer, connection: socket.socket) -> None:
    while data := served.read(connection):
        connection.sendall(data)


def _connect(port: int) -> "closing[socket.socket]":
    return closing(socket.create_connection(("127.0.0.1", port), timeout=10))


def _receive(connection: socket.socket, size: int) -> int:
    seen = 0
    while seen < size and (data := connection.recv(1 << 20)):
        seen += len(data)
    return seen


def test_a_round_trip_takes_twice_the_delay() -> None:
    with serve(_echo) as served, relay(served.port, 20) as far, _connect(far.port) as connection:
        round_trips = []
        for _ in range(5):
            start = time.monotonic()
            connection.sendall(b"x")
            assert connection.recv(1) == b"x"
            round_trips.append((time.monotonic() - start) * 1000)
    assert min(round_trips) >= 40
    assert min(round_trips) < 60


def test_the_bandwidth_is_not_limited_by_the_delay() -> None:
    def pour(served: SocketServer, connection: socket.socket) -> None:
        served.read(connection)
        connection.sendall(bytes(32 << 20))

    with serve(pour) as served, relay(served.port, 100) as far, _connect(far.port) as connection:
        start = time.monotonic()
        connection.sendall(b"x")
        assert _receive(connection, 32 << 20) == 32 << 20
        taken = time.monotonic() - start
    # One window of 64 KiB for each round trip of 200 ms would take 102 seconds.
    assert taken < 10


def test_the_end_of_one_direction_leaves_the_other_open() -> None:
    def answer_after_the_end(served: SocketServer, connection: socket.socket) -> None:
        while served.read(connection):
            pass
        connection.sendall(b"%d" % served.received)

    with serve(answer_after_the_end) as served, relay(served.port, 5) as far, _connect(far.port) as connection:
        connection.sendall(bytes(1000))
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(100) == b"1000"
        assert connection.recv(100) == b""


def test_a_reset_of_the_server_reaches_the_client_after_its_answer() -> None:
    for _ in range(10):
        with badservers.early_forbidden(1) as served, relay(served.port, 5) as far, _connect(far.port) as connection:
            connection.sendall(b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n12345")
            assert connection.recv(24) == b"HTTP/1.1 403 Forbidden\r\n"
            with pytest.raises(ConnectionResetError):
                _receive(connection, 1 << 20)


def test_a_closed_port_behind_it_is_a_reset() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as closed:
        port = closed.getsockname()[1]
    with relay(port, 1) as far, pytest.raises(ConnectionResetError), _connect(far.port) as connection:
        connection.recv(1)


@pytest.mark.peer("apache2")
def test_a_renegotiation_works_through_it(apache: Apache, pki: Pki) -> None:
    with relay(apache.port("paths", "1.2"), 10) as far:
        url = f"https://localhost:{far.port}/secure"
        seen = curl_trace("--http1.1", "--cacert", str(pki.ca), *pki.good.curl, url, body=bytes(1000))
    assert (seen.status, seen.certificate_request, far.accepted) == (200, "renegotiation", 1)


def test_it_runs_as_a_program() -> None:
    with serve(_echo) as served:
        command = [sys.executable, "-m", "tests.peers.relay", "--to", str(served.port), "--delay", "1"]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            try:
                assert process.stdout is not None
                ready = json.loads(process.stdout.readline())
                with _connect(ready["port"]) as connection:
                    connection.sendall(b"hello")
                    assert connection.recv(5) == b"hello"
            finally:
                process.terminate()
