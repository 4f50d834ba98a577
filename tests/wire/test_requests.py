"""What leaves for a server, byte for byte on a real socket: head, path, Expect, body, and nothing of other probes."""

import asyncio
import socket

import pytest

from tests.peers.certs import Pki
from tests.peers.connectproxy import connect_proxy
from tests.peers.sockets import SocketServer, serve
from tests.wire.conftest import Send

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: ARRAffinity=abc; Path=/\r\n\r\nok"


class Recorder:
    """Answers every request on a connection, after 100 Continue where that is asked for, and keeps what came."""

    def __init__(self, answer: bytes = OK, *, interim: bytes = b"HTTP/1.1 100 Continue\r\n\r\n") -> None:
        self.heads: list[bytes] = []
        self.bodies: list[int] = []
        self.with_head: list[int] = []
        self.answer = answer
        self.interim = interim

    def __call__(self, served: SocketServer, connection: socket.socket) -> None:
        pending = b""
        while True:
            while b"\r\n\r\n" not in pending:
                more = served.read(connection)
                if not more:
                    return
                pending += more
            head, _, pending = pending.partition(b"\r\n\r\n")
            self.heads.append(head)
            self.with_head.append(len(pending))
            size = _length(head)
            if b"expect: 100-continue" in head.lower() and not pending:
                connection.sendall(self.interim)
            while len(pending) < size:
                more = served.read(connection)
                if not more:
                    return
                pending += more
            self.bodies.append(size)
            pending = pending[size:]
            connection.sendall(self.answer if not head.startswith(b"HEAD") else OK[:-2])


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


async def test_our_name_and_ids_go_with_every_request(send: Send) -> None:
    recorder = Recorder()
    with serve(recorder) as peer:
        seen = await send(peer.port, scheme="http", settings={"headers": (("X-Key", "s3cret-value"),)})
    head = recorder.heads[0].decode()
    assert "User-Agent: mtls-triage/" in head
    assert "X-Mtls-Triage-Run: r0" in head
    assert "X-Mtls-Triage-Probe: p" in head
    assert "X-Key: s3cret-value" in head
    assert f"Host: localhost:{peer.port}" in head
    assert "s3cret" not in repr(seen)


async def test_a_path_goes_out_as_it_was_written(send: Send) -> None:
    recorder = Recorder()
    path = "/API/../x//y%2Fz?code=[redacted]"
    with serve(recorder) as peer:
        seen = await send(
            peer.port, scheme="http", path=path, settings={"paths": ((path, "/API/../x//y%2Fz?code=topsecret"),)}
        )
    assert recorder.heads[0].startswith(b"GET /API/../x//y%2Fz?code=topsecret HTTP/1.1\r\n")
    assert "topsecret" not in repr(seen)


async def test_no_cookie_survives_a_probe(pki: Pki, send: Send) -> None:
    from probes.model import Probe
    from probes.wire.engine import Engine, EngineSettings
    from probes.wire.trust import Trust

    recorder = Recorder()
    with serve(recorder) as peer:
        probe = Probe(id="p", question="?", origin=f"http://localhost:{peer.port}", path="/", head_first=True)
        async with Engine(EngineSettings(run_id="r"), Trust((), system=(), public=()), {}) as engine:
            first = (await engine.observe(probe, "o1")).observation
            await engine.observe(probe, "o2")
    assert len(recorder.heads) == 4
    assert not any(b"cookie" in head.lower() for head in recorder.heads)
    assert ("set-cookie", "[redacted]") in first.exchanges[-1].headers


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
async def test_waiting_for_100_holds_the_body_back(pki: Pki, send: Send, secure: bool) -> None:
    recorder, scheme = Recorder(), "https" if secure else "http"
    with serve(recorder, pki if secure else None) as peer:
        seen = await send(peer.port, scheme=scheme, method="POST", body_bytes=50_000, expect="wait")
    exchange = seen.exchanges[0]
    assert recorder.with_head == [0]
    assert exchange.continue_.state == "received"
    assert exchange.continue_.waited_ms is not None
    assert exchange.body.written == 50_000
    assert seen.timing_ms.continue_ == pytest.approx(exchange.continue_.waited_ms, abs=1)


async def test_the_wait_ends_after_its_time_and_the_body_goes_all_the_same(send: Send) -> None:
    recorder = Recorder(interim=b"")
    with serve(recorder) as peer:
        seen = await send(peer.port, scheme="http", method="POST", body_bytes=2000, expect="wait", wait_ms=150)
    exchange = seen.exchanges[0]
    assert exchange.continue_.state == "timed-out"
    assert exchange.continue_.waited_ms is not None
    assert exchange.continue_.waited_ms >= 149
    assert (seen.status, exchange.body.written) == (200, 2000)


async def test_a_final_answer_instead_of_100_keeps_the_body_back(send: Send) -> None:
    refusal = b"HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n"
    recorder = Recorder(interim=refusal)
    with serve(recorder) as peer:
        seen = await send(peer.port, scheme="http", method="POST", body_bytes=2000, expect="wait")
    assert seen.status == 417
    assert seen.exchanges[0].continue_.state == "final-first"
    assert seen.exchanges[0].body.written == 0


async def test_the_header_alone_does_not_wait(send: Send) -> None:
    recorder = Recorder(interim=b"")
    with serve(recorder) as peer:
        seen = await send(peer.port, scheme="http", method="POST", body_bytes=2000, expect="header-only")
    assert b"Expect: 100-continue" in recorder.heads[0]
    assert seen.exchanges[0].continue_.state == "not-awaited"
    assert seen.status == 200


@pytest.mark.parametrize(("writes", "records"), [("separate", 2), ("together", 1)])
async def test_head_and_body_in_one_record_or_two(pki: Pki, send: Send, writes: str, records: int) -> None:
    seen_records: list[bytes] = []

    def handle(served: SocketServer, connection: socket.socket) -> None:
        data = b""
        while b"\r\n\r\n" not in data or len(data.partition(b"\r\n\r\n")[2]) < 2000:
            piece = served.read(connection, 65536)  # SSL_read gives one record at a time
            if not piece:
                return
            seen_records.append(piece)
            data += piece
        connection.sendall(OK)

    with serve(handle, pki) as peer:
        seen = await send(peer.port, method="POST", body_bytes=2000, writes=writes)
    assert seen.status == 200
    assert len(seen_records) == records


async def test_head_first_goes_on_the_same_connection(pki: Pki, send: Send) -> None:
    recorder = Recorder()
    with serve(recorder, pki) as peer:
        seen = await send(peer.port, method="POST", body_bytes=3000, head_first=True)
        assert peer.accepted == 1
    assert [head.split(b" ")[0] for head in recorder.heads] == [b"HEAD", b"POST"]
    assert [exchange.method for exchange in seen.exchanges] == ["HEAD", "POST"]
    assert seen.connection is not None
    assert seen.connection.reused


async def test_a_redirect_is_recorded_and_not_followed(send: Send) -> None:
    recorder = Recorder(
        b"HTTP/1.1 301 Moved\r\nLocation: https://elsewhere.example/?sig=abcdef\r\nContent-Length: 0\r\n\r\n"
    )
    with serve(recorder) as peer:
        seen = await send(peer.port, scheme="http")
        assert peer.accepted == 1
    assert seen.status == 301
    assert ("location", "https://elsewhere.example/?sig=[redacted]") in seen.exchanges[0].headers


async def test_connect_to_keeps_host_and_sni(pki: Pki, send: Send) -> None:
    recorder = Recorder()
    with serve(recorder, pki) as peer:
        seen = await send(443, origin="https://localhost:443", connect_to=f"127.0.0.1:{peer.port}")
        wrong = await send(443, origin="https://shop.example:443", connect_to=f"127.0.0.1:{peer.port}")
    assert seen.status == 200
    assert b"Host: localhost\r\n" in recorder.heads[0] + b"\r\n"
    assert wrong.tls is not None
    assert wrong.tls.verification is not None
    assert [error.name for error in wrong.tls.verification.errors] == ["host_name_mismatch"]


async def test_a_proxy_is_asked_for_a_tunnel_and_its_password_stays_secret(pki: Pki, send: Send) -> None:
    recorder = Recorder()
    with serve(recorder, pki) as peer, connect_proxy(credentials="tester:pr0xy-pass") as proxy:
        url = proxy.url.replace("http://", "http://tester:pr0xy-pass@")
        seen = await send(peer.port, settings={"proxy": url, "secrets": ("pr0xy-pass",)})
        refused = await send(peer.port, settings={"proxy": proxy.url})
    assert seen.status == 200
    assert proxy.requests[0].startswith(f"CONNECT localhost:{peer.port} ")
    assert seen.timing_ms.proxy is not None
    assert "pr0xy-pass" not in repr(seen)
    assert (refused.outcome, refused.error and refused.error.kind) == ("proxy-failure", "407")


@pytest.mark.parametrize(
    ("mode", "outcome", "awaiting"),
    [
        ("refuse", "proxy-failure", "connect"),
        ("stall", "timeout", "connect"),
        ("drop-tunnel", "closed", "handshake"),
        ("stall-tunnel", "timeout", "handshake"),
    ],
)
async def test_a_proxy_that_fails_is_told_from_a_site_that_fails(
    send: Send, mode: str, outcome: str, awaiting: str
) -> None:
    with connect_proxy(mode) as proxy:  # type: ignore[arg-type]
        seen = await send(9, settings={"proxy": proxy.url}, timeout_s=0.5)
    assert (seen.outcome, seen.awaiting) == (outcome, awaiting)


async def test_bytes_written_and_acknowledged_are_counted(pki: Pki, send: Send) -> None:
    with serve(Recorder(), pki) as peer:
        seen = await send(peer.port, method="POST", body_bytes=1_000_000)
    body = seen.exchanges[0].body
    assert (body.declared, body.written) == (1_000_000, 1_000_000)
    assert body.acknowledged is None or body.acknowledged == 1_000_000


async def test_cancelling_closes_the_socket(send: Send) -> None:
    gone = []

    def handle(served: SocketServer, connection: socket.socket) -> None:
        served.read(connection)
        gone.append(served.read(connection))

    with serve(handle) as peer:
        task = asyncio.create_task(send(peer.port, scheme="http"))
        await asyncio.sleep(0.3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        for _ in range(50):
            if gone:
                break
            await asyncio.sleep(0.02)
    assert gone == [b""]
