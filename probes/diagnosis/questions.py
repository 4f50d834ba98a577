"""Answers the questions of the tree from the evidence; each answer is one of the words in the tree, or None."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from probes.diagnosis import predicates_header as header
from probes.diagnosis import predicates_size as size
from probes.diagnosis.facts import Facts, asked, passed, request
from probes.diagnosis.predicates import faults, healthy
from probes.diagnosis.predicates_app import header_parsed_as_pem
from probes.diagnosis.predicates_trust import GATE, server_fault
from probes.diagnosis.result import Known, Result

Reply = Known[str]


def _said(known: Known[bool], yes: str, no: str) -> Reply:
    if known.value is None:
        return Known(evidence=known.evidence)
    return Known(value=yes if known.value else no, evidence=known.evidence)


def _of(result: Result, yes: str, no: str) -> Reply:
    return Known(value={"holds": yes, "refuted": no}.get(result.state), evidence=result.evidence)


def _who_answers(facts: Facts) -> Reply:
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
    return Known(value="it is" if verified else None, evidence=verified)


def _way(facts: Facts) -> Reply:
    plain = header.plain_http_request(facts)
    if plain.holds:
        return Known(value="http", evidence=plain.evidence)
    return Known(value="https" if facts.scope.https else None, evidence=plain.evidence)


def _key(facts: Facts) -> Reply:
    if facts.case.credential.kind == "none":
        return Known(value="no certificate given", evidence=("credential:kind",))
    return _of(header.certificate_without_key(facts), "it does not", "it does")


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


def _settings(facts: Facts) -> Reply:
    known = facts.settings_late
    if known.value is False and not size.legacy_settings(facts):
        return Known(value="not at all", evidence=known.evidence)
    return _said(known, "after the request", "in the handshake")


def _expected(facts: Facts) -> Reply:
    return _of(healthy(facts, faults(facts)), "everything did", "not everything")


ASK: Mapping[str, Callable[[Facts], Reply]] = MappingProxyType(
    {
        "who-answers": _who_answers,
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
        "header-only": lambda facts: _said(size.header_only_refused(facts), "not enough", "enough"),
        "settings": _settings,
        "echo": lambda facts: _of(header_parsed_as_pem(facts), "it expects PEM", "it can"),
        "expected": _expected,
    }
)
"""What the evidence answers to each question of the tree, by the question's name."""
