"""A loaded certificate really authenticates a TLS client: what the server receives over loopback."""

import socket
import ssl
import threading
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from OpenSSL import SSL

from probes.credential import load, throwaway
from tests.forwarded.material import KINDS, intermediate, key, leaf, pem, root


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("kind", KINDS)
def test_the_server_receives_leaf_and_chain(kind: str, version: ssl.TLSVersion, tmp_path: Path) -> None:
    one = leaf(kind, common="client-tls", issuer=intermediate(), days=(-10, 3000))
    secret = key(kind, 0).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path / "client.pem"
    # Out of order, so that the order on the wire is the loader's doing.
    path.write_bytes((pem(root()[0]) + pem(intermediate()[0])).encode() + secret + pem(one).encode())
    given = load(path)
    client = SSL.Context(SSL.TLS_CLIENT_METHOD)
    client.use_certificate(given.leaf)
    assert given.key is not None
    client.use_privatekey(given.key)
    client.check_privatekey()
    for other in given.chain:
        client.add_extra_chain_cert(other)
    assert _received(client, version) == [one, intermediate()[0], root()[0]]


def _received(client: SSL.Context, version: ssl.TLSVersion) -> list[x509.Certificate]:
    server = SSL.Context(SSL.TLS_SERVER_METHOD)
    own = throwaway()
    assert own.key is not None
    server.use_certificate(own.leaf)
    server.use_privatekey(own.key)
    server.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *_: True)
    server.set_min_proto_version(version)
    server.set_max_proto_version(version)
    seen: list[x509.Certificate] = []

    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            raw, _ = listener.accept()
            with raw:
                connection = SSL.Connection(server, raw)
                connection.set_accept_state()
                connection.do_handshake()
                # On a server OpenSSL keeps the leaf apart from the chain.
                leaf_received = connection.get_peer_certificate(as_cryptography=True)
                assert leaf_received is not None
                seen.extend((leaf_received, *(connection.get_peer_cert_chain(as_cryptography=True) or ())))
                connection.send(b"x")

        thread = threading.Thread(target=serve)
        thread.start()
        with socket.create_connection(listener.getsockname(), timeout=10) as raw:
            raw.settimeout(None)
            connection = SSL.Connection(client, raw)
            connection.set_connect_state()
            connection.do_handshake()
            assert connection.recv(1) == b"x"
        thread.join(10)
    return seen
