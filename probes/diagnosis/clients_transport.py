"""What the handshake and the way to the site mean for one client, before any request of it is looked at."""

from probes.diagnosis.facts import Facts, asked
from probes.diagnosis.predicates_asking import renegotiation_impossible_http2, unlisted
from probes.diagnosis.predicates_tls import refused_at_hello, unsafe_legacy_renegotiation
from probes.model import ClientVerdict
from probes.model.persona import Persona


def transport(facts: Facts, persona: Persona) -> ClientVerdict | None:
    """Return why this client does not get a certificate through at all; None when nothing says so."""
    if unsafe_legacy_renegotiation(facts).holds:
        return _unsafe(persona)
    for rule in (_version, _renegotiation, _authorities, _http2):
        found = rule(facts, persona)
        if found is not None:
            slug, because = found
            return ClientVerdict(name=persona.name, result="fails-at-any-size", because=because, finding=slug)
    return None


def _unsafe(persona: Persona) -> ClientVerdict:
    slug = "unsafe-legacy-renegotiation"
    if persona.needs_rfc5746:
        because = "with OpenSSL 3 under it, it does not connect to a server without secure renegotiation"
        return ClientVerdict(name=persona.name, result="fails-at-any-size", because=because, finding=slug)
    because = "whether it connects to a server without secure renegotiation is not known"
    if persona.needs_rfc5746 is False:
        because = (
            "it connects to such a server, and refuses to be asked after the request; what comes then is not known"
        )
    return ClientVerdict(name=persona.name, result="unknown", because=because)


def _version(facts: Facts, persona: Persona) -> tuple[str, str] | None:
    on_12 = facts.where("here-12")
    spoken = [
        seen for seen in facts.seen if seen.probe.origin == facts.scope.origin and seen.tls and seen.tls.version
    ]
    if persona.tls != "1.2" or not spoken or not on_12 or not all(refused_at_hello(seen) for seen in on_12):
        return None
    return "tls-version-refused", "it rarely speaks more than TLS 1.2, which the site refuses"


def _renegotiation(facts: Facts, persona: Persona) -> tuple[str, str] | None:
    if persona.renegotiates or "renegotiation" not in {asked(seen) for seen in facts.where("own-get")}:
        return None
    return "renegotiation-refused-by-client", "it refuses to be asked after the request (TLS renegotiation)"


def _authorities(facts: Facts, persona: Persona) -> tuple[str, str] | None:
    if not persona.obeys_ca_list or unlisted(facts).value is not True:
        return None
    return "issuer-not-acceptable", "the server lists authorities, yours is under none, and it then sends none"


def _http2(facts: Facts, persona: Persona) -> tuple[str, str] | None:
    if persona.http == "1.1" or not renegotiation_impossible_http2(facts).holds:
        return None
    return "renegotiation-impossible-http2", "it speaks HTTP/2 by itself, on which it is never asked"
