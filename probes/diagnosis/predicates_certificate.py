"""Predicates about the client certificate itself, as the app received it; App Service judges none of this."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from probes.certificate import may_authenticate_clients, weak_key, weak_signature
from probes.diagnosis.facts import Facts, passed
from probes.diagnosis.result import Result, holds, refuted
from probes.diagnosis.scope import mine
from probes.diagnosis.words import INCOMPLETE, PARSERS, SELF_SIGNED, refused_by_app, rule_in, text_of
from probes.model import CredentialFault, ForwardedCertificate, Observation

_TO_SECONDS = 19
"""Characters of ``2026-01-01T00:00:00``: observations have milliseconds behind it, certificates have not."""

_RULE: Mapping[str, str] = MappingProxyType(
    {
        "certificate-expired": "dates",
        "certificate-not-yet-valid": "dates",
        "certificate-wrong-eku": "purpose",
        "weak-certificate": "strength",
    }
)
"""Each fault of a certificate, and the rule of an app that it breaks."""

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
    seen what the app made of it. What is cut off from a truncated one is not known to be missing.
    """
    there = received(facts)
    whole = [(seen, one) for seen, one in there if "truncated" not in one.faults]
    bad = [seen for seen, one in there if judge(one, seen.at[:_TO_SECONDS])]
    if bad:
        return holds(*(f"obs:{seen.id}#echo.certificate.{field}" for seen in bad[:2]))
    if whole:
        return refuted(*(f"obs:{seen.id}#echo.certificate.{field}" for seen, _ in whole[:2]))
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


def without_effect(facts: Facts) -> frozenset[str]:
    """Return the faults of a certificate that did not decide the user's GET, whether the certificate has them or not.

    App Service judges no certificate, so it is the app that a fault can matter to: where it answers all the same, or
    names another reason, the fault is true and explains nothing. An app that refuses without a word may have any
    reason.
    """
    refused = refused_by_app(facts)
    if cannot_matter(facts):
        return frozenset(_RULE)
    if not refused:
        reached_app = any(passed(seen) and (seen.status or 500) < 500 for seen in facts.where("own-get"))
        return frozenset(_RULE) if reached_app else frozenset()
    texts = [text_of(seen) for seen in refused]
    if any(INCOMPLETE.search(text) or SELF_SIGNED.search(text) or PARSERS.search(text) for text in texts):
        return frozenset(_RULE)
    named = {rule_in(text) for text in texts} - {None, "chain"}
    return frozenset(slug for slug, rule in _RULE.items() if named and rule not in named)


def cannot_matter(facts: Facts) -> frozenset[str]:
    """Return the faults of a certificate that nobody could judge yet, so that they explain nothing at all.

    The front end refused the user's GET, or the app received no certificate, or could not read what it received.
    """
    at_the_edge = any(seen.outcome == "response" and seen.judged.by == "edge" for seen in facts.where("own-get"))
    errors = [seen.echo.parse_error or "" for seen in facts.where("debug") if seen.echo is not None]
    unread = any(PARSERS.search(error) for error in errors)
    if at_the_edge or facts.forwarded.value is False or unread:
        return frozenset(_RULE)
    return frozenset()
