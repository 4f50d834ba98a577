"""What the same observations mean for each client that is known, computed from its properties."""

from probes.diagnosis.clients_transport import transport
from probes.diagnosis.facts import Facts, Passing, asked, late
from probes.diagnosis.predicates import FAULTS
from probes.diagnosis.predicates_header import asked_after_handshake
from probes.diagnosis.predicates_size import header_only_refused, large_problem
from probes.diagnosis.result import Result
from probes.diagnosis.scope import is_large, is_small, mine, unasked
from probes.model import ClientVerdict, Observation
from probes.model.persona import Persona
from probes.personas import CLIENTS

# Findings that hit every client alike, with why; in the order in which they are to be fixed.
_ALL_ALIKE = {
    "http-redirected": "the request goes to http, where no client can send a certificate",
    "certificate-required-alert": "TLS itself refuses the certificate, whichever client shows it",
    "plain-http-request": "the request goes over http, where no client can send a certificate",
    "easy-auth-refused": "App Service Authentication asks every client for a login, before the app",
    "client-certs-disabled": "the site asks no client for a certificate",
    "path-excluded": "the site asks no client for a certificate on this path",
    "app-reads-wrong-header": "the app looks for the certificate in another header, whatever the client sends",
    "functions-key-missing": "the Functions host wants a key from every client",
    "web-config-ip-security": "IIS refuses the address, whatever the client",
    "app-rejects-certificate": "the app refuses the certificate, whichever client shows it",
}


def clients(facts: Facts, *, suspended: bool = False) -> tuple[ClientVerdict, ...]:
    """Return one line for each known client; all ``unknown`` while it is not the site that answers."""
    unreached = FAULTS["network-unreachable"](facts).holds
    if suspended or unreached:
        because = "no connection came about from here" if unreached else "it is not sure that the site answered"
        return tuple(ClientVerdict(name=name, result="unknown", because=because) for name in CLIENTS)
    problem = large_problem(facts)
    own = facts.client
    known = (own if own and own.name == one.name else one for one in CLIENTS.values())
    return tuple(_client(facts, persona, problem) for persona in known)


def _client(facts: Facts, persona: Persona, problem: Result) -> ClientVerdict:
    for rule in (_all_alike, _too_large, transport, _did_as_client, _protocol, _any_size):
        found = rule(facts, persona)
        if found is not None:
            return found
    return _size(facts, persona, problem)


def _all_alike(facts: Facts, persona: Persona) -> ClientVerdict | None:
    for slug, because in _ALL_ALIKE.items():
        if FAULTS[slug](facts).holds:
            return ClientVerdict(name=persona.name, result="fails-at-any-size", because=because, finding=slug)
    return None


def _too_large(facts: Facts, persona: Persona) -> ClientVerdict | None:
    slug = "app-body-limit"
    if not FAULTS[slug](facts).holds:
        return None
    return ClientVerdict(
        name=persona.name, result="fails", because="the app takes no body of that size", finding=slug
    )


def _own(facts: Facts) -> list[Observation]:
    return [seen for seen in facts.where("own-get") if seen.outcome == "response"]


def _did_as_client(facts: Facts, persona: Persona) -> ClientVerdict | None:
    """Judge by what was sent just as this client sends it, where that was done and ended at any size alike."""
    there = [
        seen
        for seen in facts.seen
        if seen.probe.persona == persona.name
        and seen.probe.origin == facts.scope.origin
        and seen.probe.identity == facts.scope.identity
    ]
    small = _ended(facts, [seen for seen in there if is_small(seen.probe) or not seen.probe.body_bytes])
    own = facts.ended("own-get").value
    if small in ("refused", "broken") and own == "passes":
        because = "sent as this client sends it, even a request without a large body did not get through"
        return ClientVerdict(name=persona.name, result="fails-at-any-size", because=because)
    fresh = [seen for seen in there if is_large(seen.probe) and not seen.probe.head_first]
    itself = [seen for seen in fresh if unasked(facts.scope, seen.probe)]
    whole = persona.expect_above is None or _up_to_there_passes(facts, persona)
    if _ended(facts, itself) == "passes" and small == "passes" and whole:
        because = "sent as this client sends it, small and large bodies got through"
        return ClientVerdict(name=persona.name, result="works", because=because)
    return None


def _up_to_there_passes(facts: Facts, persona: Persona) -> bool:
    """Whether a body that is as large as may be, and yet too small for the client's own Expect, gets through."""
    bare = [seen for seen in facts.seen if mine(facts.scope, seen.probe) and seen.probe.expect == "none"]
    passing = [seen.probe.body_bytes for seen in bare if not seen.probe.head_first and facts.one(seen) == "passes"]
    return persona.expect_above is not None and max(passing, default=-1) >= persona.expect_above


def _ended(facts: Facts, observations: list[Observation]) -> Passing | None:
    return facts.summary(observations).value


def _protocol(facts: Facts, persona: Persona) -> ClientVerdict | None:
    """Judge by HTTP/2, which the server may refuse to use for a certificate (RFC 9113 section 9.2.2)."""
    refused = [
        seen
        for seen in facts.seen
        if seen.probe.origin == facts.scope.origin and seen.probe.http == "2" and seen.outcome == "stream-reset"
    ]
    if persona.http == "1.1" or not refused:
        return None
    if persona.retries_http11:
        return None
    because = "it speaks HTTP/2 by itself, and does not go back to HTTP/1.1 when the server asks for that"
    return ClientVerdict(name=persona.name, result="fails-at-any-size", because=because)


def _any_size(facts: Facts, persona: Persona) -> ClientVerdict | None:
    """Judge by when the certificate is asked for, on the version that a client left to itself ends up with."""
    held = persona.tls == "1.2"
    own = [seen for seen in facts.where("here-12") if mine(facts.scope, seen.probe)] if held else _own(facts)
    by_pha = persona.offers_pha and bool(asked_after_handshake(facts))
    if FAULTS["renegotiation-impossible-tls13"](facts).holds and not (held or by_pha):
        because = "on TLS 1.3 it is never asked; held at TLS 1.2 it would be"
        finding = "renegotiation-impossible-tls13"
        return ClientVerdict(name=persona.name, result="fails-at-any-size", because=because, finding=finding)
    when = {asked(seen) for seen in own}
    if "renegotiation" in when and not persona.renegotiates:
        because = "it refuses to be asked after the request (TLS renegotiation)"
        finding = "renegotiation-refused-by-client"
        return ClientVerdict(name=persona.name, result="fails-at-any-size", because=because, finding=finding)
    if "post-handshake" in when and not persona.offers_pha:
        because = "on TLS 1.3 it does not offer to be asked after the handshake; held at TLS 1.2 it may work"
        return ClientVerdict(name=persona.name, result="fails-at-any-size", because=because)
    return None


def _size(facts: Facts, persona: Persona, problem: Result) -> ClientVerdict:
    if problem.holds:
        return _large(facts, persona)
    own = facts.ended("own-get").value
    if own != "passes":
        because = "no request of yours was seen to get through" if own else "no request of yours was seen to its end"
        return ClientVerdict(name=persona.name, result="unknown", because=because)
    if facts.ended("own-large").value == "passes":
        because = "small and large requests get through, and it does nothing that would change that"
        return ClientVerdict(name=persona.name, result="works", because=because)
    if facts.scope.identity == "none":
        because = "no certificate with its private key was given, so that nothing was proved for any client"
        return ClientVerdict(name=persona.name, result="unknown", because=because)
    if _own(facts) and all(asked(seen) == "handshake" for seen in _own(facts)) and not facts.where("own-large"):
        because = "the certificate is asked for in the handshake, before any body, and every client answers that"
        return ClientVerdict(name=persona.name, result="works", because=because)
    if any(late(seen) for seen in _own(facts)):
        because = "small requests get through; the site asks after the request, and no large body settled the rest"
        return ClientVerdict(name=persona.name, result="unknown", because=because)
    if facts.where("own-large"):
        because = "small requests get through, large ones do not, for a reason that is not known"
        return ClientVerdict(name=persona.name, result="unknown", because=because)
    because = "requests without a large body get through; large ones were not tried"
    return ClientVerdict(name=persona.name, result="unknown", because=because)


def _large(facts: Facts, persona: Persona) -> ClientVerdict:
    slug = _site_finding(facts)
    name = persona.name
    head = facts.ended("large-head-first").value in ("passes", "mixed") and persona.reuses_after_head
    way_out = "; a HEAD request first on the same connection gets it through" if head else ""
    if not persona.waits:
        worse = persona.expect_on_request and header_only_refused(facts).value
        because = "it does not wait for 100 Continue" if persona.expect_on_request else "it cannot send Expect"
        because += ", and the Expect header alone fails too" if worse else ""
        finding = "expect-not-awaited" if worse else slug
        return ClientVerdict(name=name, result="fails", because=because + way_out, finding=finding)
    if useless := _waiting_is_useless(facts, persona):
        return ClientVerdict(
            name=name, result="works-if" if head else "fails", because=useless + way_out, finding=slug
        )
    if persona.expect_above is None:
        because = "it must be told to send Expect: 100-continue; it then waits"
        return ClientVerdict(name=name, result="works-if", because=because, finding=slug)
    above = f"above {persona.expect_above:,} bytes" if persona.expect_above else "before every body"
    if _up_to_there_passes(facts, persona):
        return ClientVerdict(name=name, result="works", because=f"by itself it waits for 100 Continue {above}")
    because = f"by itself it waits for 100 Continue only {above}"
    because += "; told to send Expect: 100-continue it does at any size" if persona.expect_on_request else ""
    return ClientVerdict(name=name, result="works-if", because=because, finding=slug)


def _waiting_is_useless(facts: Facts, persona: Persona) -> str:
    """Say why holding the body back does not help this client here; empty when it does."""
    if facts.ended("large-wait").value not in ("passes", "mixed"):
        return "waiting for 100 Continue did not help here"
    turns = [seen.exchanges[-1].continue_ for seen in facts.where("large-wait") if seen.exchanges]
    slowest = max((turn.waited_ms or 0 for turn in turns if turn.state == "received"), default=0)
    if persona.waits_ms is not None and slowest > persona.waits_ms:
        return f"it waits {persona.waits_ms} ms for 100 Continue, and that took {slowest:.0f} ms here"
    return ""


def _site_finding(facts: Facts) -> str:
    legacy = "large-body-legacy-edge"
    return legacy if FAULTS[legacy](facts).holds else "large-body-renegotiation"
