"""Reads a certificate's fields one by one, so that one broken field costs only itself."""

import contextlib
from collections.abc import Callable
from typing import Any

import msgspec
from cryptography import x509

from probes.certificate import (
    UNREADABLE,
    eku_names,
    key_text,
    name_text,
    quietly,
    san_names,
    serial_text,
    signature_text,
    thumbprints,
    utc_text,
)
from probes.forwarded.der import walk
from probes.model import ForwardedCertificate

_READERS: dict[str, Callable[[x509.Certificate], Any]] = {
    "subject": lambda one: name_text(one.subject),
    "issuer": lambda one: name_text(one.issuer),
    "serial": lambda one: serial_text(one.serial_number),
    "not_before": lambda one: utc_text(one.not_valid_before_utc),
    "not_after": lambda one: utc_text(one.not_valid_after_utc),
    "san": san_names,
    "eku": lambda one: eku_names(one) or (),
    "key": lambda one: key_text(one.public_key()),
    "signature": signature_text,
}


def read_fields(der: bytes, certificate: x509.Certificate | None, *, whole: bool) -> ForwardedCertificate:
    """Return every field that can be read from these bytes.

    ``certificate`` is the parsed one, None where the bytes are cut off or a strict parser refuses them; ``whole``
    says that the bytes are all there, and with it that a thumbprint means something.
    """
    known: dict[str, Any] = {name: value for name, value in vars(walk(der)).items() if value is not None}
    if certificate is not None:
        for name, read in _READERS.items():
            with quietly(), contextlib.suppress(*UNREADABLE):
                known[name] = read(certificate)
    if whole:
        known["thumbprint_sha1"], known["thumbprint_sha256"] = thumbprints(der)
    return ForwardedCertificate(**known)


def readable(facts: ForwardedCertificate) -> bool:
    """Say whether any field of a certificate could be read."""
    return any(
        getattr(facts, field.name)
        for field in msgspec.structs.fields(ForwardedCertificate)
        if field.name not in ("header", "encoding", "faults", "matches_sent")
    )
