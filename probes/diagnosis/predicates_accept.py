"""Predicates about an app that received the certificate, could read it, and does not accept it."""

from probes.diagnosis.facts import Facts, asked
from probes.diagnosis.predicates_certificate import received
from probes.diagnosis.result import Result, holds, refuted, unknown
from probes.diagnosis.scope import mine
from probes.diagnosis.words import (
    INCOMPLETE,
    SELF_SIGNED,
    refused_by_app,
    rule_in,
    said,
    speaks_of_certificate,
    text_of,
)


def own_issuer(facts: Facts) -> bool | None:
    """Whether the certificate names itself as its issuer; None when its names are not known."""
    for _, one in received(facts):
        if one.issuer is not None:
            return one.subject == one.issuer
    credential = facts.case.credential
    if credential.subject is None or credential.issuer is None:
        return None
    return credential.subject == credential.issuer


def chain_incomplete(facts: Facts) -> Result:
    """Hold when the app says that an issuer is missing, and the certificate has one.

    The header carries the leaf alone; what the client sent above it stays at the front end (MicrosoftDocs/azure-docs,
    issue 53526).
    """
    lines = said(facts)
    missing = [evidence for evidence, text in lines if INCOMPLETE.search(text)]
    itself = own_issuer(facts)
    if not missing or itself:
        answered = facts.where("own-get")
        return refuted(*(evidence for evidence, _ in lines[:2])) if answered else unknown()
    return holds(*missing[:2], strength="settings" if itself is None else "wire")


def self_signed_refused(facts: Facts) -> Result:
    """Hold when the certificate is its own issuer and the app complains of its chain.

    ASP.NET Core accepts only chained certificates unless told otherwise (Microsoft Learn, Configure certificate
    authentication in ASP.NET Core, AllowedCertificateTypes).
    """
    lines = said(facts)
    about = [evidence for evidence, text in lines if SELF_SIGNED.search(text) or rule_in(text) == "chain"]
    itself = own_issuer(facts)
    if not about or itself is False:
        answered = facts.where("own-get")
        return refuted(*(evidence for evidence, _ in lines[:2])) if answered else unknown()
    return holds(*about[:2]) if itself else unknown(*about[:2])


def app_rejects_certificate(facts: Facts) -> Result:
    """Hold when the app's own code refuses the user's GET because of the certificate that it received.

    Certain where the app says so; an app that refuses without a word may have any reason. A certificate that it
    cannot read is another finding, and one that was never asked for did not come.
    """
    refused = [seen for seen in refused_by_app(facts) if asked(seen) != "none"]
    if not refused or facts.forwarded.value is False or facts.ended("own-get").value == "mixed":
        evidence = tuple(f"obs:{seen.id}#status" for seen in facts.where("own-get")[:2])
        return refuted(*evidence, *facts.forwarded.evidence[:1]) if evidence else unknown()
    if unreadable(facts):
        return refuted(*facts.forwarded.evidence[:1])
    status = tuple(f"obs:{seen.id}#status" for seen in refused[:2])
    words = [f"obs:{seen.id}#exchanges.body_excerpt" for seen in refused if speaks_of_certificate(text_of(seen))]
    if words:
        return holds(*status, *words[:2], *facts.forwarded.evidence[:1])
    if facts.forwarded.value and any(seen.status in (401, 403) for seen in refused):
        return holds(*status, *facts.forwarded.evidence[:1], strength="hint")
    return unknown(*status)


def unreadable(facts: Facts) -> bool:
    """Whether the app complains that it cannot read the header, looks for another one, or the header is damaged."""
    for seen in facts.seen:
        echo = seen.echo
        if echo is None or echo.certificate is None or not mine(facts.scope, seen.probe):
            continue
        chain = echo.parse_error and (INCOMPLETE.search(echo.parse_error) or SELF_SIGNED.search(echo.parse_error))
        if (echo.parse_error and not chain) or echo.certificate.faults or echo.says_none:
            return True
    return False
