"""The names of a case that texts about certificates, apps and Expect are filled with."""

from types import MappingProxyType

from probes.certificate import weak_key, weak_signature
from probes.diagnosis.facts import Facts
from probes.diagnosis.predicates_certificate import received
from probes.diagnosis.predicates_value import DAMAGES
from probes.diagnosis.scope import mine
from probes.diagnosis.words import rule_in, said
from probes.model import ForwardedCertificate

UNNAMED_APP = MappingProxyType(
    {
        "app_answer": "<status>",
        "app_said": "<the app's own words>",
        "refusing_rule": "not named by the app",
        "valid_from": "<first day>",
        "valid_until": "<last day>",
        "purposes": "<purposes>",
        "weakness": "<key and signature>",
        "issuer": "<issuer>",
        "thumbprint": "<thumbprint>",
        "header_faults": "<damage>",
        "uploaded": "its thumbprint was not read",
        "stranger_answer": "<status>",
        "expect_outcome": "no interim answer comes",
        "expect_above": "<threshold>",
    }
)
"""What stands where a name of this module is not known."""
_DAMAGE = MappingProxyType(
    {
        "truncated": "it is cut off",
        "plus-became-space": "its plus signs became blanks",
        "url-encoded": "it is URL-encoded",
        "url-encoded-twice": "it is URL-encoded twice",
        "folded": "it is folded over several lines",
        "doubled": "it stands there twice",
        "padding-missing": "the equals signs at its end are gone",
        "illegal-characters": "characters stand in it that Base64 does not have",
        "trailing-data": "more bytes follow the certificate",
    }
)
_UPLOADED_SHOWN = 3
_RULE = MappingProxyType(
    {
        "thumbprint": "the thumbprint",
        "subject": "the subject",
        "issuer": "the issuer",
        "dates": "the dates",
        "purpose": "the purpose (extended key usage)",
        "strength": "the strength of key or signature",
        "chain": "the chain to an authority",
        "revocation": "the revocation check",
    }
)


def app_names(facts: Facts) -> dict[str, str | None]:
    """Return the names that came from outside, by placeholder; None where one is not known."""
    credential = facts.case.credential
    seen = next((one for _, one in received(facts)), ForwardedCertificate())
    texts = [text for _, text in said(facts)]
    rule = next((rule for rule in map(rule_in, texts) if rule), None)
    purposes = seen.eku if seen.eku is not None else credential.eku
    return {
        "app_answer": _answer(facts),
        "app_said": next((" ".join(text.split()) for text in texts), None) or _parse_error(facts),
        "refusing_rule": _RULE.get(rule or ""),
        "valid_from": seen.not_before or credential.not_before,
        "valid_until": seen.not_after or credential.not_after,
        "purposes": ", ".join(purposes) or None,
        "weakness": _weakness(seen.key or credential.key, seen.signature),
        "issuer": seen.issuer or credential.issuer,
        "thumbprint": seen.thumbprint_sha1 or credential.thumbprint_sha1,
        "header_faults": _damage(facts),
        "uploaded": ", ".join((facts.case.configuration.public_certificates or ())[:_UPLOADED_SHOWN]) or None,
        "stranger_answer": next((str(seen.status) for seen in facts.where("throwaway") if seen.status), None),
        "expect_outcome": _expect_outcome(facts),
        "expect_above": f"{facts.client.expect_above:,}" if facts.client and facts.client.expect_above else None,
    }


def _answer(facts: Facts) -> str | None:
    answered = [seen.status for seen in facts.where("own-get") if seen.status is not None and seen.judged.by == "app"]
    if not answered:
        return None
    taken = ", which is no refusal" if answered[0] < 400 else ""
    return f"{answered[0]}{taken}"


def _parse_error(facts: Facts) -> str | None:
    echoes = [seen.echo for seen in facts.seen if seen.echo and mine(facts.scope, seen.probe)]
    return next((echo.parse_error for echo in echoes if echo.parse_error), None)


def _weakness(key: str | None, signature: str | None) -> str | None:
    weak = [key] if key and weak_key(key) else []
    weak += [signature] if signature and weak_signature(signature) else []
    return ", ".join(weak) or None


def _damage(facts: Facts) -> str | None:
    for seen in facts.seen:
        if seen.echo and seen.echo.certificate and mine(facts.scope, seen.probe):
            words = [_DAMAGE[fault] for fault in seen.echo.certificate.faults if fault in DAMAGES]
            if words:
                return ", ".join(words)
    return None


def _expect_outcome(facts: Facts) -> str | None:
    for seen in facts.where("large-wait"):
        if seen.status == 417:
            return "the answer is 417 (Expectation Failed)"
        turn = seen.exchanges[-1].continue_ if seen.exchanges else None
        if turn is not None and turn.state == "timed-out":
            return f"no answer came within {(turn.waited_ms or 0) / 1000:.1f} s"
    return None
