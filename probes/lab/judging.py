"""How the debug app judges the certificate that it received: one rule, by the certificate alone."""

import datetime as dt
from collections.abc import Callable, Sequence
from types import MappingProxyType

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from OpenSSL import crypto

from probes.lab.state import Validator

_NO_CHECK_TIME = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME (OpenSSL x509_vfy.h): the dates are a rule of their own."""
_SELF_SIGNED = frozenset({18})
"""X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT (OpenSSL x509_vfy.h)."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """The certificates that the app has of its own: trusted roots, and intermediates that it may be given."""

    roots: tuple[x509.Certificate, ...] = ()
    intermediates: tuple[x509.Certificate, ...] = ()


def complaint(validator: Validator, certificate: x509.Certificate, known: Known) -> str | None:
    """Return what the app has against ``certificate``, None when it accepts it.

    The words for chains and revocation are the status names of .NET's X509ChainStatusFlags, which users quote.
    """
    if validator.rule == "chain":
        return _chain(validator, certificate, known)
    if validator.rule == "revocation":
        # The lab's certificates name no revocation list (RFC 5280 section 4.2.1.13), so none can be asked.
        return "the revocation status is not known: RevocationStatusUnknown"
    if _ACCEPTS[validator.rule](validator, certificate):
        return None
    return f"the client certificate's {validator.rule} is not accepted"


def _thumbprint(validator: Validator, certificate: x509.Certificate) -> bool:
    wanted = validator.wanted.replace(":", "").replace(" ", "").upper()
    return certificate.fingerprint(hashes.SHA1()).hex().upper() == wanted  # noqa: S303 - Azure's own


def _dates(_validator: Validator, certificate: x509.Certificate) -> bool:
    return certificate.not_valid_before_utc <= dt.datetime.now(dt.UTC) <= certificate.not_valid_after_utc


def _purpose(_validator: Validator, certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return ExtendedKeyUsageOID.CLIENT_AUTH in usage


def _strength(_validator: Validator, certificate: x509.Certificate) -> bool:
    key, algorithm = certificate.public_key(), certificate.signature_hash_algorithm
    short = isinstance(key, rsa.RSAPublicKey) and key.key_size < 2048
    return not short and not isinstance(algorithm, hashes.SHA1)


_ACCEPTS = MappingProxyType[str, Callable[[Validator, x509.Certificate], bool]](
    {
        "thumbprint": _thumbprint,
        "subject": lambda validator, one: one.subject.rfc4514_string() == validator.wanted,
        "issuer": lambda validator, one: one.issuer.rfc4514_string() == validator.wanted,
        "dates": _dates,
        "purpose": _purpose,
        "strength": _strength,
    }
)


def _chain(validator: Validator, certificate: x509.Certificate, known: Known) -> str | None:
    store = crypto.X509Store()
    store.set_flags(_NO_CHECK_TIME)
    for root in known.roots:
        store.add_cert(crypto.X509.from_cryptography(root))
    own: Sequence[x509.Certificate] = known.intermediates if validator.has_intermediate else ()
    untrusted = [crypto.X509.from_cryptography(one) for one in own]
    try:
        crypto.X509StoreContext(store, crypto.X509.from_cryptography(certificate), untrusted).verify_certificate()
    except crypto.X509StoreContextError as fault:
        word = "UntrustedRoot" if fault.errors[0] in _SELF_SIGNED else "PartialChain"
        return f"the client certificate's chain is not accepted: {word} ({fault.errors[2]})"
    return None
