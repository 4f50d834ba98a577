"""A TLS 1.2 server that does not know RFC 5746, for every client that still goes on with such a one.

It never sends renegotiation_info and ignores what a client sends of it, as servers did before 2010; that is what
OpenSSL 3 and later refuse by themselves (OpenSSL, ossl-guide-migration(7): "Secure renegotiation is now required by
default"). Everything else is whole: the first handshake with or without a certificate, and a renegotiation.
"""

import hmac
import secrets
from collections import deque
from collections.abc import Generator
from hashlib import sha256

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from probes.lab import legacy_wire as wire
from probes.lab.legacy_hello import Agreement, Hello, agree, read_hello, server_hello
from probes.lab.legacy_wire import Fault, Fields, Keys, Records, derive, vector
from probes.lab.pki import Issued
from probes.lab.tls_server import TlsRefused

_HELLO_REQUEST, _CLIENT_HELLO, _CERTIFICATE, _SERVER_KEY_EXCHANGE = 0, 1, 11, 12
_CERTIFICATE_REQUEST, _SERVER_HELLO_DONE, _CERTIFICATE_VERIFY, _CLIENT_KEY_EXCHANGE, _FINISHED = 13, 14, 15, 16, 20
"""Handshake messages (RFC 5246 section 7.4)."""
_RSA_SHA256, _RSA_PSS_SHA256, _ECDSA_SHA256 = b"\x04\x01", b"\x08\x04", b"\x04\x03"
_MESSAGE_LIMIT = 65_536
_Steps = Generator[None, None, None]


class LegacyTlsServer:
    """One connection's TLS, with the face of :class:`probes.lab.tls_server.TlsServer`.

    ``asks`` is whether the first handshake carries a CertificateRequest. Any certificate is taken, as App Service
    does; that its private key is there is checked.
    """

    version = "1.2"
    cipher = (wire.SUITE_NAME, wire.SUITE_BITS)

    def __init__(self, issued: Issued, *, asks: bool) -> None:
        self._issued = issued
        self._records = Records()
        self._messages = b""
        self._data: deque[bytes] = deque()
        self._switched = False
        self._ended = False
        self._certificate: x509.Certificate | None = None
        self._agreed: Agreement | None = None
        self._steps: _Steps | None = self._handshake(asks=asks)

    def feed(self, data: bytes) -> None:
        """Take bytes that came from the peer."""
        self._records.feed(data)

    def outgoing(self) -> bytes:
        """Return the bytes that must go to the peer now."""
        return self._records.outgoing()

    def step(self) -> bool:
        """Go on with the handshake; True when it is done. Raises TlsRefused when it failed."""
        self._pump(until_data=False)
        if self._ended:
            raise TlsRefused("the client ended the handshake")
        return self._steps is None

    def read(self) -> bytes | None:
        """Return the application data of one record, None when more bytes are needed, ``b""`` after close_notify."""
        self._pump(until_data=True)
        if self._data:
            return self._data.popleft()
        return b"" if self._ended else None

    def write(self, data: bytes) -> bool:
        """Encrypt ``data``; False in the middle of a renegotiation."""
        if self._steps is not None:
            return False
        self._records.write(wire.APPLICATION, data)
        return True

    def close_notify(self) -> None:
        """Say that nothing more will be written."""
        self._records.write(wire.ALERT, bytes([1, 0]))

    def ask_again(self) -> bool:
        """Demand a renegotiation that asks for a certificate: the HelloRequest goes out (RFC 5246 7.4.1.1)."""
        self._records.write(wire.HANDSHAKE, bytes([_HELLO_REQUEST]) + vector(3, b""))
        self._steps = self._handshake(asks=True)
        return True

    @property
    def asking(self) -> bool:
        """Whether a certificate was asked for and the answer has not fully come."""
        return self._steps is not None

    @property
    def certificate(self) -> bytes | None:
        """The leaf that the client sent, DER, or None."""
        return self._certificate.public_bytes(Encoding.DER) if self._certificate else None

    @property
    def alpn(self) -> str:
        """The protocol chosen by ALPN (RFC 7301), empty when none was."""
        return self._agreed.alpn if self._agreed else ""

    def _pump(self, *, until_data: bool) -> None:
        """Take record after record: each is decrypted only when the one before it had its effect on the keys."""
        try:
            while not self._ended and not (until_data and self._data):
                record = self._records.next()
                if record is None:
                    return
                self._take(record)
        except Fault as fault:
            self._records.write(wire.ALERT, bytes([2, fault.alert]))
            self._ended = True
            raise TlsRefused(str(fault)) from fault

    def _take(self, record: wire.Record) -> None:
        if record.content == wire.ALERT:
            self._alert(record.data)
        elif record.content == wire.APPLICATION:
            if self._agreed is None:
                raise Fault(wire.UNEXPECTED_MESSAGE, "application data before the handshake")
            self._data.append(record.data)
        else:
            if record.content == wire.HANDSHAKE:
                self._messages += record.data
            else:
                self._switched = True
            self._go_on()

    def _alert(self, data: bytes) -> None:
        level, description = Fields(data).take(2)
        if description == wire.NO_RENEGOTIATION and self._steps is not None:
            raise Fault(wire.HANDSHAKE_FAILURE, "the client refuses to renegotiate")
        self._ended = level == 2 or description == 0

    def _go_on(self) -> None:
        if self._steps is None:
            raise Fault(wire.UNEXPECTED_MESSAGE, "a handshake that nobody asked for")
        try:
            next(self._steps)
        except StopIteration:
            self._steps = None

    def _message(self, *kinds: int) -> Generator[None, None, tuple[int, bytes, bytes]]:
        """Wait for a handshake message of one of ``kinds``; returns its kind, its body, and it as it came."""
        while len(self._messages) < 4 or len(self._messages) < 4 + int.from_bytes(self._messages[1:4], "big"):
            if self._switched:
                raise Fault(wire.UNEXPECTED_MESSAGE, "the cipher changed in the middle of a message")
            if len(self._messages) >= 4 and int.from_bytes(self._messages[1:4], "big") > _MESSAGE_LIMIT:
                raise Fault(wire.DECODE_ERROR, "a handshake message is too long")
            yield
        end = 4 + int.from_bytes(self._messages[1:4], "big")
        whole, self._messages = self._messages[:end], self._messages[end:]
        if whole[0] not in kinds:
            raise Fault(wire.UNEXPECTED_MESSAGE, "another handshake message was due")
        return whole[0], whole[4:], whole

    def _cipher_change(self) -> _Steps:
        while not self._switched:
            if self._messages:
                raise Fault(wire.UNEXPECTED_MESSAGE, "a change of the cipher was due")
            yield
        self._switched = False

    def _handshake(self, *, asks: bool) -> _Steps:
        """One full handshake, the first or a further one (RFC 5246 section 7.3)."""
        yield from self._nothing_yet()
        _, body, transcript = yield from self._message(_CLIENT_HELLO)
        hello = read_hello(body)
        agreed = agree(hello, secrets.token_bytes(32))
        self._agreed = self._agreed or agreed
        transcript += self._answer(hello, agreed, asks=asks)
        certificate: x509.Certificate | None = None
        if asks:
            _, body, whole = yield from self._message(_CERTIFICATE)
            certificate, transcript = _leaf(body), transcript + whole
        _, body, whole = yield from self._message(_CLIENT_KEY_EXCHANGE)
        transcript += whole
        seed = hello.random + agreed.random
        master = derive(agreed.premaster(Fields(body).vector(1)), b"master secret", seed, 48)
        if certificate is not None:
            _, body, whole = yield from self._message(_CERTIFICATE_VERIFY)
            _check_signature(certificate, body, transcript)
            transcript += whole
        keys = derive(master, b"key expansion", agreed.random + hello.random, 40)
        yield from self._cipher_change()
        self._records.reading = Keys(keys[:16], keys[32:36])
        # The next message came encrypted, so it is read only now.
        yield from self._nothing_yet()
        _, body, whole = yield from self._message(_FINISHED)
        if not hmac.compare_digest(body, _finished(master, b"client finished", transcript)):
            raise Fault(wire.DECRYPT_ERROR, "the client's Finished does not verify")
        self._records.write(wire.CHANGE_CIPHER_SPEC, b"\x01")
        self._records.writing = Keys(keys[16:32], keys[36:40])
        self._send(_FINISHED, _finished(master, b"server finished", transcript + whole))
        self._certificate = certificate or self._certificate

    def _nothing_yet(self) -> _Steps:
        while not self._messages:
            yield

    def _answer(self, hello: Hello, agreed: Agreement, *, asks: bool) -> bytes:
        """Send the flight from ServerHello to ServerHelloDone and return it for the transcript."""
        chain = (self._issued.certificate, *self._issued.chain)
        ders = b"".join(vector(3, one.public_bytes(Encoding.DER)) for one in chain)
        signed = hello.random + agreed.random + agreed.parameters
        signature = self._issued.key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
        flight = self._send(2, server_hello(agreed))
        flight += self._send(_CERTIFICATE, vector(3, ders))
        flight += self._send(_SERVER_KEY_EXCHANGE, agreed.parameters + _RSA_SHA256 + vector(2, signature))
        if asks:
            kinds = vector(1, b"\x01\x40") + vector(2, _RSA_PSS_SHA256 + _ECDSA_SHA256 + _RSA_SHA256)
            flight += self._send(_CERTIFICATE_REQUEST, kinds + vector(2, b""))
        return flight + self._send(_SERVER_HELLO_DONE, b"")

    def _send(self, kind: int, body: bytes) -> bytes:
        message = bytes([kind]) + vector(3, body)
        self._records.write(wire.HANDSHAKE, message)
        return message


def _leaf(body: bytes) -> x509.Certificate | None:
    listed = Fields(Fields(body).vector(3))
    if not listed.left:
        return None
    try:
        certificate = x509.load_der_x509_certificate(listed.vector(3))
        certificate.public_key()
        return certificate
    except (ValueError, UnsupportedAlgorithm) as fault:
        raise Fault(wire.DECODE_ERROR, "the client's certificate cannot be read") from fault


def _check_signature(certificate: x509.Certificate, body: bytes, transcript: bytes) -> None:
    fields = Fields(body)
    scheme, signature, key = fields.take(2), fields.vector(2), certificate.public_key()
    try:
        if scheme == _ECDSA_SHA256 and isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, transcript, ec.ECDSA(hashes.SHA256()))
        elif scheme == _RSA_PSS_SHA256 and isinstance(key, rsa.RSAPublicKey):
            salted = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
            key.verify(signature, transcript, salted, hashes.SHA256())
        elif scheme == _RSA_SHA256 and isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, transcript, padding.PKCS1v15(), hashes.SHA256())
        else:
            raise Fault(wire.HANDSHAKE_FAILURE, "a signature of a kind that was not offered")
    except InvalidSignature:
        raise Fault(wire.DECRYPT_ERROR, "the client's signature does not verify") from None


def _finished(master: bytes, label: bytes, transcript: bytes) -> bytes:
    return derive(master, label, sha256(transcript).digest(), 12)
