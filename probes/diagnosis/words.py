"""What an app says when it refuses: which of its answers count, and which rule its words name."""

import re
from collections.abc import Sequence
from types import MappingProxyType

from probes.diagnosis.facts import Facts
from probes.diagnosis.scope import mine
from probes.model import Observation

WEB_CONFIG = "you do not have permission to view this directory or page"
"""IIS's whole answer to an address that ``ipSecurity`` denies, in lower case (Microsoft Learn archive, IP
restrictions for Azure web apps)."""
BLOCKED = "has blocked your access"
STOPPED = "this web app is stopped"
"""What the front end's pages say in place of a site that is not open, in lower case (projectkudu/kudu issue 2945;
Microsoft Learn archive, Error 403 - stopped)."""
REFUSING = frozenset({401, 403, 500})
"""Statuses with which apps answer a certificate that they do not accept."""

# Chain and revocation words are those of .NET's X509ChainStatusFlags, of OpenSSL's X509_verify_cert_error_string, of
# Node.js and of Java's PKIX validator; the others are what people write themselves. The first that fits is the rule.
RULES = MappingProxyType(
    {
        "revocation": re.compile(r"revocation|revoked|\bOCSP\b|\bCRL\b", re.IGNORECASE),
        "thumbprint": re.compile(r"thumb ?print|finger ?print", re.IGNORECASE),
        "purpose": re.compile(r"key usage|\bEKU\b|NotValidForUsage|purpose|clientAuth", re.IGNORECASE),
        "strength": re.compile(r"key (?:is )?too (?:small|short|weak)|md too weak|strength|SHA-?1\b", re.IGNORECASE),
        "dates": re.compile(r"expired|not yet valid|NotTimeValid|validity|\bdates?\b", re.IGNORECASE),
        "chain": re.compile(
            r"PartialChain|UntrustedRoot|self[- ]signed|\bchain\b|issuer certificate|certification path|trusted root|"
            r"unknown authority|verify the first certificate",
            re.IGNORECASE,
        ),
        "issuer": re.compile(r"issuer|issued by", re.IGNORECASE),
        "subject": re.compile(r"subject|common name|\bCN\b", re.IGNORECASE),
    }
)
"""What each rule is called in an app's answer, by the names of ``decode``'s checks where it has one."""
_CERTIFICATE = re.compile(
    r"certificate|\bcert\b|x\.?509|thumb ?print|PartialChain|UntrustedRoot|RevocationStatus|OfflineRevocation",
    re.IGNORECASE,
)
INCOMPLETE = re.compile(
    r"PartialChain|unable to get (?:local )?issuer|chain could not be built|certification path|"
    r"unable to verify the first certificate|UNABLE_TO_(?:GET_ISSUER|VERIFY_LEAF)",
    re.IGNORECASE,
)
"""What chain builders say when an issuer is not there."""
SELF_SIGNED = re.compile(r"UntrustedRoot|self[- ]signed|SELF_SIGNED", re.IGNORECASE)
"""What they say of a certificate that is its own issuer."""


PARSERS = re.compile(
    r"\bPEM\b|no start line|BEGIN CERTIFICATE|MalformedFraming|hexadecimal|fromhex|base ?64|\bpadding\b|\bASN\.?1\b",
    re.IGNORECASE,
)
"""What parsers say of a header that they cannot read."""


def text_of(seen: Observation) -> str:
    """Return the beginning of the last answer's body, empty when there was none."""
    return seen.exchanges[-1].body_excerpt if seen.exchanges else ""


def header_of(seen: Observation, name: str) -> str | None:
    """Return a header of the last answer; ``name`` in lower case."""
    return dict(seen.exchanges[-1].headers).get(name) if seen.exchanges else None


def shut(seen: Observation) -> bool:
    """Whether the front end let nobody in, or not this address: the site is stopped, closed or restricted."""
    text = text_of(seen).lower()
    named = header_of(seen, "x-ms-forbidden-ip") is not None
    return named or (seen.status == 403 and (BLOCKED in text or STOPPED in text))


def is_web_config_page(seen: Observation) -> bool:
    """Whether IIS answered in the app's place with its sentence about a directory or page."""
    return seen.status == 403 and WEB_CONFIG in text_of(seen).lower()


def refused_by_app(facts: Facts) -> list[Observation]:
    """Return the user's own GETs that the app's own code answered with a refusal.

    An app that asks for another way to sign in says so (``WWW-Authenticate``, RFC 9110 section 11.6.1): that is not
    about the certificate.
    """
    there = [seen for seen in facts.where("own-get") if seen.status in REFUSING and seen.judged.by == "app"]
    return [seen for seen in there if not is_web_config_page(seen) and header_of(seen, "www-authenticate") is None]


def speaks_of_certificate(text: str) -> bool:
    """Whether an answer is about a certificate."""
    return _CERTIFICATE.search(text) is not None


def rule_in(text: str) -> str | None:
    """Return the rule that an answer names, one of ``RULES``; None when it names none."""
    return next((rule for rule, words in RULES.items() if words.search(text)), None)


def said(facts: Facts) -> Sequence[tuple[str, str]]:
    """Return what the app says about the certificate: (evidence, text) from its refusals and its debug endpoint."""
    lines = [(f"obs:{seen.id}#exchanges.body_excerpt", text_of(seen)) for seen in refused_by_app(facts)]
    echoes = [seen for seen in facts.seen if seen.echo and seen.echo.parse_error and mine(facts.scope, seen.probe)]
    lines += [(f"obs:{seen.id}#echo.parse_error", seen.echo.parse_error or "") for seen in echoes if seen.echo]
    return [(evidence, text) for evidence, text in lines if speaks_of_certificate(text)]
