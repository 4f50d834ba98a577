"""Finds the leaf among the certificates of a file and puts the others into the order in which they are sent."""

import contextlib
from collections.abc import Sequence

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization

from probes.certificate import UNREADABLE, quietly


def _public(key: object) -> bytes | None:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    with quietly(), contextlib.suppress(*UNREADABLE):
        raw: bytes = key.public_bytes(serialization.Encoding.DER, form)  # type: ignore[attr-defined]
        return raw
    return None


def _public_of(certificate: x509.Certificate) -> bytes | None:
    with quietly(), contextlib.suppress(*UNREADABLE):
        return _public(certificate.public_key())
    return None


def _names(certificate: x509.Certificate) -> tuple[bytes, bytes] | None:
    with quietly(), contextlib.suppress(*UNREADABLE):
        return certificate.subject.public_bytes(), certificate.issuer.public_bytes()
    return None


def find_leaf(certificates: Sequence[x509.Certificate], public_key: object | None) -> x509.Certificate | None:
    """Return the certificate of this public key, or None when it is none of them.

    Without a key: the first that issued no other one of them. Of several with the same key (a renewed certificate)
    the one that expires last.
    """
    if public_key is not None:
        wanted = _public(public_key)
        same = [one for one in certificates if _public_of(one) == wanted]
        return max(same, key=lambda one: one.not_valid_after_utc) if same else None
    issuers = {names[1] for one in certificates if (names := _names(one)) and names[0] != names[1]}
    for one in certificates:
        names = _names(one)
        if names is None or names[0] not in issuers:
            return one
    return certificates[0] if certificates else None


def order(leaf: x509.Certificate, certificates: Sequence[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """Return the others, each issuer after what it issued (RFC 8446 section 4.4.2), unrelated ones last."""
    rest = [one for one in dict.fromkeys(certificates) if one != leaf]
    by_subject: dict[bytes, list[x509.Certificate]] = {}
    for one in rest:
        if names := _names(one):
            by_subject.setdefault(names[0], []).append(one)
    path: list[x509.Certificate] = []
    current = leaf
    while (parent := _issuer(current, by_subject)) and parent not in path:
        path.append(parent)
        current = parent
    used = set(path)
    return (*path, *(one for one in rest if one not in used))


def _issuer(
    certificate: x509.Certificate, by_subject: dict[bytes, list[x509.Certificate]]
) -> x509.Certificate | None:
    names = _names(certificate)
    if names is None or names[0] == names[1]:
        return None
    candidates = by_subject.get(names[1], [])
    # A renewed CA has the same name twice; the signature tells which of the two it was.
    for one in candidates:
        with quietly(), contextlib.suppress(InvalidSignature, *UNREADABLE):
            certificate.verify_directly_issued_by(one)
            return one
    return candidates[0] if candidates else None
