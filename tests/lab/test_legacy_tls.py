"""The lab's TLS 1.2 server without RFC 5746: whole for whoever puts up with it, refused by OpenSSL, hard to break."""

import contextlib
import random
import socket
from collections.abc import Callable

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from OpenSSL import SSL

from probes.lab.legacy_tls import LegacyTlsServer
from probes.lab.pki import Issued, Pki
from probes.lab.tls_server import TlsRefused
from tests.lab.fixture import RENEGOTIATES, RunningLab
from tests.lab.s_client import Dialled, s_client

OLD = {"secure_renegotiation": False}
PUT_UP = ("-tls1_2", "-legacy_server_connect")


def dial(lab: RunningLab, *options: str, certificate: str | None = "certificate") -> Dialled:
    return s_client(lab, "/debug/headers", *PUT_UP, *options, certificate=certificate)


def test_openssl_refuses_it_before_anything_else(edge: RunningLab) -> None:
    edge.reset(edge=OLD)
    dialled = s_client(edge, "/")
    assert "unsafe legacy renegotiation disabled" in dialled.text
    assert dialled.messages("<<<") == ["ServerHello"]
    assert dialled.messages(">>>") == ["ClientHello", "fatal handshake_failure"]
    assert edge.seen()["handshakes_failed"] == 1


@pytest.mark.parametrize("options", [(), ("-alpn", "h2,http/1.1"), ("-curves", "P-256"), ("-curves", "X25519")])
def test_who_puts_up_with_it_gets_a_whole_answer(edge: RunningLab, options: tuple[str, ...]) -> None:
    edge.reset(edge=OLD)
    dialled = dial(edge, *options)
    assert "HTTP/1.1 200" in dialled.text
    assert "X-ARR-ClientCert" in dialled.text
    assert "Secure Renegotiation IS NOT supported" in dialled.text
    assert "Verify return code: 0 (ok)" in dialled.text
    assert ("ALPN protocol: http/1.1" in dialled.text) is ("-alpn" in options)
    assert "HTTP/1.1 403" in dial(edge, *options, certificate=None).text


@pytest.mark.parametrize("certificate", ["foreign", "self_signed", "expired", "from_root"])
def test_every_certificate_is_taken(edge: RunningLab, certificate: str) -> None:
    edge.reset(edge=OLD)
    assert "HTTP/1.1 200" in dial(edge, certificate=certificate).text


def test_it_renegotiates_for_whoever_lets_it(edge: RunningLab) -> None:
    edge.reset(edge=OLD, settings=RENEGOTIATES)
    dialled = dial(edge)
    assert "HTTP/1.1 200" in dialled.text
    assert "X-ARR-ClientCert" in dialled.text
    came = dialled.messages("<<<")
    assert came.index("HelloRequest") < came.index("CertificateRequest")
    assert edge.seen()["renegotiations"] == 1
    refused = dial(edge, "-no_renegotiation")
    assert "HTTP/1.1" not in refused.text
    assert refused.messages("<<<")[-1] == "fatal handshake_failure"


@pytest.mark.parametrize(
    ("options", "alert"),
    [
        (("-tls1_3",), "fatal protocol_version"),
        (("-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0"), "fatal protocol_version"),
        (("-tls1_2", "-cipher", "AES256-SHA"), "fatal handshake_failure"),
        (("-tls1_2", "-curves", "P-521"), "fatal handshake_failure"),
    ],
)
def test_nothing_in_common_is_said(edge: RunningLab, options: tuple[str, ...], alert: str) -> None:
    edge.reset(edge=OLD)
    assert s_client(edge, "/", *options).messages("<<<") == [alert]


@pytest.mark.parametrize(
    "data", [b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x00\x05", b"\x16\x03\x01\xff\xff" + b"x" * 9]
)
def test_what_is_no_handshake_ends_the_connection_only(edge: RunningLab, data: bytes) -> None:
    edge.reset(edge=OLD)
    with socket.create_connection(("127.0.0.1", int(edge.ready.front_end.rpartition(":")[2])), 5) as raw:
        raw.sendall(data)
        raw.shutdown(socket.SHUT_WR)
        while raw.recv(4096):
            pass
    assert "HTTP/1.1 200" in dial(edge).text


@pytest.fixture(scope="module")
def pki() -> Pki:
    return Pki()


def client(pki: Pki, shown: Issued) -> SSL.Connection:
    """Return OpenSSL's client side over memory, told to go on without RFC 5746."""
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_max_proto_version(SSL.TLS1_2_VERSION)
    context.set_options(0x4)  # SSL_OP_LEGACY_SERVER_CONNECT (OpenSSL ssl.h)
    context.use_certificate(shown.certificate)
    context.use_privatekey(shown.key)
    connection = SSL.Connection(context, None)
    connection.set_connect_state()
    return connection


def talk(
    server: LegacyTlsServer, connection: SSL.Connection, change: Callable[[bytes], bytes] = lambda data: data
) -> None:
    """Run the handshake between both, each flight of the client's passed through ``change``."""
    for _ in range(4):
        with contextlib.suppress(SSL.WantReadError):
            connection.do_handshake()
        try:
            server.feed(change(connection.bio_read(65_536)))
        except SSL.WantReadError:
            return
        server.step()
        if out := server.outgoing():
            connection.bio_write(out)


def test_the_private_key_is_proved(pki: Pki) -> None:
    server, good = LegacyTlsServer(pki.servers["good"], asks=True), pki.clients["good"]
    connection = client(pki, good)
    talk(server, connection)
    assert server.certificate is not None
    assert x509.load_der_x509_certificate(server.certificate) == good.certificate
    connection.send(b"x")
    server.feed(connection.bio_read(4096))
    assert server.read() == b"x"


def test_no_byte_of_a_handshake_can_be_changed(pki: Pki) -> None:
    """A flight with one byte changed is refused by an alert, or changes nothing that was agreed on; never a crash."""
    chance = random.Random(5746)
    refused, own = 0, pki.clients["good"].certificate.public_bytes(Encoding.DER)
    for flight in (0, 1) * 40:
        server, connection, count = (
            LegacyTlsServer(pki.servers["good"], asks=True),
            client(pki, pki.clients["good"]),
            [0],
        )

        def broken(data: bytes, flight: int = flight, count: list[int] = count) -> bytes:
            count[0] += 1
            if count[0] != flight + 1:
                return data
            at = chance.randrange(len(data))
            return data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]

        try:
            talk(server, connection, broken)
        except TlsRefused:
            refused += 1
            assert server.outgoing()[0] == 21
        except SSL.Error:
            refused += 1
        else:
            assert server.certificate in (None, own)
    assert refused > 40


def test_bytes_of_any_kind_are_refused_and_never_raise_anything_else(pki: Pki) -> None:
    chance = random.Random(1)
    for size in range(1, 200):
        server = LegacyTlsServer(pki.servers["good"], asks=False)
        body = chance.randbytes(size)
        message = b"\x01" + len(body).to_bytes(3, "big") + body
        server.feed(b"\x16\x03\x03" + len(message).to_bytes(2, "big") + message)
        with pytest.raises(TlsRefused):
            server.step()
        assert server.outgoing()[:1] == b"\x15"
