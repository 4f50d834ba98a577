"""Answers the questions of the tree from the evidence; each answer is one of the words in the tree, or None."""

from collections.abc import Callable, Mapping, Set
from types import MappingProxyType

from probes.diagnosis import predicates_asking as asking
from probes.diagnosis import predicates_header as header
from probes.diagnosis import predicates_path as path
from probes.diagnosis import predicates_size as size
from probes.diagnosis.facts import Facts, asked, passed, request
from probes.diagnosis.predicates import FAULTS, faults, healthy
from probes.diagnosis.predicates_app import header_parsed_as_pem
from probes.diagnosis.predicates_certificate import cannot_matter, without_effect
from probes.diagnosis.predicates_claims import app_reads_wrong_header, header_forgeable
from probes.diagnosis.predicates_expect import expect_blocked
from probes.diagnosis.predicates_refusals import app_body_limit
from probes.diagnosis.predicates_tls import (
    certificate_required_alert,
    cipher_refused,
    tls_version_refused,
    unsafe_legacy_renegotiation,
)
from probes.diagnosis.predicates_trust import GATE, server_fault
from probes.diagnosis.questions_azure import ASK_AZURE
from probes.diagnosis.result import Known, Result

Reply = Known[str]


def _said(known: Known[bool], yes: str, no: str) -> Reply:
    if known.value is None:
        return Known(evidence=known.evidence)
    return Known(value=yes if known.value else no, evidence=known.evidence)


def _of(result: Result, yes: str, no: str) -> Reply:
    return Known(value={"holds": yes, "refuted": no}.get(result.state), evidence=result.evidence)


def _who_answers(facts: Facts) -> Reply:
    proxy = path.tls_inspection_proxy(facts)
    if proxy.holds:
        return Known(value="a proxy that opens TLS", evidence=proxy.evidence)
    words = dict(
        zip(
            GATE,
            ("a server of another name", "a server nobody here trusts", "a server outside its dates"),
            strict=True,
        )
    )
    verified: tuple[str, ...] = ()
    for slug in GATE:
        result = server_fault(facts, slug)
        if result.holds:
            return Known(value="told to go on" if facts.case.run.insecure else words[slug], evidence=result.evidence)
        verified = result.evidence
    sure = bool(verified) and proxy.state != "unknown"
    return Known(value="it is" if sure else None, evidence=verified)


def _way(facts: Facts) -> Reply:
    plain = header.plain_http_request(facts)
    if plain.holds:
        return Known(value="http", evidence=plain.evidence)
    redirected = path.http_redirected(facts)
    if redirected.holds:
        return Known(value="http, sent on to https", evidence=redirected.evidence)
    return Known(value="https" if facts.scope.https else None, evidence=plain.evidence)


def _key(facts: Facts) -> Reply:
    if facts.case.credential.kind == "none":
        return Known(value="no certificate given", evidence=("credential:kind",))
    return _of(header.certificate_without_key(facts), "it does not", "it does")


def _prompted(facts: Facts) -> Reply:
    result = asking.interactive_mode_not_prompted(facts)
    return _of(result, "it did not", "it does not matter")


def _tls13(facts: Facts) -> Reply:
    reply = _of(header.renegotiation_impossible_tls13(facts), "it does not", "it does")
    own = [seen for seen in facts.where("own-get") if seen.tls and seen.tls.version]
    if reply.value == "it does" and not any(seen.tls and seen.tls.version == "TLSv1.3" for seen in own):
        return Known(value="it is not spoken", evidence=reply.evidence)
    return reply


def _reached(facts: Facts) -> Reply:
    return _said(size.get_refused(facts), "it is refused", "it does")


def _given(facts: Facts) -> Reply:
    if not facts.scope.https:
        return Known()
    none = facts.case.credential.kind == "none"
    return Known(value="none was given" if none else "one was given", evidence=("credential:kind",))


def _throwaway(facts: Facts) -> Reply:
    ended = facts.ended("throwaway")
    words = {"passes": "it passes", "refused": "it is refused"}
    named = header.certificate_missing(facts)
    if named.holds and ended.value != "passes":
        return Known(value="the answer says none was sent", evidence=named.evidence)
    if ended.value == "passes" and not named.holds:
        # The user's own request ended before any certificate was asked for, so the two are not comparable.
        return Known(evidence=ended.evidence[:1])
    return Known(value=words.get(ended.value or ""), evidence=ended.evidence[:1])


def _sent(facts: Facts) -> Reply:
    nothing = header.client_sent_no_certificate(facts)
    if nothing.holds:
        return Known(value="nothing", evidence=nothing.evidence)
    own = [seen for seen in facts.where("own-get") if passed(seen) and asked(seen) is not None]
    evidence = tuple(request(seen) for seen in own[:2])
    if not own:
        return Known()
    return Known(value="it was not asked" if asked(own[0]) == "none" else "a certificate", evidence=evidence)


def _when(facts: Facts) -> Reply:
    when = facts.when_asked
    words = {"handshake": "in the handshake", "none": "never"}
    value = None if when.value is None else words.get(when.value, "after the request")
    return Known(value=value, evidence=when.evidence)


def _client(facts: Facts) -> Reply:
    waits = size.client_waits(facts)
    if waits.value is False and size.client_large_passes(facts):
        return Known(value="its body gets through", evidence=facts.ended("client-large").evidence[:1])
    return _said(waits, "it waits", "it does not wait")


def _header_only(facts: Facts) -> Reply:
    if facts.client is not None and not facts.client.expect_on_request:
        return Known()
    return _said(size.header_only_refused(facts), "not enough", "enough")


def _settings(facts: Facts) -> Reply:
    known = facts.settings_late
    if known.value is False and not size.legacy_settings(facts):
        return Known(value="not at all", evidence=known.evidence)
    return _said(known, "after the request", "in the handshake")


def _expected(facts: Facts) -> Reply:
    return _of(healthy(facts, faults(facts)), "everything did", "not everything")


# In the order of the findings' ranks: of several that hold, the first is the answer.
_HOST = {
    "the Functions host, without a key": "functions-key-missing",
    "IIS, by a rule in web.config": "web-config-ip-security",
}
_CERTIFICATE = {
    "it has run out": "certificate-expired",
    "it is not valid yet": "certificate-not-yet-valid",
    "it is not made for clients": "certificate-wrong-eku",
    "it is too weak": "weak-certificate",
}
_VALUE = {"as hexadecimal digits": "header-parsed-as-hex", "damaged": "header-damaged"}
_ACCEPTED = {
    "it misses the issuer": "chain-incomplete",
    "it wants no self-signed one": "self-signed-refused",
    "it does not": "app-rejects-certificate",
}
_OWN_WAYS = {
    "it waits, but only above its own threshold": "curl-below-threshold",
    "it gets through on a connection used before": "reused-connection-hides-it",
}


def _first(facts: Facts, answers: Mapping[str, str], otherwise: str) -> Reply:
    """Return the answer whose finding holds; ``otherwise`` when all are refuted."""
    results = {answer: FAULTS[slug](facts) for answer, slug in answers.items()}
    for answer, result in results.items():
        if result.holds:
            return Known(value=answer, evidence=result.evidence)
    evidence = next((result.evidence for result in results.values() if result.evidence), ())
    sure = all(result.state == "refuted" for result in results.values())
    return Known(value=otherwise if sure else None, evidence=evidence[:2])


def _certificate(facts: Facts, beside: Set[str]) -> Reply:
    return _first(facts, {answer: slug for answer, slug in _CERTIFICATE.items() if slug not in beside}, "nothing")


ASK: Mapping[str, Callable[[Facts], Reply]] = MappingProxyType(
    {
        "reachable": lambda facts: _of(path.network_unreachable(facts), "nobody does", "somebody does"),
        "who-answers": _who_answers,
        "own-version": lambda facts: _of(tls_version_refused(facts), "it is refused", "it is spoken"),
        "own-suites": lambda facts: _of(cipher_refused(facts), "none is accepted", "one is accepted"),
        "safe": lambda facts: _of(unsafe_legacy_renegotiation(facts), "it does not", "it does"),
        "client-renegotiates": lambda facts: _of(
            asking.renegotiation_refused_by_client(facts), "it refuses", "it answers"
        ),
        "tls-itself": lambda facts: _of(certificate_required_alert(facts), "TLS refuses it", "TLS goes through"),
        "ca-list": lambda facts: _of(asking.issuer_not_acceptable(facts), "it is under none", "it may be sent"),
        "prompted": _prompted,
        "http2": lambda facts: _of(asking.renegotiation_impossible_http2(facts), "it does not", "it does"),
        "app-sees": lambda facts: _of(app_reads_wrong_header(facts), "it says that there is none", "it sees it"),
        "forgery": lambda facts: _of(header_forgeable(facts), "it reaches the app", "it is stopped"),
        "way": _way,
        "key": _key,
        "switch": lambda facts: _of(header.client_certs_disabled(facts), "it does not", "it does"),
        "path": lambda facts: _of(header.path_excluded(facts), "exempt", "not exempt"),
        "tls13": _tls13,
        "reached": _reached,
        "given": _given,
        "throwaway": _throwaway,
        "sent": _sent,
        "small": lambda facts: _said(size.small_passes(facts), "it does", "it is refused"),
        "large": lambda facts: _said(size.large_refused(facts), "it is refused", "it does"),
        "when": _when,
        "through": lambda facts: _said(size.lets_through(facts), "it helps", "nothing helps"),
        "client": _client,
        "header-only": _header_only,
        "settings": _settings,
        "echo": lambda facts: _of(header_parsed_as_pem(facts), "it expects PEM", "it can"),
        "host": lambda facts: _first(facts, _HOST, "the app's own code"),
        "certificate": lambda facts: _certificate(facts, without_effect(facts)),
        "unjudged": lambda facts: _certificate(facts, cannot_matter(facts)),
        "value": lambda facts: _first(facts, _VALUE, "as it was sent"),
        "accepted": lambda facts: _first(facts, _ACCEPTED, "it does"),
        "app-limit": lambda facts: _of(app_body_limit(facts), "it is", "it is not"),
        "interim": lambda facts: _of(expect_blocked(facts), "nobody does", "somebody does"),
        "own-ways": lambda facts: _first(facts, _OWN_WAYS, "neither"),
        "expected": _expected,
        **ASK_AZURE,
    }
)
"""What the evidence answers to each question of the tree, by the question's name."""
