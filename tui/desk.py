"""What the user laid on the desk: a pasted header, the rules of the app, a path to try, marks and a filter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from probes.model import Case, Check, CredentialFacts, ForwardedCertificate, Observation
from probes.printable import printable
from tui.later import Later

if TYPE_CHECKING:
    from cryptography import x509

    from probes import certificate, forwarded
    from probes.forwarded import fields
else:
    certificate, forwarded = Later("probes.certificate"), Later("probes.forwarded")
    fields = Later("probes.forwarded.fields")


@dataclass
class Desk:
    """The user's own things beside the case; they outlive a run.

    ``sent`` is the client certificate and what goes with it, leaf first. ``pasted`` is a header that was decoded,
    ``cas`` are what the app is said to trust, ``cas_from`` the file they came from. ``tried`` is the path of the path
    tester, ``marked`` the ids of the probes to be compared, ``wanted`` the text that rows are filtered by,
    ``audience`` whom reports are written for at first.
    """

    sent: tuple[x509.Certificate, ...] = ()
    pasted: forwarded.Decoded | None = None
    cas: tuple[x509.Certificate, ...] = ()
    cas_from: str | None = None
    tried: str | None = None
    marked: tuple[str, ...] = ()
    wanted: str = ""
    audience: str = "customer"

    @cached_property
    def expected(self) -> forwarded.Expected:
        """What the app expects of a certificate; nothing at first."""
        return forwarded.Expected()


def take(desk: Desk, pasted: str, credential: CredentialFacts) -> str | None:
    """Decode a pasted header, header dump or answer onto the desk; returns why not where nothing was found."""
    found = forwarded.find(pasted.encode("utf-8", "replace"))
    if found is None:
        return "no certificate header and no certificate is in what was pasted"
    decoded = forwarded.decode_whole(found.value, found.header, desk.sent[0] if desk.sent else None)
    if decoded.facts.matches_sent is None:
        facts = msgspec.structs.replace(decoded.facts, matches_sent=_matches(decoded.facts, credential))
        decoded = forwarded.Decoded(facts, decoded.certificate, decoded.further)
    desk.pasted = decoded
    return None


def _matches(facts: ForwardedCertificate, credential: CredentialFacts) -> bool | None:
    if facts.thumbprint_sha256 and credential.thumbprint_sha256:
        return facts.thumbprint_sha256 == credential.thumbprint_sha256
    if facts.thumbprint_sha1 and credential.thumbprint_sha1:
        return facts.thumbprint_sha1 == credential.thumbprint_sha1
    return None


def echoed(observations: Sequence[Observation]) -> Observation | None:
    """Return the latest observation in which a debug endpoint answered, one with a certificate before others."""
    seen = [made for made in observations if made.echo is not None]
    with_one = [made for made in seen if made.echo and made.echo.certificate]
    own = [made for made in with_one if made.probe.identity == "given"]
    return next((found[-1] for found in (own, with_one, seen) if found), None)


def received(desk: Desk, case: Case) -> tuple[forwarded.Decoded | None, Observation | None]:
    """Return what the app received, and the observation that says so; what was pasted comes first."""
    if desk.pasted is not None:
        return desk.pasted, None
    made = echoed(case.observations)
    if made is None or made.echo is None or made.echo.certificate is None:
        return None, made
    facts = made.echo.certificate
    wanted = (facts.header or "").lower()
    value = next((value for name, value in made.echo.headers.items() if name.lower() == wanted), None)
    whole = forwarded.decode_whole(value, facts.header) if value else forwarded.Decoded(facts)
    # The observation's own facts stand: they know what was sent on that connection.
    return forwarded.Decoded(facts, whole.certificate, whole.further), made


def sent_facts(desk: Desk, credential: CredentialFacts) -> ForwardedCertificate | None:
    """Return what is known of the certificate that was given, in the fields of one that was received."""
    if desk.sent:
        return fields.read_fields(certificate.der_of(desk.sent[0]), desk.sent[0], whole=True)
    if credential.kind == "none":
        return None
    names = ("subject", "issuer", "thumbprint_sha1", "thumbprint_sha256", "not_before", "not_after", "key")
    known = {name: getattr(credential, name) for name in names}
    return ForwardedCertificate(**known, eku=credential.eku or None)


def rules(desk: Desk, decoded: forwarded.Decoded) -> tuple[Check, ...]:
    """Return what an app's validator would say of a certificate, rule by rule."""
    if not fields.readable(decoded.facts):
        return ()
    return forwarded.chain_and_rules(decoded, expected=desk.expected, cas=desk.cas)


def expect(desk: Desk, rule: str, typed: str) -> str | None:
    """Set one of the app's rules, ``thumbprint``, ``subject`` or ``issuer``; returns what is wrong with ``typed``."""
    value = printable(typed.strip(), limit=2048) or None
    if rule == "thumbprint" and value is not None:
        plain = re.sub(r"[^0-9A-Fa-f]", "", value)
        if len(plain) not in (40, 64):
            return "a thumbprint has 40 (SHA-1) or 64 (SHA-256) hex digits"
    desk.expected = msgspec.structs.replace(desk.expected, **{rule: value})
    return None
