"""Predicates about handshakes that the server refuses: its version, its cipher suites, its client certificate."""

from probes.diagnosis.facts import Facts
from probes.diagnosis.result import Result, holds, refuted, unknown
from probes.model import Observation

# What a TLS server says when it insists on a client certificate, or does not accept the one that came: RFC 5246
# section 7.2.2 (40 handshake_failure, 42 to 46, 48, 49) and RFC 8446 section 6.2 (116 certificate_required).
_CERTIFICATE_ALERTS = frozenset(
    {
        "handshake_failure",
        "bad_certificate",
        "unsupported_certificate",
        "certificate_revoked",
        "certificate_expired",
        "certificate_unknown",
        "unknown_ca",
        "access_denied",
        "certificate_required",
    }
)
_SUITE_ALERTS = frozenset({"handshake_failure", "insufficient_security"})
_ORDER = ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")
_NAMES = {"1.0": "TLSv1", "1.1": "TLSv1.1", "1.2": "TLSv1.2", "1.3": "TLSv1.3"}


def _users(facts: Facts) -> list[Observation]:
    """Return the requests that speak TLS just as the user's client does."""
    return [*facts.where("own-get"), *facts.where("client-get")]


def refused_at_hello(seen: Observation) -> bool:
    """Whether a ClientHello left and no ServerHello came; what this machine's library refuses is nobody's refusal."""
    tls = seen.tls
    if tls is None or tls.version is not None or tls.client_hello_bytes is None or tls.verification is not None:
        return False
    if tls.secure_renegotiation is False:
        return False  # its hello came, and we went
    return seen.outcome in ("tls-failure", "closed", "reset") and not seen.exchanges


def _received(seen: Observation) -> set[str]:
    alerts = seen.tls.alerts if seen.tls else ()
    return {alert.name for alert in alerts if alert.direction == "received" and alert.level == "fatal"}


def _spoken(facts: Facts) -> list[Observation]:
    """Return what was seen of connections to the target on which the server spoke TLS with us."""
    return [seen for seen in facts.seen if seen.probe.origin == facts.scope.origin and seen.tls and seen.tls.version]


def _version(seen: Observation) -> str:
    return seen.tls.version or "" if seen.tls else ""


def tls_version_refused(facts: Facts) -> Result:
    """Hold when the highest version that the user's client speaks is refused, and a higher one works.

    A server that speaks none of the client's versions answers protocol_version (RFC 8446 section 4.2.1), or closes.
    """
    limited = [seen for seen in _users(facts) if seen.probe.tls not in ("free", "1.3")]
    spoken = _spoken(facts)
    unsure = []
    for seen in limited:
        mine = _NAMES[seen.probe.tls]
        same = [other for other in spoken if _version(other) == mine]
        above = [other for other in spoken if _version(other) in _ORDER[_ORDER.index(mine) + 1 :]]
        said = _received(seen)
        if not refused_at_hello(seen) or same or said - {"protocol_version", "handshake_failure"}:
            continue
        if above:
            where = "tls.alerts" if said else "outcome"
            strength = "wire" if "protocol_version" in said else "settings"
            proof = (f"obs:{seen.id}#{where}", f"obs:{above[0].id}#tls.version")
            return holds(*proof, strength=strength)  # type: ignore[arg-type]
        unsure.append(f"obs:{seen.id}#outcome")
    if unsure or not _users(facts):
        return unknown(*unsure[:2])
    return refuted(*(f"obs:{seen.id}#tls.version" for seen in limited[:2]))


def cipher_refused(facts: Facts) -> Result:
    """Hold when the server accepts none of the suites that the user's client offers, and others on that version.

    handshake_failure says that no acceptable set of parameters was found (RFC 5246 section 7.2.2).
    """
    chosen = [seen for seen in _users(facts) if seen.probe.ciphers is not None]
    unsure = []
    for seen in chosen:
        said = _received(seen)
        if not refused_at_hello(seen) or (said and not said <= _SUITE_ALERTS):
            continue
        wanted = _NAMES.get(seen.probe.tls)
        others = [one for one in _spoken(facts) if one.probe.ciphers is None and wanted in (None, _version(one))]
        if others:
            strength = "wire" if said else "settings"
            where = "tls.alerts" if said else "outcome"
            proof = (f"obs:{seen.id}#{where}", f"obs:{others[0].id}#tls.cipher")
            return holds(*proof, strength=strength)  # type: ignore[arg-type]
        unsure.append(f"obs:{seen.id}#outcome")
    if unsure or not _users(facts):
        return unknown(*unsure[:2])
    return refuted(*(f"obs:{seen.id}#tls.cipher" for seen in chosen[:2]))


def unsafe_legacy_renegotiation(facts: Facts) -> Result:
    """Hold when the user's request ends because the server's hello lacks RFC 5746's extension.

    OpenSSL 3 refuses such a server before anything can be renegotiated (ossl-guide-migration(7)), and no server says
    more about it than its ServerHello (RFC 5746 section 3.4).
    """
    users = _users(facts)
    ended = [seen for seen in users if seen.tls and seen.outcome == "tls-failure" and not _received(seen)]
    refused = [seen for seen in ended if seen.tls and seen.tls.secure_renegotiation is False]
    if refused:
        return holds(*(f"obs:{seen.id}#tls.secure_renegotiation" for seen in refused[:2]))
    done = [seen for seen in users if seen.outcome == "response"]
    return refuted(*(f"obs:{seen.id}#outcome" for seen in done[:2])) if done or not facts.scope.https else unknown()


def certificate_required_alert(facts: Facts) -> Result:
    """Hold when TLS itself refuses the user's request for its certificate, or for want of one.

    App Service's front end completes the handshake and answers in HTTP (reported in MicrosoftDocs/azure-docs issue
    32672), so it is not the front end that speaks there.
    """
    own = facts.where("own-get")
    asked = [seen for seen in own if seen.tls and seen.tls.certificate_requests]
    refusing = [seen for seen in asked if seen.outcome == "tls-failure" and _received(seen) & _CERTIFICATE_ALERTS]
    if refusing:
        return holds(*(f"obs:{seen.id}#tls.alerts" for seen in refusing[:2]))
    done = [seen for seen in own if seen.outcome == "response"]
    return refuted(*(f"obs:{seen.id}#outcome" for seen in done[:2])) if done or not facts.scope.https else unknown()
