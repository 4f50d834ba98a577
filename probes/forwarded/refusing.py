"""Says which rule of an app refuses a forwarded certificate, in the order in which validators ask."""

from collections.abc import Sequence

from probes.forwarded.match import name_parts
from probes.model import Check

ORDER = (
    "not-before",
    "not-after",
    "subject",
    "issuer",
    "thumbprint",
    "client-auth",
    "key-usage",
    "key-strength",
    "signature-strength",
    "chain",
)
"""Rules in the order of the validators in Microsoft's samples (dates, subject's common name, issuer's common name and
organisation, thumbprint; Microsoft Learn, Configure TLS mutual authentication, 2025-05-09), then what ASP.NET Core's
certificate authentication asks besides."""

WORDS = {
    "not-before": "its first day",
    "not-after": "its last day",
    "subject": "the subject",
    "issuer": "the issuer",
    "thumbprint": "the thumbprint",
    "client-auth": "the purpose (extended key usage)",
    "key-usage": "the key usage",
    "key-strength": "the strength of its key",
    "signature-strength": "the strength of its signature",
    "chain": "the chain",
}
"""Each rule in plain words."""


def refusing(checks: Sequence[Check]) -> tuple[Check, ...]:
    """Return the rules that refuse, the one that a validator meets first in front."""
    failed = {check.rule: check for check in checks if check.ok is False}
    return tuple(failed[rule] for rule in ORDER if rule in failed)


def unchecked(checks: Sequence[Check]) -> tuple[Check, ...]:
    """Return the rules that could not be checked, in the same order."""
    open_ = {check.rule: check for check in checks if check.ok is None}
    return tuple(open_[rule] for rule in ORDER if rule in open_)


def summary(checks: Sequence[Check]) -> str:
    """Return one sentence: whether an app with these rules accepts the certificate, and which rule refuses it."""
    refused = [_words(check) for check in refusing(checks)]
    if refused:
        first, *others = refused
        also = f"; it would not pass either: {', '.join(others)}" if others else ""
        return f"An app with these rules refuses it by {first}{also}."
    missing = [WORDS[check.rule] for check in unchecked(checks)]
    if not missing:
        return "An app with these rules accepts it."
    return f"No rule that could be checked refuses it. Not checked: {', '.join(missing)}."


def _words(check: Check) -> str:
    if check.rule not in ("subject", "issuer") or "=" not in (check.wanted or ""):
        return WORDS[check.rule]
    # A name of several parts: say which of them is not there, as samples compare CN and O one by one.
    missing = name_parts(check.wanted or "") - name_parts(check.saw or "")
    parts = ", ".join(f"{kind}={value}" for kind, value in sorted(missing))
    return f"{WORDS[check.rule]} (not there: {parts})" if parts else WORDS[check.rule]
