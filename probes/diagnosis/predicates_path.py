"""Predicates about the way to the site: nobody answers, somebody else answers, or http sends on to https."""

from probes.diagnosis.facts import Facts
from probes.diagnosis.result import Known, Result, holds, refuted, unknown
from probes.hosts import DEFAULT_SUFFIXES
from probes.model import Observation

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def _unanswered(seen: Observation) -> bool:
    no_connection = seen.outcome in ("dns-failure", "connect-failure")
    return seen.tls is None and (no_connection or (seen.outcome == "timeout" and seen.awaiting == "connect"))


def network_unreachable(facts: Facts) -> Result:
    """Hold when no connection to the target came about: no address, refused everywhere, or no answer in time."""
    there = [seen for seen in facts.seen if seen.probe.origin == facts.scope.origin]
    reached = [f"obs:{seen.id}#outcome" for seen in there if not _unanswered(seen)]
    if reached or not there:
        return refuted(*reached[:2]) if reached else unknown()
    return holds(*(f"obs:{seen.id}#error" for seen in there[:3]))


def _host(facts: Facts) -> str:
    return facts.scope.origin.partition("://")[2].rpartition(":")[0].lower()


def _shows_public_certificate(facts: Facts) -> Known[bool]:
    """Whether the site itself shows a certificate of a public authority at the target's name.

    An App Service Environment may have a certificate of its owner's on its default names.
    """
    config = facts.case.configuration
    if _host(facts).endswith(DEFAULT_SUFFIXES):
        return Known(value=True)
    if config.hosting_environment is None and (config.default_host_name or "").lower() == _host(facts):
        return Known(value=True, evidence=("config:default_host_name",))
    return Known()


def _is_bound(facts: Facts, seen: Observation) -> Known[bool]:
    """Whether the certificate that was shown is the one that the settings bind to the name."""
    leaf = seen.tls.server_certificate if seen.tls else None
    bound = {
        (binding.thumbprint or "").upper()
        for binding in facts.case.configuration.host_bindings or ()
        if binding.name.lower() == _host(facts)
    } - {""}
    if leaf is None or leaf.thumbprint_sha1 is None or not bound:
        return Known()
    return Known(value=leaf.thumbprint_sha1 in bound, evidence=("config:host_bindings",))


def tls_inspection_proxy(facts: Facts) -> Result:
    """Hold when the server's chain leads to this machine's own store only, and it is not the site's certificate.

    It is not where the site shows a public certificate, or another than the settings bind to the name. On other
    custom domains an authority of one's own is legitimate: there it holds only when the user says so.
    """
    verified = [
        (seen, seen.tls.verification)
        for seen in facts.seen
        if seen.tls and seen.tls.verification and seen.probe.origin == facts.scope.origin
    ]
    only_here = [f"obs:{seen.id}#tls.verification" for seen, one in verified if one.trusted_by == "system"]
    others = [f"obs:{seen.id}#tls.verification" for seen, one in verified if one.trusted_by != "system"]
    if not only_here:
        return refuted(*others[:3]) if others else unknown()
    public = _shows_public_certificate(facts)
    bound = next((_is_bound(facts, seen) for seen, one in verified if one.trusted_by == "system"), Known[bool]())
    if public.value or bound.value is False:
        proof = (*only_here[:3], *public.evidence, *bound.evidence)
        return holds(*proof, strength="settings" if others else "wire")
    if bound.value:
        return refuted(*only_here[:3], *bound.evidence)
    answer = facts.answer("who-answers")
    if answer == "a proxy that opens tls":
        return holds(*only_here[:3], "answer:who-answers", strength="settings")
    return refuted("answer:who-answers") if answer == "it is" else unknown(*only_here[:3])


def http_redirected(facts: Facts) -> Result:
    """Hold when the user's own request goes over http and is sent on to https, so that a POST may become a GET.

    A client may change the method of a redirected POST to GET for 301 and 302 (RFC 9110 sections 15.4.2, 15.4.3).
    """
    if facts.scope.https:
        return refuted()
    answered = [seen for seen in facts.where("own-get") if seen.outcome == "response" and seen.status is not None]
    sent_on = [f"obs:{seen.id}#status" for seen in answered if _to_https(seen)]
    if sent_on:
        return holds(*sent_on[:2])
    return refuted(*(f"obs:{seen.id}#status" for seen in answered[:2])) if answered else unknown()


def _to_https(seen: Observation) -> bool:
    if seen.status not in _REDIRECTS or not seen.exchanges:
        return False
    location = dict(seen.exchanges[-1].headers).get("location", "")
    return location.lower().startswith("https://")
