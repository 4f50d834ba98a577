"""ClientCertificate: holds the private key in memory and shows it to nobody."""

from typing import Literal, NoReturn

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa

from probes.model import CredentialFacts

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey
"""The kinds of key that TLS client authentication can use (RFC 8446 section 4.2.3)."""


class ClientCertificate:
    """A client certificate with its chain and, if there is one, its private key.

    ``chain`` is what is sent after the leaf, each certificate followed by its issuer where it is known. ``key`` is
    None when the file holds only public parts. ``facts`` is all that may leave memory. The object cannot be
    pickled or copied, and its text shows the facts alone.
    """

    __slots__ = ("_chain", "_facts", "_key", "_kind", "_leaf")

    def __init__(
        self,
        *,
        leaf: x509.Certificate,
        chain: tuple[x509.Certificate, ...],
        key: PrivateKey | None,
        kind: Literal["pem", "pfx"],
        facts: CredentialFacts,
    ) -> None:
        self._leaf = leaf
        self._chain = chain
        self._key = key
        self._kind: Literal["pem", "pfx"] = kind
        self._facts = facts

    @property
    def leaf(self) -> x509.Certificate:
        """The certificate that names the client."""
        return self._leaf

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """The further certificates, issuers after the certificates that they issued."""
        return self._chain

    @property
    def key(self) -> PrivateKey | None:
        """The private key of the leaf; None when it was not given."""
        return self._key

    @property
    def kind(self) -> Literal["pem", "pfx"]:
        """The form of the file; a DER certificate counts as ``pem``."""
        return self._kind

    @property
    def facts(self) -> CredentialFacts:
        """What may be told about it."""
        return self._facts

    def __repr__(self) -> str:
        key = f"{self._facts.key} key hidden" if self._key else "no key"
        return f"<ClientCertificate {self._facts.subject!r}, {key}, chain of {len(self._chain)}>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a ClientCertificate holds a private key and is never serialized or copied")
