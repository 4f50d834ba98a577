"""Checks a forwarded certificate as an app would: thumbprint, names, dates, purpose, strength, chain."""

from collections.abc import Sequence
from datetime import UTC, datetime

from cryptography import x509

from probes.certificate import (
    UNREADABLE,
    eku_names,
    may_authenticate_clients,
    quietly,
    utc_text,
    weak_key,
    weak_signature,
)
from probes.forwarded.chain import chain_check
from probes.forwarded.decode import Decoded
from probes.forwarded.match import name_matches, plain_thumbprint
from probes.model import Check, ForwardedCertificate, Value
from probes.printable import printable


class Expected(Value, frozen=True, kw_only=True):
    """What the app's own rules ask for; None where it has no such rule.

    ``thumbprint`` is SHA-1 or SHA-256 with or without separators; ``subject`` and ``issuer`` are a whole name, some
    of its parts (``CN=client``), or a common name alone.
    """

    thumbprint: str | None = None
    subject: str | None = None
    issuer: str | None = None


def chain_and_rules(
    decoded: Decoded,
    *,
    expected: Expected = Expected(),  # noqa: B008 - immutable
    cas: Sequence[x509.Certificate] = (),
    now: datetime | None = None,
) -> tuple[Check, ...]:
    """Return every rule with what it saw. ``ok`` is None where a field could not be read or no CA was given.

    ``cas`` are the CAs that the app trusts; ``now`` is aware, and is the app's clock. Never raises.
    """
    facts, certificate = decoded.facts, decoded.certificate
    moment = now or datetime.now(UTC)
    checks = [
        _sent(facts),
        _thumbprint(facts, expected.thumbprint),
        _name("subject", facts.subject, expected.subject),
        _name("issuer", facts.issuer, expected.issuer),
        *_dates(facts, moment),
        _purpose(certificate),
        _key_usage(certificate),
        _key(facts),
        _signature(facts),
        chain_check(certificate, decoded.further, cas, moment),
    ]
    return tuple(check for check in checks if check is not None)


def _sent(facts: ForwardedCertificate) -> Check | None:
    if facts.matches_sent is None:
        return None
    saw = facts.thumbprint_sha256 or facts.thumbprint_sha1
    return Check(rule="matches-sent", ok=facts.matches_sent, saw=saw, wanted="the certificate that was sent")


def _thumbprint(facts: ForwardedCertificate, wanted: str | None) -> Check | None:
    if wanted is None:
        return None
    plain = plain_thumbprint(wanted)
    shown = printable(wanted, limit=200)
    if plain is None:
        return Check(rule="thumbprint", ok=None, wanted=f"{shown} (no SHA-1 or SHA-256 thumbprint)")
    saw = facts.thumbprint_sha1 if len(plain) == 40 else facts.thumbprint_sha256
    return Check(rule="thumbprint", ok=None if saw is None else saw == plain, saw=saw, wanted=shown)


def _name(rule: str, saw: str | None, wanted: str | None) -> Check | None:
    if wanted is None:
        return None
    ok = None if saw is None else name_matches(saw, wanted)
    return Check(rule=rule, ok=ok, saw=saw, wanted=printable(wanted, limit=2048))


def _dates(facts: ForwardedCertificate, now: datetime) -> tuple[Check, Check]:
    # Times of one form and zone compare as text; that works for certificates that were cut off, too.
    at = utc_text(now)
    begin, end = facts.not_before, facts.not_after
    return (
        Check(rule="not-before", ok=None if begin is None else begin <= at, saw=begin, wanted=f"not after {at}"),
        Check(rule="not-after", ok=None if end is None else end >= at, saw=end, wanted=f"not before {at}"),
    )


def _purpose(certificate: x509.Certificate | None) -> Check:
    wanted = "clientAuth, or no extended key usage"
    try:
        if certificate is None:
            raise ValueError
        eku = eku_names(certificate)
    except UNREADABLE:
        return Check(rule="client-auth", ok=None, wanted=wanted)
    saw = ", ".join(eku) if eku is not None else "no extended key usage"
    return Check(rule="client-auth", ok=may_authenticate_clients(eku), saw=saw, wanted=wanted)


def _key_usage(certificate: x509.Certificate | None) -> Check | None:
    # RFC 5280 section 4.2.1.3 and OpenSSL's purpose sslclient: a key usage, if present, must let the key sign.
    if certificate is None:
        return None
    try:
        with quietly():
            usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, *UNREADABLE):
        return None
    ok = usage.digital_signature or usage.key_agreement
    named = [word for word in ("digital_signature", "key_agreement", "key_encipherment") if getattr(usage, word)]
    saw = ", ".join(word.replace("_", " ") for word in named) or "other usages"
    return Check(rule="key-usage", ok=ok, saw=saw, wanted="digital signature or key agreement")


def _key(facts: ForwardedCertificate) -> Check:
    wanted = "RSA of at least 2048 bits, or an elliptic curve of at least 224"
    return Check(
        rule="key-strength", ok=None if facts.key is None else not weak_key(facts.key), saw=facts.key, wanted=wanted
    )


def _signature(facts: ForwardedCertificate) -> Check:
    ok = None if facts.signature is None else not weak_signature(facts.signature)
    return Check(rule="signature-strength", ok=ok, saw=facts.signature, wanted="SHA-256 or better")
