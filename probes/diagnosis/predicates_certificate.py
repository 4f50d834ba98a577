"""Predicates about the client certificate itself, as the app received it; App Service judges none of this."""

from collections.abc import Callable

from probes.certificate import may_authenticate_clients, weak_key, weak_signature
from probes.diagnosis.facts import Facts
from probes.diagnosis.result import Result, holds, refuted
from probes.diagnosis.scope import mine
from probes.model import CredentialFault, ForwardedCertificate, Observation

_TO_SECONDS = 19
"""Characters of ``2026-01-01T00:00:00``: observations have milliseconds behind it, certificates have not."""

Judge = Callable[[ForwardedCertificate, str], bool]
"""Says whether a certificate has the fault at a time (ISO 8601, UTC, to the second)."""


def received(facts: Facts) -> list[tuple[Observation, ForwardedCertificate]]:
    """Return the user's own certificate as the app printed it, with where it was seen.

    One that is known to be another than was sent is somebody else's.
    """
    return [
        (seen, seen.echo.certificate)
        for seen in facts.seen
        if seen.echo and seen.echo.certificate and mine(facts.scope, seen.probe)
        if seen.echo.certificate.matches_sent is not False and seen.echo.certificate.subject is not None
    ]


def certificate_fault(facts: Facts, words: tuple[CredentialFault, ...], judge: Judge, field: str) -> Result:
    """Say whether the certificate has a fault: seen by the app, or in the file that was given.

    The fault is certain where the app showed the certificate; from the file alone it is likely, because nobody has
    seen what the app made of it.
    """
    there = received(facts)
    bad = [seen for seen, one in there if judge(one, seen.at[:_TO_SECONDS])]
    if bad:
        return holds(*(f"obs:{seen.id}#echo.certificate.{field}" for seen in bad[:2]))
    if there:
        return refuted(*(f"obs:{seen.id}#echo.certificate.{field}" for seen, _ in there[:2]))
    if facts.case.credential.kind != "none" and set(words) & set(facts.case.credential.faults):
        return holds("credential:faults", strength="settings")
    return refuted("credential:faults")


def certificate_expired(facts: Facts) -> Result:
    """Hold when the certificate's last day was past when the app received it."""
    return certificate_fault(
        facts, ("expired",), lambda one, at: (one.not_after or "9")[:_TO_SECONDS] < at, "not_after"
    )


def certificate_not_yet_valid(facts: Facts) -> Result:
    """Hold when the certificate's first day was still to come when the app received it."""
    return certificate_fault(
        facts, ("not-yet-valid",), lambda one, at: (one.not_before or "")[:_TO_SECONDS] > at, "not_before"
    )


def certificate_wrong_eku(facts: Facts) -> Result:
    """Hold when the certificate names its purposes and client authentication is none of them.

    RFC 5280 section 4.2.1.12; a certificate without that extension serves for everything.
    """
    return certificate_fault(
        facts, ("no-client-auth",), lambda one, _: not may_authenticate_clients(one.eku or None), "eku"
    )


def weak_certificate(facts: Facts) -> Result:
    """Hold when the key has less than 112 bits of strength (NIST SP 800-57 part 1) or SHA-1 or MD5 signed it."""
    return certificate_fault(
        facts,
        ("weak-key", "weak-signature"),
        lambda one, _: weak_key(one.key) or (one.signature is not None and weak_signature(one.signature)),
        "key",
    )
