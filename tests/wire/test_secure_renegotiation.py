"""Whether the server knows RFC 5746: read from its hello, by either callback, and nothing claimed on TLS 1.3."""

import contextlib

import pytest
from OpenSSL import SSL

from probes.lab.legacy_tls import LegacyTlsServer
from probes.lab.pki import Pki as LabPki
from probes.lab.tls_server import TlsRefused
from probes.wire.handshake import HandshakeRecord
from probes.wire.trace import Trace
from tests.peers.certs import Pki
from tests.wire.memory import MemoryServer
from tests.wire.test_tls_session import converse, session

CALLBACKS = pytest.mark.parametrize("use_messages", [True, False], ids=["messages", "states"])


@pytest.mark.parametrize(("version", "known"), [(SSL.TLS1_2_VERSION, True), (SSL.TLS1_3_VERSION, None)])
def test_a_current_server_knows_it_where_it_is_needed(pki: Pki, version: int, known: bool | None) -> None:
    client, server = session(pki, "none"), MemoryServer(pki, version=version)
    client.start()
    converse(client, server, 1 << 20)
    assert client.handshake_done
    assert client.facts().secure_renegotiation is known
    if version == SSL.TLS1_2_VERSION:
        # A renegotiation's own hello has the extension in another form and changes nothing.
        server.ask_again()
        client.receive(server.outgoing())
        converse(client, server, 1 << 20)
        assert client.facts().renegotiation == "completed"
        assert client.facts().secure_renegotiation is True


@CALLBACKS
def test_an_old_server_is_told_from_one_that_refuses(pki: Pki, use_messages: bool) -> None:
    client = session(pki, "none", use_messages=use_messages)
    server = LegacyTlsServer(LabPki().servers["good"], asks=False)
    client.start()
    for _ in range(3):
        server.feed(client.outgoing())
        with contextlib.suppress(TlsRefused):
            server.step()
        client.receive(server.outgoing())
    facts = client.facts()
    assert client.failed == "unsafe legacy renegotiation disabled"
    assert facts.secure_renegotiation is False
    # OpenSSL's state strings have not come to the server's hello when it gives up.
    assert facts.version == ("TLSv1.2" if use_messages else None)
    assert [(one.direction, one.name) for one in facts.alerts] == [("sent", "handshake_failure")]
    assert facts.verification is None


@pytest.mark.parametrize("size", range(0, 90, 3))
def test_a_hello_that_is_cut_off_is_read_as_far_as_it_goes(size: int) -> None:
    body = b"\x03\x03" + bytes(32) + b"\x00" + b"\xc0\x2f\x00" + b"\x00\x05" + b"\xff\x01\x00\x01\x00"
    record = HandshakeRecord(Trace())
    record.message(False, 22, (b"\x02" + len(body).to_bytes(3, "big") + body)[:size])
    assert (record.secure_renegotiation is True) == (size >= 4 + len(body) - 1)
