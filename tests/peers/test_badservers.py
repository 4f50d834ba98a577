"""Each misbehaving server misbehaves as it says, seen by plain sockets, by ``openssl s_client`` and by curl."""

import socket
import ssl
import subprocess
from contextlib import AbstractContextManager

import pytest

from tests.peers import badservers
from tests.peers.certs import Pki
from tests.peers.curltrace import Alert, curl_trace
from tests.peers.need import need
from tests.peers.sockets import SocketServer

_PROTOCOL_VERSION = 70


def _connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=5)


def _read_all(connection: socket.socket, limit: int = 1 << 20) -> bytes:
    data = b""
    while len(data) < limit and (more := connection.recv(65536)):
        data += more
    return data


def test_plain_http_answers_http_and_a_client_hello_alike() -> None:
    with badservers.plain_http() as served:
        assert curl_trace(f"http://localhost:{served.port}/").status == 200
        with _connect(served.port) as connection:
            connection.sendall(b"\x16\x03\x01\x00\x05hello")
            assert _read_all(connection).startswith(b"HTTP/1.1 400 ")
        assert curl_trace(f"https://localhost:{served.port}/").exit_code == 35


def test_ssh_speaks_first() -> None:
    with badservers.ssh() as served, _connect(served.port) as connection:
        assert connection.recv(100) == badservers.SSH_BANNER


def test_garbage_is_the_same_each_time_and_no_protocol() -> None:
    seen = []
    for _ in range(2):
        with badservers.garbage(500) as served, _connect(served.port) as connection:
            connection.sendall(b"x")
            seen.append(_read_all(connection))
    assert seen[0] == seen[1]
    assert len(seen[0]) == 500
    assert seen[0][0] == 0xFF


@pytest.mark.parametrize("over_tls", [False, True])
def test_stall_takes_everything_and_says_nothing(pki: Pki, over_tls: bool) -> None:
    with badservers.stall(pki if over_tls else None) as served, _connect(served.port) as raw:
        connection = _client(pki).wrap_socket(raw, server_hostname="localhost") if over_tls else raw
        request = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
        connection.sendall(request)
        connection.settimeout(0.3)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        assert served.received == len(request)
        connection.close()


def test_closes_at_once_is_an_end_and_not_a_reset() -> None:
    with badservers.closes_at_once() as served, _connect(served.port) as connection:
        assert connection.recv(1) == b""
        connection.sendall(b"more")
        assert connection.recv(1) == b""


@pytest.mark.parametrize("peer", [badservers.resets_at_once, badservers.resets_after_client_hello])
def test_a_reset_is_a_reset(peer: "type[AbstractContextManager[SocketServer]]") -> None:
    with peer() as served, pytest.raises(ConnectionResetError):
        _say_hello_and_read(served.port)


def _say_hello_and_read(port: int) -> None:
    with _connect(port) as connection:
        try:
            connection.sendall(b"\x16\x03\x01\x00\x05hello")
        except BrokenPipeError as error:  # the reset was there before the write, which says it in this way
            raise ConnectionResetError from error
        connection.recv(1)


@pytest.mark.parametrize("over_tls", [False, True])
@pytest.mark.parametrize("end", ["reset", "fin"])
@pytest.mark.parametrize("after", [0, 10_000])
def test_early_forbidden_answers_before_the_body_is_in(pki: Pki, after: int, end: str, over_tls: bool) -> None:
    peer = badservers.early_forbidden(after, pki if over_tls else None, end="reset" if end == "reset" else "fin")
    with peer as served, _connect(served.port) as raw, raw.dup() as below_tls:
        connection = _client(pki).wrap_socket(raw, server_hostname="localhost") if over_tls else raw
        head = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000000\r\n\r\n"
        connection.sendall(head)
        if after:
            connection.settimeout(0.2)
            with pytest.raises(TimeoutError):
                connection.recv(1)
            connection.settimeout(5)
            connection.sendall(bytes(after))
        assert connection.recv(100).startswith(b"HTTP/1.1 403 Forbidden\r\n")
        assert served.received == len(head) + after
        if end == "reset":
            with pytest.raises(ConnectionResetError):
                _read_all(below_tls)
        else:
            _read_all(below_tls)
        connection.close()


@pytest.mark.parametrize(
    ("peer", "start"),
    [
        (badservers.endless_header, b"HTTP/1.1 200 OK\r\nX-Filler: a"),
        (badservers.endless_header_line, b"HTTP/1.1 200 OK\r\nX-Filler: a"),
        (badservers.endless_informational, b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 102 "),
        (badservers.endless_body, b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\naaaa"),
    ],
)
def test_endless_answers_are_still_going_after_four_mebibytes(
    peer: "type[AbstractContextManager[SocketServer]]", start: bytes
) -> None:
    with peer() as served, _connect(served.port) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        seen = _read_all(connection, 4 << 20)
        assert len(seen) >= 4 << 20
        assert seen.startswith(start)
        assert (b"\r\n\r\n" in seen) is (peer in (badservers.endless_informational, badservers.endless_body))


def test_modern_only_refuses_tls_1_2_with_protocol_version(pki: Pki) -> None:
    with badservers.modern_only(pki) as served:
        url = f"https://localhost:{served.port}/"
        modern = curl_trace("--cacert", str(pki.ca), url)
        assert (modern.status, modern.version, modern.body) == (200, "TLSv1.3", b"ok\n")
        old = curl_trace("--cacert", str(pki.ca), "--tls-max", "1.2", url)
        assert old.alerts == [Alert("received", "fatal", _PROTOCOL_VERSION)]


@pytest.mark.peer("openssl")
@pytest.mark.parametrize(("version", "flag"), [("1.0", "-tls1"), ("1.1", "-tls1_1")])
def test_legacy_only_speaks_its_version_to_those_who_lower_their_guard(pki: Pki, version: str, flag: str) -> None:
    openssl = need("openssl")
    with badservers.legacy_only(pki, "1.0" if version == "1.0" else "1.1") as port:
        address = ["-connect", f"127.0.0.1:{port}"]
        weak = _s_client(openssl, *address, flag, "-cipher", "DEFAULT:@SECLEVEL=0")
        assert f"Protocol  : TLSv{version.replace('1.0', '1')}\n" in weak
        strict = _s_client(openssl, *address, "-tls1_2", "-msg")
        # The server chooses its own version (the ServerHello comes), and the client refuses that.
        sent = [line for line in strict.splitlines() if line.startswith(">>>") and "Alert" in line]
        assert "ServerHello" in strict
        assert len(sent) == 1
        assert "fatal protocol_version" in sent[0]


def test_a_stopped_server_leaves_nothing_listening() -> None:
    with badservers.stall() as served:
        connection = _connect(served.port)
    with pytest.raises(OSError):
        _connect(served.port)
    connection.close()


def _s_client(openssl: str, *arguments: str) -> str:
    done = subprocess.run(
        [openssl, "s_client", *arguments], input=b"Q\n", capture_output=True, timeout=10, check=False
    )
    return (done.stdout + done.stderr).decode("utf-8", "replace")


def _client(pki: Pki) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(pki.ca))
