"""Which CAs are trusted for the server's certificate, and whose roots its chain leads to."""

import hashlib
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Literal

import certifi
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from OpenSSL import SSL, crypto

from probes.errors import UsageFault
from probes.printable import printable
from probes.wire.roots import machine_roots, pem_certificates

TrustedBy = Literal["public", "system", "given", "none"]

# X509_V_ERR_* of OpenSSL's x509_vfy.h, in words that stay the same between versions.
ERROR_NAMES = {
    2: "issuer_not_found",
    7: "bad_signature",
    9: "certificate_not_yet_valid",
    10: "certificate_expired",
    18: "self_signed_certificate",
    19: "self_signed_certificate_in_chain",
    20: "issuer_not_found_locally",
    21: "leaf_signature_not_verifiable",
    22: "chain_too_long",
    23: "certificate_revoked",
    24: "invalid_ca",
    26: "wrong_purpose",
    62: "host_name_mismatch",
    64: "ip_address_mismatch",
    66: "leaf_key_too_small",
    67: "ca_key_too_small",
    68: "signature_algorithm_too_weak",
}
# X509_V_FLAG_NO_CHECK_TIME and X509_V_FLAG_PARTIAL_CHAIN: an expired chain still has an owner.
_NO_CHECK_TIME = 0x200000
_PARTIAL_CHAIN = 0x80000
_BUNDLE_LIMIT = 8 * 1024 * 1024


def error_name(code: int) -> str:
    """Return the word for an X509_V_ERR code."""
    return ERROR_NAMES.get(code, f"x509_error_{code}")


def read_ca_file(path: Path) -> tuple[x509.Certificate, ...]:
    """Read the CAs of a PEM file that the user named.

    Raises UsageFault when it cannot be read, is larger than 8 MiB, or holds no certificate.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_BUNDLE_LIMIT + 1)
    except OSError as fault:
        raise UsageFault(f"The CA file {printable(str(path))} cannot be read: {fault.strerror}.") from None
    found = tuple(pem_certificates(data)) if len(data) <= _BUNDLE_LIMIT else ()
    if not found:
        raise UsageFault(
            f"The CA file {printable(str(path))} holds no PEM certificate. Give a file with BEGIN CERTIFICATE."
        )
    return found


class Trust:
    """The three sets of roots: public (certifi), this machine's own, and those that the user gave.

    A chain is accepted if any of them leads to it; :meth:`trusted_by` then tells them apart.
    """

    def __init__(
        self,
        given: Iterable[x509.Certificate] = (),
        *,
        system: Iterable[x509.Certificate] | None = None,
        public: Iterable[x509.Certificate] | None = None,
    ) -> None:
        self._given = tuple(given)
        self._system = tuple(machine_roots() if system is None else system)
        self._public = None if public is None else tuple(public)
        self._known: dict[bytes, TrustedBy] = {}

    def fill(self, context: SSL.Context) -> None:
        """Let the context trust all three sets."""
        store = context.get_cert_store()
        assert store is not None
        # A CA that the user names is trusted even when it is an intermediate, as curl does.
        store.set_flags(_PARTIAL_CHAIN)
        for certificate in (*self._given, *self._system, *(self._public or ())):
            store.add_cert(crypto.X509.from_cryptography(certificate))
        if self._public is None:
            context.load_verify_locations(certifi.where())

    @cached_property
    def _stores(self) -> tuple[tuple[TrustedBy, crypto.X509Store], ...]:
        given, public, system = crypto.X509Store(), crypto.X509Store(), crypto.X509Store()
        for store, certificates in ((given, self._given), (public, self._public or ()), (system, self._system)):
            store.set_flags(_NO_CHECK_TIME | _PARTIAL_CHAIN)
            for certificate in certificates:
                store.add_cert(crypto.X509.from_cryptography(certificate))
        if self._public is None:
            public.load_locations(certifi.where())
        # The user's own CA first: "trusted by this machine alone" must be said only when nobody else vouches.
        return (("given", given), ("public", public), ("system", system))

    def trusted_by(self, leaf: x509.Certificate, chain: Iterable[x509.Certificate]) -> TrustedBy:
        """Return whose roots the chain leads to; dates and host name play no part in it."""
        others = tuple(chain)
        prints = (certificate.fingerprint(hashes.SHA256()) for certificate in (leaf, *others))
        key = hashlib.sha256(b"".join(prints)).digest()
        if key not in self._known:
            self._known[key] = self._find(leaf, others)
        return self._known[key]

    def _find(self, leaf: x509.Certificate, chain: tuple[x509.Certificate, ...]) -> TrustedBy:
        untrusted = [crypto.X509.from_cryptography(certificate) for certificate in chain]
        for name, store in self._stores:
            try:
                crypto.X509StoreContext(store, crypto.X509.from_cryptography(leaf), untrusted).verify_certificate()
            except crypto.X509StoreContextError:
                continue
            return name
        return "none"
