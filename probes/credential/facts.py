"""What may be told about a client certificate, and what is wrong with it before anything is sent."""

import contextlib
from datetime import datetime

from cryptography import x509

from probes.certificate import (
    UNREADABLE,
    der_of,
    eku_names,
    key_text,
    may_authenticate_clients,
    name_text,
    quietly,
    signature_text,
    thumbprints,
    utc_text,
    weak_key,
    weak_signature,
)
from probes.model import CredentialFacts, CredentialFault, CredentialKind
from probes.printable import printable
from probes.redact import hide_by_name


def _issuers(certificates: tuple[x509.Certificate, ...]) -> tuple[str, ...]:
    """Return the issuers' names in the form in which a server's list of CAs is noted, each once."""
    names: list[str] = []
    for certificate in certificates:
        with quietly(), contextlib.suppress(*UNREADABLE):
            names.append(printable(hide_by_name(certificate.issuer.rfc4514_string()), limit=300))
    return tuple(dict.fromkeys(names))


def facts_of(
    leaf: x509.Certificate,
    *,
    kind: CredentialKind,
    has_key: bool,
    chain: tuple[x509.Certificate, ...],
    now: datetime,
) -> CredentialFacts:
    """Read every field of the leaf that can be read; ``now`` is aware. Never raises for a malformed certificate."""
    sha1, sha256 = thumbprints(der_of(leaf))
    subject = issuer = key = signature = None
    eku: tuple[str, ...] | None = None
    with quietly():
        with contextlib.suppress(*UNREADABLE):
            subject = name_text(leaf.subject)
        with contextlib.suppress(*UNREADABLE):
            issuer = name_text(leaf.issuer)
        with contextlib.suppress(*UNREADABLE):
            key = key_text(leaf.public_key())
        with contextlib.suppress(*UNREADABLE):
            signature = signature_text(leaf)
        with contextlib.suppress(*UNREADABLE):
            eku = eku_names(leaf)
    wrong: dict[CredentialFault, bool] = {
        "key-missing": not has_key,
        "expired": now > leaf.not_valid_after_utc,
        "not-yet-valid": now < leaf.not_valid_before_utc,
        "no-client-auth": not may_authenticate_clients(eku),
        "weak-key": weak_key(key),
        "weak-signature": weak_signature(signature),
    }
    return CredentialFacts(
        kind=kind,
        subject=subject,
        issuer=issuer,
        thumbprint_sha1=sha1,
        thumbprint_sha256=sha256,
        not_before=utc_text(leaf.not_valid_before_utc),
        not_after=utc_text(leaf.not_valid_after_utc),
        key=key,
        eku=eku or (),
        chain=len(chain),
        issuers=_issuers((leaf, *chain)),
        faults=tuple(word for word, holds in wrong.items() if holds),
    )
