"""Decodes one forwarded certificate: every field that can be read, and the name of every fault."""

import base64
import contextlib
from dataclasses import dataclass
from typing import Any

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from probes.certificate import UNREADABLE, der_of, parse_der, quietly, thumbprints
from probes.forwarded.base64text import Piece
from probes.forwarded.faults import CONCLUSIVE, in_order
from probes.forwarded.fields import read_fields, readable
from probes.forwarded.unwrap import MAX_CHARACTERS, Unwrapped, unwrap
from probes.model import ForwardedCertificate
from probes.printable import printable

HEADER_LIMIT = 200
"""Characters of a header's name that are kept."""


@dataclass(frozen=True)
class Decoded:
    """The facts, and the parsed certificates behind them where there are any; ``further`` came in the same value."""

    facts: ForwardedCertificate
    certificate: x509.Certificate | None = None
    further: tuple[x509.Certificate, ...] = ()


def decode(value: str, header: str | None = None, sent: x509.Certificate | None = None) -> ForwardedCertificate:
    """Decode a header's value. Never raises: what is wrong with it stands in ``faults``.

    ``header`` is the name it came under; ``sent`` the certificate that the client sent, if that is known. At most
    256 KiB of ``value`` are read; the words of ``faults`` are those of :data:`probes.forwarded.faults.FAULTS`.
    """
    return decode_whole(value, header, sent).facts


def decode_whole(value: str, header: str | None = None, sent: x509.Certificate | None = None) -> Decoded:
    """Decode as :func:`decode` does and keep the parsed certificates for further checks."""
    found = unwrap(value, header)
    sent_der = der_of(sent) if sent is not None else None
    piece = _chosen(found, sent_der)
    certificate = parse_der(piece.der) if piece and piece.whole else None
    facts = read_fields(piece.der, certificate, whole=piece.whole) if piece else ForwardedCertificate()
    faults = _faults(found, piece, certificate, facts)
    if piece is None or "not-a-certificate" in faults:
        faults = _without_certificate(value, found, faults, sent_der)
        facts = ForwardedCertificate()
    facts = _with_stated(facts, found, faults)
    facts = msgspec.structs.replace(
        facts,
        header=printable(header, limit=HEADER_LIMIT) if header is not None else None,
        encoding=found.encoding if readable(facts) else None,
        faults=in_order(faults),
        matches_sent=_matches(facts, sent_der),
    )
    others = (parse_der(other.der) for other in found.pieces.found if other is not piece and other.whole)
    return Decoded(facts, certificate, tuple(one for one in others if one is not None))


def _chosen(found: Unwrapped, sent_der: bytes | None) -> Piece | None:
    pieces = found.pieces.found
    return next((piece for piece in pieces if piece.der == sent_der), pieces[0] if pieces else None)


def _faults(
    found: Unwrapped, piece: Piece | None, certificate: x509.Certificate | None, facts: ForwardedCertificate
) -> set[str]:
    faults = set(found.faults)
    if piece is None or certificate is not None:
        return faults
    kind = _other_kind(piece.der)
    if kind:
        return faults | {kind, "not-a-certificate"}
    # Thumbprints say nothing about what the bytes are.
    if not (facts.issuer or facts.not_before or facts.subject or (facts.serial and not piece.whole)):
        return faults | {"not-a-certificate"}
    return faults | ({"malformed"} if piece.whole else {"truncated"})


def _other_kind(der: bytes) -> str | None:
    with quietly(), contextlib.suppress(*UNREADABLE):
        x509.load_der_x509_csr(der)
        return "certificate-request"
    return None


def _without_certificate(value: str, found: Unwrapped, faults: set[str], sent_der: bytes | None) -> set[str]:
    if faults & CONCLUSIVE:
        return faults & (CONCLUSIVE | {"too-long", "quoted"})
    if _is_private_key(value):
        return {"private-key"}
    compact = "".join(value[:MAX_CHARACTERS].split()).rstrip("=")
    if sent_der is not None and len(compact) >= 16 and compact in base64.b64encode(sent_der).decode("ascii"):
        return {"truncated", "not-a-certificate"}  # a part of what was sent, without its beginning
    kept = faults & {"truncated", "too-long"} if found.pieces.found else faults & {"too-long"}
    return kept | {"not-a-certificate"}


def _is_private_key(value: str) -> bool:
    with contextlib.suppress(ValueError):
        raw = base64.b64decode("".join(value[:16384].split()), validate=True)
        with quietly(), contextlib.suppress(*UNREADABLE):
            serialization.load_der_private_key(raw, None)
            return True
    return False


def _with_stated(facts: ForwardedCertificate, found: Unwrapped, faults: set[str]) -> ForwardedCertificate:
    # What the value says of the certificate counts only where the certificate itself does not say it.
    stated: dict[str, Any] = {name: text for name, text in found.stated.items() if getattr(facts, name) is None}
    if facts.thumbprint_sha256 and found.stated.get("thumbprint_sha256", facts.thumbprint_sha256) != (
        facts.thumbprint_sha256
    ):
        faults.add("hash-mismatch")
    if found.san and not facts.san and not facts.serial:
        stated["san"] = found.san
    return msgspec.structs.replace(facts, **stated)


def _matches(facts: ForwardedCertificate, sent_der: bytes | None) -> bool | None:
    if sent_der is None:
        return None
    sha1, sha256 = thumbprints(sent_der)
    if facts.thumbprint_sha256:
        return facts.thumbprint_sha256 == sha256
    return facts.thumbprint_sha1 == sha1 if facts.thumbprint_sha1 else None
