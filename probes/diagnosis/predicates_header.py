"""Predicates about a certificate that never gets to the front end or to the app."""

from probes.diagnosis.facts import Facts, asked, could_be_asked, passed, reached, request
from probes.diagnosis.predicates_path import tls_inspection_proxy
from probes.diagnosis.predicates_tls import refused_at_hello
from probes.diagnosis.result import Result, holds, refuted, unknown
from probes.diagnosis.words import shut
from probes.model import Observation
from probes.paths import matching_exclusion

_REDIRECTS = range(300, 400)
_NGINX_MISSING = "no required ssl certificate was sent"
# The front end's page, as reported in MicrosoftDocs/azure-docs issue 32672.
_APP_SERVICE_MISSING = "client certificate required"
_GATEWAY_HEADERS = frozenset({"x-azure-ref", "via", "x-azure-fdid", "x-amz-cf-id", "cf-ray"})


def client_certs_disabled(facts: Facts) -> Result:
    """Hold when client certificates are switched off, whatever the mode says.

    ARM: with ``clientCertEnabled`` false the mode means nothing (Microsoft Learn, templates/microsoft.web/sites).
    """
    there = facts.asked_anywhere
    if there.value or facts.forwarded.value:
        return refuted(*there.evidence, *facts.forwarded.evidence)
    enabled = facts.case.configuration.client_cert_enabled
    setting = ("config:client_cert_enabled",)
    if enabled is True:
        return refuted(*setting)
    if enabled is False:
        return holds(*setting, *there.evidence, strength="wire" if there.value is False else "settings")
    proxy = tls_inspection_proxy(facts)
    if there.value is None or (proxy.state == "unknown" and proxy.evidence):
        # A proxy that opens TLS asks nobody either, whatever the site behind it does.
        return unknown(*there.evidence)
    return holds(*there.evidence, strength="hint" if _behind_gateway(facts) else "settings")


def _behind_gateway(facts: Facts) -> bool:
    names = {name for seen in facts.where("anything") for turn in seen.exchanges for name, _ in turn.headers}
    return bool(names & _GATEWAY_HEADERS)


def path_excluded(facts: Facts) -> Result:
    """Hold when the target's path starts with an exclusion path, in any letter case, and is not asked for there.

    Prefix match, any case (Microsoft Learn, Configure TLS mutual authentication, 2025-05-09).
    """
    here = facts.where("here")
    was_asked = [request(seen) for seen in here if asked(seen) not in (None, "none")]
    if was_asked or not facts.scope.https or facts.case.configuration.client_cert_enabled is False:
        return refuted(*was_asked[:2])
    not_asked = [request(seen) for seen in here if could_be_asked(seen) and asked(seen) == "none"]
    elsewhere = [request(seen) for seen in facts.where("elsewhere") if asked(seen) not in (None, "none")]
    paths = facts.case.configuration.client_cert_exclusion_paths
    if paths is not None and matching_exclusion(facts.scope.path, paths):
        setting = "config:client_cert_exclusion_paths"
        return holds(setting, *not_asked[:2], *elsewhere[:1], strength="wire" if not_asked else "settings")
    contrast = bool(not_asked and elsewhere)
    if paths is None:
        return holds(*not_asked[:2], *elsewhere[:1]) if contrast else unknown(*not_asked[:1])
    return unknown(*not_asked[:1], *elsewhere[:1]) if contrast else refuted("config:client_cert_exclusion_paths")


def plain_http_request(facts: Facts) -> Result:
    """Hold when the user's own request goes over http and is answered there, without a redirect to https."""
    if facts.scope.https:
        return refuted()
    answered = [seen for seen in facts.where("own-get") if seen.outcome == "response" and seen.status is not None]
    redirected = [seen for seen in answered if _to_https(seen)]
    at_the_door = [f"obs:{seen.id}#judged.because" for seen in answered if shut(seen)]
    if at_the_door and facts.case.configuration.https_only is not False:
        # Whoever is let in may be sent on to https.
        return unknown(*at_the_door[:2])
    if answered and not redirected:
        return holds(*(f"obs:{seen.id}#status" for seen in answered[:2]))
    return refuted(*(f"obs:{seen.id}#status" for seen in redirected[:2])) if redirected else unknown()


def _to_https(seen: Observation) -> bool:
    to = dict(seen.exchanges[-1].headers).get("location", "") if seen.exchanges else ""
    return seen.status in _REDIRECTS and to.lower().startswith("https://")


def client_sent_no_certificate(facts: Facts) -> Result:
    """Hold when the user's request was asked, answered with an empty Certificate, and let through all the same."""
    own = [seen for seen in facts.where("own-get") if passed(seen)]
    empty = [seen for seen in own if _answered(seen, "empty")]
    if empty:
        return holds(*(f"obs:{seen.id}#tls.certificate_requests" for seen in empty[:2]), reached(empty[0]))
    known = [seen for seen in own if asked(seen) is not None]
    if known or facts.ended("own-get").value == "refused" or not facts.scope.https:
        return refuted(*(request(seen) for seen in known[:2]))
    return unknown()


def certificate_missing(facts: Facts) -> Result:
    """Hold when no certificate was given, the request is refused, and passes with a throwaway certificate.

    A server that verifies certificates refuses the throwaway one too; nginx then says in its page what is missing
    (ngx_http_special_response.c). So does App Service's page, and an app behind it may have its own reasons not to
    answer the throwaway one well.
    """
    if facts.case.credential.kind != "none" or not facts.scope.https:
        return refuted("credential:kind")
    own, throwaway = facts.ended("own-get"), facts.ended("throwaway")
    if own.value in ("passes", "mixed"):
        return refuted(*own.evidence[:2])
    if any(refused_at_hello(seen) for seen in facts.where("own-get")):
        # Nothing was asked for yet where the version or the suites were refused.
        return unknown("credential:kind")
    bare = [reached(seen) for seen in facts.where("here") if seen.probe.identity == "none" and passed(seen)]
    if bare:
        # What refused the user's own request there was no want of a certificate.
        return refuted(*bare[:2])
    if own.value == "refused" and throwaway.value == "passes":
        return holds("credential:kind", *own.evidence[:2], *throwaway.evidence[:1])
    let_in = [
        seen for seen in facts.where("throwaway") if seen.status is not None and seen.judged.reached_app != "no"
    ]
    told = [
        seen for seen in facts.where("own-get") if seen.judged.by == "edge" and _APP_SERVICE_MISSING in _page(seen)
    ]
    if told and let_in:
        evidence = tuple(f"obs:{seen.id}#exchanges.body_excerpt" for seen in told[:2])
        return holds("credential:kind", *evidence, reached(let_in[0]))
    empty = [seen for seen in told if _answered(seen, "empty")]
    if empty and not any(seen.exchanges for seen in facts.where("throwaway")):
        # There is no comparison, for example where the throwaway one was sent over a version that is refused.
        evidence = tuple(f"obs:{seen.id}#exchanges.body_excerpt" for seen in empty[:2])
        return holds("credential:kind", *evidence, strength="settings")
    said = [seen for seen in facts.where("own-get") if _NGINX_MISSING in _text(seen)]
    if said:
        return holds("credential:kind", *(f"obs:{seen.id}#exchanges.body_excerpt" for seen in said[:2]))
    return unknown("credential:kind")


def _text(seen: Observation) -> str:
    return _page(seen) if seen.status == 400 else ""


def _page(seen: Observation) -> str:
    return seen.exchanges[-1].body_excerpt.lower() if seen.exchanges else ""


def certificate_without_key(facts: Facts) -> Result:
    """Hold when the file that was given has a certificate and no private key, so that nothing can be proved with it.

    The client then answers a CertificateRequest with an empty Certificate (RFC 8446 section 4.4.2).
    """
    if "key-missing" not in facts.case.credential.faults:
        return refuted("credential:faults")
    empty = [seen for seen in facts.where("own-get") if _answered(seen, "empty")]
    wire = [f"obs:{seen.id}#tls.certificate_requests" for seen in empty[:2]]
    return holds("credential:faults", *wire, strength="wire" if wire else "settings")


def _answered(seen: Observation, how: str) -> bool:
    return seen.tls is not None and any(request.answered == how for request in seen.tls.certificate_requests)


def renegotiation_impossible_tls13(facts: Facts) -> Result:
    """Hold when the site asks after the request on TLS 1.2, and on TLS 1.3 never gets to ask the user's own request.

    TLS 1.3 has no renegotiation: a second ClientHello ends the connection (RFC 8446 section 4.1.2).
    """
    own = _as_the_client(facts)
    free = [seen for seen in own if seen.tls and seen.tls.version == "TLSv1.3"]
    if own and (not free or any(asked(seen) not in (None, "none") for seen in free)):
        return refuted(*(f"obs:{seen.id}#tls.version" for seen in own[:2]))
    on_12 = [seen for seen in facts.where("here") if seen.tls and seen.tls.version == "TLSv1.2"]
    asked_on_12 = [request(seen) for seen in on_12 if asked(seen) == "renegotiation"]
    stuck = [request(seen) for seen in free if _never_got_to_ask(facts, seen)]
    itself = [seen for seen in free if seen.probe.persona and seen.tls and seen.tls.alpn != "h2"]
    over_h1 = itself or [seen for seen in facts.where("here-13") if seen.tls and seen.tls.version == "TLSv1.3"]
    stuck_h1 = [request(seen) for seen in over_h1 if _never_got_to_ask(facts, seen)]
    if stuck and stuck_h1 and asked_on_12:
        return holds(*asked_on_12[:2], *stuck[:1], *stuck_h1[:1])
    offering = asked_after_handshake(facts)
    if stuck and stuck_h1 and offering and any(seen.probe.persona for seen in free):
        # The same request was asked where post-handshake authentication was offered; the user's client offers none.
        return holds(*(request(seen) for seen in offering[:2]), *stuck[:1])
    fine_h1 = [request(seen) for seen in over_h1 if asked(seen) not in (None, "none")]
    if stuck and not on_12 and not fine_h1 and _not_exempt_and_late(facts):
        # Without TLS 1.2 there is nothing to compare with, and the settings are known not to work here.
        return holds(*facts.settings_late.evidence, *stuck[:2], strength="settings")
    early = [request(seen) for seen in on_12 if passed(seen) and asked(seen) in ("handshake", "none")]
    if (early and not asked_on_12) or fine_h1 or not facts.scope.https:
        return refuted(*early[:2], *fine_h1[:1])
    return unknown(*asked_on_12[:1])


def asked_after_handshake(facts: Facts) -> list[Observation]:
    """Return the requests to the target that were asked on TLS 1.3 after the handshake (RFC 8446 section 4.6.2)."""
    return [seen for seen in facts.where("here") if asked(seen) == "post-handshake"]


def _as_the_client(facts: Facts) -> list[Observation]:
    """Return the user's own GETs, as his client sends them where that was tried: it may offer less than we do."""
    own, theirs = (
        [seen for seen in facts.where(name) if seen.tls and seen.tls.version] for name in ("own-get", "client-get")
    )
    return theirs or own


def _not_exempt_and_late(facts: Facts) -> bool:
    paths = facts.case.configuration.client_cert_exclusion_paths or ()
    return facts.settings_late.value is True and matching_exclusion(facts.scope.path, paths) is None


def _never_got_to_ask(facts: Facts, seen: Observation) -> bool:
    if seen.outcome == "response":
        return asked(seen) == "none"
    return facts.one(seen) == "broken" and asked(seen) in (None, "none")
