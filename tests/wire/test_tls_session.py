"""The sans-IO TLS session against OpenSSL in memory: whole or byte by byte, by either callback, the same facts."""

from typing import Any

import pytest
from OpenSSL import SSL

from probes.credential import load
from probes.model import Probe, TlsFacts
from probes.wire.contexts import TlsContexts
from probes.wire.tls import TlsOptions, TlsSession
from probes.wire.trace import Trace
from probes.wire.trust import Trust, read_ca_file
from tests.peers.certs import Pki
from tests.wire.memory import MemoryServer

WHEN = ["never", "handshake", "later"]
VERSIONS = [SSL.TLS1_2_VERSION, SSL.TLS1_3_VERSION]


def session(
    pki: Pki, identity: str, *, use_messages: bool = True, trusted: bool = True, **options: Any
) -> TlsSession:
    trust = Trust(read_ca_file(pki.ca if trusted else pki.foreign_ca), system=(), public=())
    contexts = TlsContexts(trust, {"given": load(pki.good.pem)}, use_messages=use_messages)
    probe = Probe(id="p", question="?", origin="https://localhost:1", path="/", identity=identity)  # type: ignore[arg-type]
    chosen = TlsOptions(**({"server_name": "localhost"} | options))
    return contexts.session(probe, chosen, Trace())


def converse(client: TlsSession, server: MemoryServer, size: int, rounds: int = 12) -> None:
    """Carry bytes between the two until nobody says anything; ``size`` bytes at a time towards the client."""
    for _ in range(rounds):
        said = client.outgoing()
        answer = server.exchange(said)
        for at in range(0, len(answer), size):
            client.receive(answer[at : at + size])
        if not said and not answer:
            return


def run(pki: Pki, asks: str, version: int, identity: str, size: int, **options: Any) -> tuple[TlsFacts, MemoryServer]:
    client, server = session(pki, identity, **options), MemoryServer(pki, asks=asks, version=version)
    client.start()
    converse(client, server, size)
    assert client.handshake_done
    client.send(b"GET / HTTP/1.1\r\n\r\n")
    converse(client, server, size)
    if asks == "later":
        server.ask_again()
        for at in range(0, len(said := server.outgoing()), size):
            client.receive(said[at : at + size])
        converse(client, server, size)
    return client.facts(), server


def expected_when(asks: str, version: int) -> str:
    if asks == "never":
        return "none"
    if asks == "handshake":
        return "handshake"
    return "renegotiation" if version == SSL.TLS1_2_VERSION else "post-handshake"


@pytest.mark.parametrize("size", [1, 1 << 20], ids=["byte-by-byte", "one-piece"])
@pytest.mark.parametrize("identity", ["given", "none"])
@pytest.mark.parametrize("version", VERSIONS, ids=["1.2", "1.3"])
@pytest.mark.parametrize("asks", WHEN)
def test_when_it_was_asked_and_whether_it_was_sent(
    pki: Pki, asks: str, version: int, identity: str, size: int
) -> None:
    facts, server = run(pki, asks, version, identity, size)
    assert facts.certificate_request == expected_when(asks, version)
    assert facts.certificate_sent == ("yes" if identity == "given" and asks != "never" else "no")
    assert (server.connection.get_peer_certificate() is not None) == (facts.certificate_sent == "yes")
    answered = {"given": "certificate", "none": "empty"}[identity]
    assert [request.answered for request in facts.certificate_requests] == ([answered] if asks != "never" else [])
    assert facts.renegotiation == ("completed" if expected_when(asks, version) == "renegotiation" else "none")
    assert server.heard.startswith(b"GET /")
    assert facts.version == ("TLSv1.2" if version == SSL.TLS1_2_VERSION else "TLSv1.3")
    assert facts.alpn == "http/1.1"


@pytest.mark.parametrize("version", VERSIONS, ids=["1.2", "1.3"])
def test_names_of_cas_and_algorithms_are_read_from_the_message(pki: Pki, version: int) -> None:
    facts, _ = run(pki, "handshake", version, "given", 1 << 20)
    assert facts.certificate_requests[0].issuers == (f"CN={pki.ca_name}",)
    assert "ecdsa_secp256r1_sha256" in facts.certificate_requests[0].signature_algorithms


@pytest.mark.parametrize("identity", ["given", "none"])
@pytest.mark.parametrize("version", VERSIONS, ids=["1.2", "1.3"])
@pytest.mark.parametrize("asks", WHEN)
def test_the_state_strings_tell_the_same_without_the_message_callback(
    pki: Pki, asks: str, version: int, identity: str
) -> None:
    by_messages, _ = run(pki, asks, version, identity, 1 << 20)
    by_states, _ = run(pki, asks, version, identity, 1 << 20, use_messages=False)
    assert by_states.seen_by == "state-callback"
    for fact in ("version", "certificate_request", "certificate_sent", "renegotiation", "alpn"):
        assert getattr(by_states, fact) == getattr(by_messages, fact), fact
    assert [one.answered for one in by_states.certificate_requests] == [
        one.answered for one in by_messages.certificate_requests
    ]


@pytest.mark.parametrize("use_messages", [True, False], ids=["messages", "states"])
def test_a_refused_renegotiation_is_told_from_none(pki: Pki, use_messages: bool) -> None:
    facts, _ = run(pki, "later", SSL.TLS1_2_VERSION, "given", 1 << 20, renegotiate=False, use_messages=use_messages)
    assert facts.renegotiation == "refused"
    assert ("sent", "no_renegotiation") in {(alert.direction, alert.name) for alert in facts.alerts}
    assert facts.certificate_sent == "no"


def test_without_the_offer_tls13_cannot_ask_after_the_handshake(pki: Pki) -> None:
    with pytest.raises(AssertionError):
        run(pki, "later", SSL.TLS1_3_VERSION, "given", 1 << 20, offer_pha=False)


@pytest.mark.parametrize("version", VERSIONS, ids=["1.2", "1.3"])
@pytest.mark.parametrize(
    ("options", "names"),
    [
        # OpenSSL's server sends the CA along, because it knows it from asking for certificates.
        ({"trusted": False}, {"self_signed_certificate_in_chain"}),
        ({"server_name": "elsewhere.example"}, {"host_name_mismatch"}),
        ({"server_name": "127.0.0.9"}, {"ip_address_mismatch"}),
    ],
    ids=["unknown-ca", "wrong-host", "wrong-address"],
)
def test_an_unverified_server_never_gets_our_certificate(
    pki: Pki, version: int, options: dict[str, Any], names: set[str]
) -> None:
    client, server = session(pki, "given", **options), MemoryServer(pki, asks="handshake", version=version)
    client.start()
    converse(client, server, 1 << 20)
    facts = client.facts()
    assert client.failed is not None
    assert facts.verification is not None
    assert not facts.verification.ok
    assert {error.name for error in facts.verification.errors} == names
    assert facts.certificate_sent != "yes"
    assert server.connection.get_peer_certificate() is None


def test_told_to_go_on_it_keeps_the_errors_and_sends(pki: Pki) -> None:
    client = session(pki, "given", server_name="elsewhere.example", go_on_unverified=True)
    server = MemoryServer(pki, asks="handshake")
    client.start()
    converse(client, server, 1 << 20)
    facts = client.facts()
    assert client.handshake_done
    assert facts.verification is not None
    assert [error.code for error in facts.verification.errors] == [62]
    assert facts.certificate_sent == "yes"


def test_the_small_client_hello_is_smaller_than_a_segment(pki: Pki) -> None:
    sizes = {}
    for small in (False, True):
        client = session(pki, "none", small_hello=small)
        client.start()
        sizes[small] = len(client.outgoing())
    assert sizes[True] < 1000 < sizes[False]


def test_garbage_from_the_peer_is_a_failure_and_never_an_exception(pki: Pki) -> None:
    client = session(pki, "none")
    client.start()
    client.outgoing()
    assert client.receive(b"\x16\x03\x01\x00\x05hello" * 50) == b""
    assert client.failed
