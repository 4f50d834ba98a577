"""Every way a probe can end without an answer, on real sockets: the outcome, what was awaited, and the words."""

import socket

import pytest

from tests.peers import badservers
from tests.peers.certs import Pki
from tests.peers.sockets import SocketServer, serve
from tests.wire.conftest import Send


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


async def test_a_closed_port_is_refused(send: Send) -> None:
    seen = await send(free_port())
    assert (seen.outcome, seen.awaiting) == ("connect-failure", "connect")
    assert seen.error is not None
    assert seen.error.kind == "refused"
    assert seen.tls is None


async def test_a_name_without_address(send: Send) -> None:
    seen = await send(443, origin="https://no-such-host.invalid:443")
    assert seen.outcome == "dns-failure"
    assert seen.error is not None
    assert "no-such-host.invalid" in seen.error.message


@pytest.mark.parametrize(
    ("server", "scheme", "kind"),
    [
        (badservers.ssh, "https", "ssh"),
        (badservers.ssh, "http", "ssh"),
        (badservers.plain_http, "https", "plain-http"),
        (badservers.garbage, "https", "not-tls"),
        (badservers.garbage, "http", "not-http"),
    ],
)
async def test_another_protocol_on_the_port_is_named(send: Send, server: object, scheme: str, kind: str) -> None:
    with server() as peer:  # type: ignore[operator]
        seen = await send(peer.port, scheme=scheme, timeout_s=5)
    assert seen.outcome == "protocol-error"
    assert seen.error is not None
    assert seen.error.kind == kind
    assert "\n" not in seen.error.message


async def test_tls_on_a_port_that_was_called_plain(send: Send) -> None:
    def handle(served: SocketServer, connection: socket.socket) -> None:
        served.read(connection)
        connection.sendall(bytes.fromhex("15030100020246"))  # the alert protocol_version, fatal

    with serve(handle) as peer:
        seen = await send(peer.port, scheme="http", timeout_s=5)
    assert seen.error is not None
    assert (seen.outcome, seen.error.kind) == ("protocol-error", "tls-on-http")


async def test_silence_before_and_after_the_handshake(pki: Pki, send: Send) -> None:
    with badservers.stall() as peer:
        seen = await send(peer.port, timeout_s=0.5)
    assert (seen.outcome, seen.awaiting) == ("timeout", "handshake")
    with badservers.stall(pki) as peer:
        seen = await send(peer.port, timeout_s=0.5)
        assert (seen.outcome, seen.awaiting) == ("timeout", "response-head")
        held = await send(peer.port, timeout_s=0.5, method="POST", body_bytes=5000, expect="wait", wait_ms=None)
    assert (held.outcome, held.awaiting) == ("timeout", "continue")
    assert held.exchanges[0].body.written == 0


async def test_closed_and_reset_are_told_apart(send: Send) -> None:
    with badservers.closes_at_once() as peer:
        closed = await send(peer.port)
    with badservers.resets_after_client_hello() as peer:
        reset = await send(peer.port)
    assert (closed.outcome, closed.awaiting) == ("closed", "handshake")
    assert (reset.outcome, reset.awaiting) == ("reset", "handshake")
    assert reset.connection is not None
    assert reset.connection.ended_by == "reset"


async def test_a_refused_version_is_an_alert_and_only_after_a_client_hello(pki: Pki, send: Send) -> None:
    with badservers.modern_only(pki) as peer:
        seen = await send(peer.port, tls="1.2")
        good = await send(peer.port, tls="1.3")
    assert seen.outcome == "tls-failure"
    assert seen.tls is not None
    assert [(alert.direction, alert.name) for alert in seen.tls.alerts] == [("received", "protocol_version")]
    assert seen.tls.version is None
    assert (good.outcome, good.status) == ("response", 200)


@pytest.mark.parametrize("version", ["1.0", "1.1"])
async def test_old_versions_are_spoken_when_forced(pki: Pki, send: Send, version: str) -> None:
    with badservers.legacy_only(pki, version) as port:  # type: ignore[arg-type]
        seen = await send(port, tls=version)
        free = await send(port, tls="free")
    assert seen.tls is not None
    assert seen.tls.version == {"1.0": "TLSv1", "1.1": "TLSv1.1"}[version]
    assert seen.status == 200
    assert free.outcome == "tls-failure"


async def test_a_cipher_list_that_the_library_refuses_is_not_the_sites_fault(pki: Pki, send: Send) -> None:
    with badservers.modern_only(pki) as peer:
        seen = await send(peer.port, ciphers="NO-SUCH-CIPHER")
        assert peer.received == 0
    assert seen.outcome == "not-run"
    assert seen.judged.reached_app == "unknown"


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
async def test_endless_answers_are_bounded(pki: Pki, send: Send, secure: bool) -> None:
    scheme, over = ("https", pki) if secure else ("http", None)
    for server in (badservers.endless_header, badservers.endless_header_line, badservers.endless_informational):
        with server(over) as peer:
            seen = await send(peer.port, scheme=scheme)
        assert seen.outcome == "protocol-error", server.__name__
        assert len(seen.events) < 700
    with badservers.endless_body(over) as peer:
        seen = await send(peer.port, scheme=scheme)
    assert seen.status == 200
    assert seen.exchanges[0].truncated
    assert len(seen.exchanges[0].body_excerpt) <= 4096


async def test_a_server_that_is_not_trusted_ends_the_probe(pki: Pki, send: Send) -> None:
    from probes.wire.trust import Trust, read_ca_file

    with badservers.modern_only(pki) as peer:
        seen = await send(peer.port, trust=Trust(read_ca_file(pki.foreign_ca), system=(), public=()))
        anyway = await send(
            peer.port, trust=Trust((), system=(), public=()), settings={"insecure": True}, identity="given"
        )
        local = await send(peer.port, trust=Trust((), system=read_ca_file(pki.ca), public=()))
    assert seen.error is not None
    assert (seen.outcome, seen.error.kind) == ("tls-failure", "server-not-verified")
    assert anyway.status == 200
    assert anyway.tls is not None
    assert anyway.tls.verification is not None
    assert not anyway.tls.verification.ok
    assert anyway.tls.verification.trusted_by == "none"
    assert local.tls is not None
    assert local.tls.verification is not None
    assert (local.tls.verification.ok, local.tls.verification.trusted_by) == (True, "system")
