"""The two hellos of the lab's TLS 1.2 server without RFC 5746: what a client offers, and what is agreed on."""

from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec, x25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from probes.lab import legacy_wire as wire
from probes.lab.legacy_wire import Fault, Fields, vector

_GROUPS, _POINT_FORMATS, _SIGNATURES, _ALPN = 10, 11, 13, 16
"""Extensions (IANA, TLS ExtensionType Values). renegotiation_info (65281) is not among them, on purpose."""
_P256, _X25519 = 23, 29
_RSA_PKCS1_SHA256 = 0x0401
_HTTP = b"http/1.1"


class Hello(NamedTuple):
    """What of a ClientHello matters here (RFC 5246 section 7.4.1.2); extensions by number."""

    random: bytes
    suites: frozenset[int]
    extensions: dict[int, bytes]


class Agreement:
    """What both sides will use: the server's random, ``parameters`` as ServerKeyExchange has them, and ALPN."""

    def __init__(self, random: bytes, group: int, alpn: str, *, point_formats: bool) -> None:
        self.random = random
        self.alpn = alpn
        self.point_formats = point_formats
        self._key = (
            x25519.X25519PrivateKey.generate() if group == _X25519 else ec.generate_private_key(ec.SECP256R1())
        )
        # named_curve (3), the group, and our point (RFC 8422 section 5.4).
        self.parameters = b"\x03" + group.to_bytes(2, "big") + vector(1, self._point())

    def _point(self) -> bytes:
        if isinstance(self._key, x25519.X25519PrivateKey):
            return self._key.public_key().public_bytes_raw()
        return self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def premaster(self, point: bytes) -> bytes:
        """Return the shared secret with the client's point; raises Fault for one that is none."""
        try:
            if isinstance(self._key, x25519.X25519PrivateKey):
                return self._key.exchange(x25519.X25519PublicKey.from_public_bytes(point))
            other = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
            return self._key.exchange(ec.ECDH(), other)
        except ValueError as fault:
            raise Fault(wire.DECODE_ERROR, "the client's key share is no point") from fault


def read_hello(body: bytes) -> Hello:
    """Read the body of a ClientHello; raises Fault where it is not whole or the client speaks only older versions."""
    fields = Fields(body)
    if fields.number(2) < 0x0303:
        raise Fault(wire.PROTOCOL_VERSION, "the client speaks nothing newer than TLS 1.1")
    random = fields.take(32)
    fields.vector(1)
    suites = _numbers(fields.vector(2))
    fields.vector(1)
    found = {}
    extensions = Fields(fields.vector(2) if fields.left else b"")
    while extensions.left:
        kind = extensions.number(2)
        found[kind] = extensions.vector(2)
    return Hello(random, suites, found)


def _numbers(data: bytes) -> frozenset[int]:
    return frozenset(int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data) - 1, 2))


def agree(hello: Hello, random: bytes) -> Agreement:
    """Choose for both sides; raises Fault where there is nothing in common.

    A client that speaks TLS 1.3 alone offers none of the suites of TLS 1.2.
    """
    versions = hello.extensions.get(43)
    if versions is not None and 0x0303 not in _numbers(Fields(versions).vector(1)):
        raise Fault(wire.PROTOCOL_VERSION, "the client does not speak TLS 1.2")
    groups = _numbers(_list(hello, _GROUPS))
    group = next((one for one in (_X25519, _P256) if one in groups), None)
    signs = _RSA_PKCS1_SHA256 in _numbers(_list(hello, _SIGNATURES))
    if wire.SUITE not in hello.suites or group is None or not signs:
        raise Fault(wire.HANDSHAKE_FAILURE, "nothing in common with the client")
    offered, names = Fields(_list(hello, _ALPN)), []
    while offered.left:
        names.append(offered.vector(1))
    alpn = _HTTP.decode("ascii") if _HTTP in names else ""
    return Agreement(random, group, alpn, point_formats=_POINT_FORMATS in hello.extensions)


def _list(hello: Hello, kind: int) -> bytes:
    return Fields(hello.extensions[kind]).vector(2) if kind in hello.extensions else b""


def server_hello(agreed: Agreement) -> bytes:
    """Return the body of the ServerHello: no session, no compression, and no word on renegotiation."""
    extensions = b""
    if agreed.point_formats:
        extensions += _POINT_FORMATS.to_bytes(2, "big") + vector(2, vector(1, b"\x00"))
    if agreed.alpn:
        extensions += _ALPN.to_bytes(2, "big") + vector(2, vector(2, vector(1, _HTTP)))
    head = b"\x03\x03" + agreed.random + vector(1, b"") + wire.SUITE.to_bytes(2, "big") + b"\x00"
    return head + (vector(2, extensions) if extensions else b"")
