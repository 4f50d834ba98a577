"""The registry of predicates: one pure function for each finding of the catalogue."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from probes.diagnosis import (
    predicates_accept,
    predicates_app,
    predicates_asking,
    predicates_azure,
    predicates_certificate,
    predicates_claims,
    predicates_expect,
    predicates_header,
    predicates_path,
    predicates_refusals,
    predicates_size,
    predicates_slots,
    predicates_strangers,
    predicates_tls,
    predicates_trust,
    predicates_value,
)
from probes.diagnosis.facts import Facts, passed
from probes.diagnosis.result import Known, Result, holds, refuted, unknown
from probes.model import Case
from probes.paths import matching_exclusion

Predicate = Callable[[Facts], Result]

_PREDICATES: Mapping[str, Predicate] = MappingProxyType(
    {
        "network-unreachable": predicates_path.network_unreachable,
        "tls-inspection-proxy": predicates_path.tls_inspection_proxy,
        "tls-version-refused": predicates_tls.tls_version_refused,
        "cipher-refused": predicates_tls.cipher_refused,
        "unsafe-legacy-renegotiation": predicates_tls.unsafe_legacy_renegotiation,
        "http-redirected": predicates_path.http_redirected,
        "renegotiation-refused-by-client": predicates_asking.renegotiation_refused_by_client,
        "certificate-required-alert": predicates_tls.certificate_required_alert,
        "issuer-not-acceptable": predicates_asking.issuer_not_acceptable,
        "interactive-mode-not-prompted": predicates_asking.interactive_mode_not_prompted,
        "renegotiation-impossible-http2": predicates_asking.renegotiation_impossible_http2,
        "app-reads-wrong-header": predicates_claims.app_reads_wrong_header,
        "header-forgeable": predicates_claims.header_forgeable,
        "server-certificate-wrong-host": predicates_trust.server_certificate_wrong_host,
        "server-certificate-untrusted": predicates_trust.server_certificate_untrusted,
        "server-certificate-expired": predicates_trust.server_certificate_expired,
        "plain-http-request": predicates_header.plain_http_request,
        "certificate-without-key": predicates_header.certificate_without_key,
        "client-certs-disabled": predicates_header.client_certs_disabled,
        "path-excluded": predicates_header.path_excluded,
        "renegotiation-impossible-tls13": predicates_header.renegotiation_impossible_tls13,
        "certificate-missing": predicates_header.certificate_missing,
        "client-sent-no-certificate": predicates_header.client_sent_no_certificate,
        "expect-not-awaited": predicates_size.expect_not_awaited,
        "large-body-legacy-edge": predicates_size.large_body_legacy_edge,
        "large-body-renegotiation": predicates_size.large_body_renegotiation,
        "header-parsed-as-pem": predicates_app.header_parsed_as_pem,
        "functions-key-missing": predicates_refusals.functions_key_missing,
        "web-config-ip-security": predicates_refusals.web_config_ip_security,
        "app-body-limit": predicates_refusals.app_body_limit,
        "certificate-expired": predicates_certificate.certificate_expired,
        "certificate-not-yet-valid": predicates_certificate.certificate_not_yet_valid,
        "certificate-wrong-eku": predicates_certificate.certificate_wrong_eku,
        "weak-certificate": predicates_certificate.weak_certificate,
        "header-parsed-as-hex": predicates_value.header_parsed_as_hex,
        "header-damaged": predicates_value.header_damaged,
        "chain-incomplete": predicates_accept.chain_incomplete,
        "self-signed-refused": predicates_accept.self_signed_refused,
        "app-rejects-certificate": predicates_accept.app_rejects_certificate,
        "expect-blocked-on-the-way": predicates_expect.expect_blocked,
        "curl-below-threshold": predicates_expect.curl_below_threshold,
        "reused-connection-hides-it": predicates_expect.reused_connection_hides_it,
        "host-name-unbound": predicates_azure.host_name_unbound,
        "site-stopped": predicates_azure.site_stopped,
        "public-access-disabled": predicates_azure.public_access_disabled,
        "access-restricted": predicates_azure.access_restricted,
        "easy-auth-refused": predicates_azure.easy_auth_refused,
        "settings-not-in-effect": predicates_azure.settings_not_in_effect,
        "plan-too-small": predicates_azure.plan_too_small,
        "http2-disables-certificates": predicates_azure.http2_disables_certificates,
        "uploaded-cer-is-no-trust-list": predicates_strangers.uploaded_cer_is_no_trust_list,
        "slot-differs": predicates_slots.slot_differs,
    }
)


def _once(slug: str, predicate: Predicate) -> Predicate:
    """Return the predicate with its answer kept beside the facts: verdict, walk and every client ask for it again."""

    def answer(facts: Facts) -> Result:
        if slug not in facts.results:
            facts.results[slug] = predicate(facts)
        return facts.results[slug]

    return answer


FAULTS: Mapping[str, Predicate] = MappingProxyType(
    {slug: _once(slug, predicate) for slug, predicate in _PREDICATES.items()}
)
"""Every finding that names a fault; ``healthy`` and ``inconclusive`` are what is left without one."""


def faults(facts: Facts) -> dict[str, Result]:
    """Return what every fault's predicate says of the case."""
    return {slug: predicate(facts) for slug, predicate in FAULTS.items()}


def evaluate(slug: str, case: Case) -> Result:
    """Return what the predicate of ``slug`` says of the case; raises KeyError for a name that is no finding."""
    facts = Facts(case)
    if slug in FAULTS:
        return FAULTS[slug](facts)
    return {"healthy": healthy, "inconclusive": inconclusive}[slug](facts, faults(facts))


def healthy(facts: Facts, others: Mapping[str, Result]) -> Result:
    """Hold when no fault holds, every probe did what was expected, and the symptom's own request got through."""
    wrong = tuple(f"obs:{seen.id}#judged.as_expected" for seen in facts.seen if seen.judged.as_expected is False)
    if wrong or any(result.holds for result in others.values()):
        return refuted(*wrong[:3])
    proof = proof_of_health(facts)
    if proof.value is not True:
        return refuted(*proof.evidence) if proof.value is False else unknown(*proof.evidence)
    checked = facts.ended("own-large").value == "passes" and facts.when_asked.value not in (None, "none")
    doubtful = bool(facts.case.credential.faults)
    return holds(*proof.evidence, strength="wire" if checked and not doubtful else "settings")


def proof_of_health(facts: Facts) -> Known[bool]:
    """Whether the very thing that the user complains of was seen to work."""
    symptom = facts.case.run.symptom
    needed = [facts.ended("own-get").value]
    evidence = list(facts.ended("own-get").evidence[:1])
    for selector in ("client-get", "client-small", "client-large", "own-large"):
        ended = facts.ended(selector)
        required = selector == "own-large" and symptom in ("upload-403", "sometimes", "slow")
        # What was sent and not answered is not health either.
        if required or facts.where(selector):
            needed.append(ended.value)
            evidence += ended.evidence[:1]
    for selector in _versions(facts):
        # A version that was refused is no health here: it is what the user complains of.
        needed.append(facts.forced(selector).value)
    if facts.scope.identity == "given" and (_nothing_arrived(facts) or _cannot_read(facts)):
        # The app did not receive the certificate that was given, or cannot read it: why, nothing says.
        needed.append(None)
        evidence += facts.forwarded.evidence[:1]
    if symptom in ("header-missing", "app-refuses"):
        needed.append({True: "passes", False: "refused", None: None}[facts.forwarded.value])
        evidence += facts.forwarded.evidence[:1]
    if symptom == "gateway-500" or (symptom in ("app-refuses", "always-403") and _app_says_no(facts)):
        return Known(value=False, evidence=tuple(evidence))
    if any(value not in ("passes", None) for value in needed):
        return Known(value=False, evidence=tuple(evidence))
    return Known(value=None if None in needed else True, evidence=tuple(evidence))


def _nothing_arrived(facts: Facts) -> bool:
    paths = facts.case.configuration.client_cert_exclusion_paths or ()
    shown = [seen for seen in facts.where("debug") if seen.echo is not None]
    exempt = any(matching_exclusion(seen.probe.path, paths) for seen in shown)
    return bool(shown) and facts.forwarded.value is False and not exempt


def _cannot_read(facts: Facts) -> bool:
    # A page in HTML shows no line ends, so that a value can be sound here and be broken for the app.
    return any(seen.echo is not None and bool(seen.echo.parse_error) for seen in facts.where("debug"))


def _versions(facts: Facts) -> tuple[str, ...]:
    if facts.case.run.symptom != "http2-tls13":
        return ()
    switched_off = facts.case.configuration.http20_enabled is False
    return ("here-13",) if switched_off else ("here-13", "here-h2")


def _app_says_no(facts: Facts) -> bool:
    return any(passed(seen) and seen.status in (401, 403, 500) for seen in facts.where("own-get"))


def inconclusive(facts: Facts, others: Mapping[str, Result]) -> Result:
    """Hold when neither a fault nor health can be named; the evidence is what kept answers from coming."""
    if healthy(facts, others).holds or any(result.holds for result in others.values()):
        return refuted()
    return holds(*(f"obs:{seen.id}#error" for seen in facts.seen if seen.error is not None), strength="hint")
