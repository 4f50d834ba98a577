"""Predicates about a request for the certificate that the user's client cannot or does not answer."""

from probes.diagnosis.facts import Facts, asked, late, request
from probes.diagnosis.result import Known, Result, holds, refuted, unknown
from probes.diagnosis.scope import mine
from probes.model import Observation

_KEPT = 200
"""So many names of a server's list are noted; where there may be more, what is not among them proves nothing."""


def renegotiation_refused_by_client(facts: Facts) -> Result:
    """Hold when the server demands a renegotiation and the user's client answers with no_renegotiation.

    HelloRequest in, the warning no_renegotiation out (RFC 5246 sections 7.4.1.1 and 7.2.2).
    """
    if facts.client is None:
        return unknown()
    sent = [*facts.where("client-get"), *facts.where("client-small")]
    refused = [seen for seen in sent if seen.tls and seen.tls.renegotiation == "refused"]
    if refused and not facts.client.renegotiates:
        alerts = tuple(f"obs:{seen.id}#tls.alerts" for seen in refused[:1])
        return holds(*(f"obs:{seen.id}#tls.renegotiation" for seen in refused[:2]), *alerts)
    if facts.client.renegotiates or sent:
        return refuted(*(f"obs:{seen.id}#tls.renegotiation" for seen in sent[:2]))
    return unknown()


def renegotiation_impossible_http2(facts: Facts) -> Result:
    """Hold when the user's request over HTTP/2 is never asked, and over HTTP/1.1 on the same TLS version it is.

    HTTP/2 allows neither renegotiation nor post-handshake authentication (RFC 9113 sections 9.2.1 and 9.2.3).
    """
    own = [seen for seen in facts.where("own-get") if seen.tls and seen.tls.version]
    over_h2 = [seen for seen in own if seen.tls and seen.tls.alpn == "h2"]
    if own and (not over_h2 or any(asked(seen) not in (None, "none") for seen in over_h2)):
        return refuted(*(f"obs:{seen.id}#tls.alpn" for seen in own[:2]))
    if not facts.scope.https or (over_h2 and all(_goes_back(facts, seen) for seen in over_h2)):
        return refuted(*(f"obs:{seen.id}#error" for seen in over_h2[:1]))
    stuck = [seen for seen in over_h2 if _never_asked(facts, seen)]
    versions = {seen.tls.version for seen in stuck if seen.tls}
    over_h1 = [seen for seen in facts.where("here") if seen.tls and seen.tls.alpn in (None, "", "http/1.1")]
    same = [seen for seen in over_h1 if seen.tls and seen.tls.version in versions]
    asked_late = [request(seen) for seen in same if late(seen)]
    if stuck and asked_late:
        return holds(*(request(seen) for seen in stuck[:2]), *asked_late[:2])
    early = [request(seen) for seen in same if asked(seen) in ("handshake", "none")]
    return refuted(*early[:2]) if early else unknown()


def _demands_http11(seen: Observation) -> bool:
    return seen.outcome == "stream-reset" and seen.error is not None and seen.error.kind == "HTTP_1_1_REQUIRED"


def _goes_back(facts: Facts, seen: Observation) -> bool:
    return _demands_http11(seen) and facts.client is not None and facts.client.retries_http11


def _never_asked(facts: Facts, seen: Observation) -> bool:
    if seen.outcome == "response":
        return asked(seen) == "none"
    return _demands_http11(seen) or (facts.one(seen) == "broken" and asked(seen) in (None, "none"))


def unlisted(facts: Facts) -> Known[bool]:
    """Whether the server lists authorities to the user's requests and the user's certificate is under none of them.

    The list names the authorities that the server accepts (RFC 5246 section 7.4.4, RFC 8446 section 4.2.4).
    """
    lists = [
        (f"obs:{seen.id}#tls.certificate_requests", set(one.issuers))
        for seen in facts.seen
        if mine(facts.scope, seen.probe) and seen.tls
        for one in seen.tls.certificate_requests
    ]
    named = [(evidence, names) for evidence, names in lists if names]
    if not named:
        return Known(value=False if lists else None, evidence=tuple(evidence for evidence, _ in lists[:2]))
    ours = set(facts.case.credential.issuers)
    evidence = tuple(dict.fromkeys(evidence for evidence, _ in named))[:2]
    if any(names & ours for _, names in named):
        return Known(value=False, evidence=evidence)
    cut = any(len(names) >= _KEPT for _, names in named)
    return Known(value=None if cut or not ours else True, evidence=evidence)


def issuer_not_acceptable(facts: Facts) -> Result:
    """Hold when the user's certificate is under none of the listed authorities, and the user's client obeys the list.

    OpenSSL, and so our own request, sends the certificate all the same: it follows from the list.
    """
    if facts.scope.identity != "given" or (facts.client is not None and not facts.client.obeys_ca_list):
        return refuted("credential:kind")
    out = unlisted(facts)
    if out.value is False:
        return refuted(*out.evidence)
    if facts.client is None or out.value is None:
        return unknown(*out.evidence)
    return holds(*out.evidence, "credential:issuers", strength="settings")


def interactive_mode_not_prompted(facts: Facts) -> Result:
    """Hold when the mode is OptionalInteractiveUser, it asks after the request, and the user's browser asks nobody.

    In that mode clients are not prompted by default (Microsoft Learn, Configure TLS mutual authentication,
    2025-05-09). No probe can see a browser's prompt, so the user says whether there was one.
    """
    mode = facts.case.configuration.client_cert_mode
    other = facts.client is not None and facts.client.name != "browser"
    answer = facts.answer("prompted")
    if other or mode not in (None, "OptionalInteractiveUser") or answer in ("it did", "it does not matter"):
        return refuted("config:client_cert_mode")
    there = [*facts.where("client-get"), *facts.where("own-get")]
    asked_late = [request(seen) for seen in there if late(seen)]
    if not asked_late and any(asked(seen) in ("handshake", "none") for seen in there):
        return refuted(*(request(seen) for seen in there[:2]))
    if facts.client is None or mode is None or not asked_late or answer != "it did not":
        return unknown(*asked_late[:2])
    return holds("config:client_cert_mode", *asked_late[:2], "answer:prompted", strength="settings")
