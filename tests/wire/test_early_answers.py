"""What asyncio's streams lose: an early 403 before a reset, and an alert after the handshake looked done."""

import socket
import ssl

import pytest

from tests.peers.badservers import early_forbidden
from tests.peers.certs import Pki
from tests.peers.sockets import SocketServer, serve
from tests.wire.conftest import Send

TIMES = 100
LARGE = 307_200


def _never_reached(_served: SocketServer, _connection: socket.socket) -> None:
    raise AssertionError("the handshake cannot succeed without a certificate")


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
async def test_an_early_403_before_a_reset_is_read_every_time(pki: Pki, send: Send, secure: bool) -> None:
    lost = []
    with early_forbidden(1024, pki if secure else None) as server:
        for number in range(TIMES):
            seen = await send(
                server.port, scheme="https" if secure else "http", method="POST", body_bytes=LARGE, path=f"/{number}"
            )
            if seen.status != 403:
                lost.append((number, seen.outcome, seen.error))
            else:
                assert seen.exchanges[0].body_excerpt == "Forbidden"
    assert lost == []


@pytest.mark.parametrize("body_bytes", [0, LARGE], ids=["get", "large-post"])
async def test_a_late_tls13_alert_is_read_every_time(pki: Pki, send: Send, body_bytes: int) -> None:
    lost = []
    with serve(
        _never_reached,
        pki,
        minimum_version=ssl.TLSVersion.TLSv1_3,
        verify_mode=ssl.CERT_REQUIRED,
    ) as server:
        for number in range(TIMES):
            seen = await send(server.port, method="POST" if body_bytes else "GET", body_bytes=body_bytes)
            names = [alert.name for alert in seen.tls.alerts] if seen.tls else []
            if seen.outcome != "tls-failure" or names != ["certificate_required"]:
                lost.append((number, seen.outcome, names, seen.error))
            else:
                assert seen.tls is not None
                assert seen.tls.certificate_request == "handshake"
                assert any(event.name == "handshake done" for event in seen.events)
    assert lost == []
