"""A site that attacks whoever looks at it: in its certificate, its status lines, headers and bodies."""

import base64
import contextlib
import json
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.peers.sockets import SocketServer, serve
from tests.tui.hostile import CELLS, ESCAPES, EVIL, LONG, MARKUP, ORDER

_LENGTH = re.compile(rb"(?i)content-length: *(\d+)")
_ASCII = (MARKUP + ESCAPES).encode("ascii", "ignore").decode()
_LINE = EVIL.replace("\r", "").replace("\n", "").encode()
_LEGAL = (MARKUP + ORDER + CELLS).encode()
"""What a header may hold by the grammar (RFC 9110 section 5.5: obs-text), and still must not reach a terminal."""


@dataclass(frozen=True)
class Site:
    """Where it listens, and the files that a caller needs: the CA, and a client certificate with its key."""

    url: str
    ca: Path
    certificate: Path


def _name(text: str) -> x509.Name:
    return x509.Name(
        [
            # Written the other way round (RFC 4514 section 2.1): what is long comes last there, and is cut.
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, LONG),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, EVIL),
            x509.NameAttribute(NameOID.COMMON_NAME, text[:40], _validate=False),
        ]
    )


_Made = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


def _certificate(text: str, issuer: _Made | None, hosts: tuple[str, ...] = ()) -> _Made:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(text))
        .issuer_name(issuer[0].subject if issuer else _name(text))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=9))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    )
    if hosts:
        names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
        builder = builder.add_extension(names, critical=False)
    return builder.sign(issuer[1] if issuer else key, hashes.SHA256()), key


def _pem(*made: _Made, key: bool = False) -> bytes:
    whole = b"".join(one.public_bytes(serialization.Encoding.PEM) for one, _ in made)
    if key:
        form = serialization.PrivateFormat.PKCS8
        whole += made[0][1].private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    return whole


def _answers() -> Iterator[tuple[bytes, bytes]]:
    """Yield answers, one after the other: each attacks in another place; every second one is good HTTP."""
    body = EVIL.encode() + LONG.encode()
    plain = b"HTTP/1.1 200 OK\r\n"
    names = b"".join(b"x-%s: %s\r\n" % (LONG[:200].encode(), _LEGAL) for _ in range(3))
    while True:
        yield b"HTTP/1.1 403 " + _LEGAL + b"\r\n" + names + b"server: " + _LEGAL + b"\r\n", body
        yield b"HTTP/1.1 302 Found\r\nlocation: https://" + _LEGAL + b"/\r\n", body
        yield b"HTTP/1.1 403 " + _LINE + b"\r\n", body
        yield plain + b"x-" + _LINE + b": x\r\n", body
        yield plain + b"x-big: " + b"v" * 1_048_576 + b"\r\n", body
        yield plain + b"x-c: " + ESCAPES.encode() + b"\r\n", body
        yield plain + b"x-long: " + LONG.encode() + b"\r\nset-cookie: " + _LEGAL + b"\r\n", body


@contextmanager
def hostile_site(folder: Path) -> Iterator[Site]:
    """Serve the site on loopback over real TLS; ``/debug`` returns a forwarded certificate with such a name."""
    authority = _certificate("hostile CA", None)
    server = _certificate("localhost", authority, ("localhost", _ASCII, f"{LONG}.example"))
    client = _certificate(MARKUP, authority)
    forwarded = base64.b64encode(client[0].public_bytes(serialization.Encoding.DER)).decode()
    ca, certificate, own = folder / "ca.pem", folder / "client.pem", folder / "server.pem"
    ca.write_bytes(_pem(authority))
    certificate.write_bytes(_pem(client, key=True))
    own.write_bytes(_pem(server, key=True))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own)
    context.load_verify_locations(ca)
    context.verify_mode = ssl.CERT_OPTIONAL
    answers = _answers()
    echo = json.dumps({"headers": {"X-ARR-ClientCert": forwarded, EVIL: EVIL, "X-Long": LONG}}).encode()

    def handle(served: SocketServer, connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            _answer(served, secured, lambda: next(answers), echo)

    with serve(handle) as served:
        yield Site(f"https://localhost:{served.port}/", ca, certificate)


def _answer(
    served: SocketServer, secured: ssl.SSLSocket, following: Callable[[], tuple[bytes, bytes]], echo: bytes
) -> None:
    head = served.read_head(secured)
    if not head:
        return
    found = _LENGTH.search(head)
    left = (int(found.group(1)) if found else 0) - len(head.partition(b"\r\n\r\n")[2])
    while left > 0 and b"100-continue" not in head.lower():
        left -= len(served.read(secured)) or left
    start, body = following()
    if head.split(b" ")[1].startswith(b"/debug"):
        start, body = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n", echo
    length = b"content-length: %d\r\nconnection: close\r\n\r\n" % len(body)
    with contextlib.suppress(OSError):
        secured.sendall(start + length + (b"" if head.startswith(b"HEAD ") else body))
        secured.unwrap()
