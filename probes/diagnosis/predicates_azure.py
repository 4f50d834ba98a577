"""Predicates about the site in Azure: a door that is shut, settings that do not act, a plan that is too small."""

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import unquote, urlsplit

from probes.diagnosis.facts import Facts, asked, passed
from probes.diagnosis.passage import asks_for_login, is_about_size
from probes.diagnosis.predicates_tls import certificate_required_alert
from probes.diagnosis.predicates_trust import server_fault
from probes.diagnosis.predict import Contradiction, contradictions
from probes.diagnosis.result import Result, holds, refuted, unknown
from probes.diagnosis.scope import at_target
from probes.diagnosis.words import BLOCKED, STOPPED, header_of
from probes.hosts import DEFAULT_SUFFIXES
from probes.model import Observation, SettingChange, SiteConfig

_MISSING = "client certificate required"
_LOGIN = "/.auth/login"
UNBOUND = "host-name-unbound"
"""The finding that takes the place of a gate's: why the certificate is for another name."""
_GATEWAYS = frozenset({"x-azure-ref", "via", "x-azure-fdid", "x-amz-cf-id", "cf-ray"})
_SETTING_OF = (
    ("clientCertEnabled", "client_cert_enabled"),
    ("the path begins", "client_cert_exclusion_paths"),
    ("an exclusion path", "client_cert_exclusion_paths"),
    ("httpsOnly", "https_only"),
    ("http20Enabled", "http20_enabled"),
    ("minTlsVersion", "min_tls_version"),
    ("state", "state"),
    ("publicNetworkAccess", "public_network_access"),
)
_SAME_CHANGE = timedelta(minutes=10)


def _own_answers(facts: Facts) -> list[Observation]:
    return [seen for seen in facts.where("own-get") if seen.outcome == "response"]


def _page(seen: Observation, words: str) -> bool:
    return bool(seen.exchanges) and words in seen.exchanges[-1].body_excerpt.lower()


def _blocked(seen: Observation) -> bool:
    return header_of(seen, "x-ms-forbidden-ip") is not None or (seen.status == 403 and _page(seen, BLOCKED))


def _public_access_off(config: SiteConfig) -> bool:
    return (config.public_network_access or "").lower() == "disabled"


def _answered(
    facts: Facts, shows: Callable[[Observation], bool], what: str
) -> tuple[list[Observation], tuple[str, ...], Result | None]:
    """Return the user's answers that show a refusal, their evidence, and the result where that decides by itself."""
    answers = _own_answers(facts)
    found = [seen for seen in answers if shows(seen)]
    evidence = tuple(f"obs:{seen.id}#{what}" for seen in (found or answers)[:2])
    if not answers:
        return found, evidence, unknown()
    return found, evidence, None if found else refuted(*evidence)


def access_restricted(facts: Facts) -> Result:
    """Hold when the front end refuses the caller's address.

    The header x-ms-forbidden-ip says so; its page alone is the same when public access is off (reported in
    projectkudu/kudu issue 2945; Microsoft Learn, Azure App Service access restrictions).
    """
    found, evidence, decided = _answered(facts, _blocked, "exchanges.headers")
    if decided is not None:
        return decided
    if _public_access_off(facts.case.configuration):
        return refuted("config:public_network_access", *evidence)
    named = any(header_of(seen, "x-ms-forbidden-ip") is not None for seen in found)
    return holds(*evidence, strength="wire" if named else "settings")


def public_access_disabled(facts: Facts) -> Result:
    """Hold when public network access is switched off and the front end's page says that it blocks."""
    config = facts.case.configuration
    _, evidence, decided = _answered(facts, _blocked, "exchanges.body_excerpt")
    if not _public_access_off(config):
        return unknown() if config.public_network_access is None and decided is None else refuted(*evidence)
    if decided is not None:
        return decided
    return holds("config:public_network_access", *evidence)


def site_stopped(facts: Facts) -> Result:
    """Hold when the front end's page says that the site is stopped (Microsoft Learn archive, Error 403 - stopped)."""
    stopped = facts.case.configuration.state
    said_so = (stopped or "").lower() == "stopped"
    _, evidence, decided = _answered(
        facts, lambda seen: seen.status == 403 and _page(seen, STOPPED), "exchanges.body_excerpt"
    )
    if decided is not None:
        # A page of the site's own may stand in the place of the platform's; one that wants a certificate is not it.
        answers = _own_answers(facts)
        other = not answers or any(_page(seen, _MISSING) for seen in answers)
        refused = facts.ended("own-get").value == "refused" and not other
        return holds("config:state", *evidence, strength="settings") if said_so and refused else decided
    return holds(*(("config:state",) if said_so else ()), *evidence)


def easy_auth_refused(facts: Facts) -> Result:
    """Hold when App Service Authentication answers in the place of the app, with the certificate too.

    It redirects to /.auth/login, or answers 401 or 403 (Microsoft Learn, Authentication and authorization in Azure
    App Service). Where the settings say that it lets everybody by, the app itself asks for the login.
    """
    auth = facts.case.configuration.auth
    if auth is not None and not asks_for_login(facts.case.configuration, facts.scope.path):
        return refuted("config:auth")
    _, evidence, decided = _answered(facts, _asks_for_login, "exchanges.headers")
    if decided is None:
        return holds(*(("config:auth",) if auth is not None else ()), *evidence)
    if auth is None:
        return decided
    bare = [seen for seen in _own_answers(facts) if seen.status in (401, 403) and seen.judged.by != "edge"]
    if (auth.unauthenticated_action or "").lower() in ("return401", "return403") and bare:
        return holds("config:auth", *(f"obs:{seen.id}#status" for seen in bare[:2]), strength="settings")
    return decided


def _asks_for_login(seen: Observation) -> bool:
    if _LOGIN in unquote(header_of(seen, "location") or "").lower():
        return True
    challenge = (header_of(seen, "www-authenticate") or "").lower()
    return seen.status in (401, 403) and "authorization_uri=" in challenge


def settings_not_in_effect(facts: Facts) -> Result:
    """Hold when the wire contradicts what a documented rule says of the settings that were read.

    Never over an inferred or a reported rule; never where something else may have answered in the site's place.
    """
    config = facts.case.configuration
    if config.source == "none":
        return unknown()
    there = [seen for seen in facts.seen if at_target(facts.scope, seen.probe) and seen.probe.route == "direct"]
    found = [one for one in contradictions(config, there) if _is_about_settings(one)]
    if not found:
        followed = [seen for seen in there if passed(seen) and asked(seen) is not None]
        return refuted(*(f"obs:{seen.id}#tls.certificate_request" for seen in followed[:2])) if there else unknown()
    evidence = tuple(line for one in found[:3] for line in (_setting(one), _evidence(one)))
    if _another_answers(facts, there) or certificate_required_alert(facts).holds:
        return unknown(*evidence)
    return holds(*evidence)


def _is_about_settings(one: Contradiction) -> bool:
    # The size that a front end takes is no setting: where it differs, the documentation is out of date.
    return one.prediction.certainty == "documented" and not is_about_size(one.prediction)


def _another_answers(facts: Facts, there: list[Observation]) -> bool:
    """Whether it is not sure that the site of the settings was asked: another name, or a gateway in front."""
    config = facts.case.configuration
    host = facts.scope.origin.partition("://")[2].rpartition(":")[0].lower()
    names = {name.lower() for name in (*(config.host_names or ()), config.default_host_name or "") if name}
    wild = "*." + host.partition(".")[2]
    if names and not names & {host, wild}:
        return True
    headers = {name for seen in there for turn in seen.exchanges for name, _ in turn.headers}
    return bool(headers & _GATEWAYS)


def _setting(one: Contradiction) -> str:
    field = next((field for words, field in _SETTING_OF if one.prediction.rule.startswith(words)), "client_cert_mode")
    return f"config:{field}"


def _evidence(one: Contradiction) -> str:
    part = {"asked": "tls.certificate_request", "tls": "tls.version", "http": "tls.alpn"}.get(
        one.seen.partition(":")[0]
    )
    return f"obs:{one.observation}#{part or 'judged.reached_app'}"


def plan_too_small(facts: Facts) -> Result:
    """Hold when the plan is Free or Shared, which have no client certificates, and nobody was asked for one.

    Microsoft Learn, "Add and manage TLS/SSL certificates": Basic, Standard, Premium or Isolated is needed.
    """
    tier = facts.case.configuration.plan_tier
    if tier is None:
        return unknown()
    if tier.lower() not in ("free", "shared") or facts.asked_anywhere.value:
        return refuted("config:plan_tier", *facts.asked_anywhere.evidence)
    return holds("config:plan_tier", *facts.asked_anywhere.evidence, strength="settings")


def http2_disables_certificates(facts: Facts) -> Result:
    """Hold when certificates were switched off in the same change that switched HTTP 2.0 on.

    The portal does so by itself (Azure/azure-functions-ux, Platform.tsx). Both settings as they are prove nothing:
    HTTP 2.0 on and certificates off is what a new site has. So it takes the record of the change, or the user's word
    where no record reaches: records go back 14 days, and which settings they hold is not documented.
    """
    config = facts.case.configuration
    if config.http20_enabled is None or config.client_cert_enabled is None:
        return unknown()
    now = ("config:http20_enabled", "config:client_cert_enabled")
    if not config.http20_enabled or config.client_cert_enabled or facts.asked_anywhere.value:
        return refuted(*now)
    recorded = _switched_together(config)
    said = facts.answer("with-http2")
    if recorded is None and said in ("they were", "they were not"):
        given = (*now, "answer:with-http2")
        return holds(*given, strength="settings") if said == "they were" else refuted(*given)
    if recorded is None:
        return unknown(*now)
    return holds(*now, "config:changes", strength="settings") if recorded else refuted(*now, "config:changes")


def _switched_together(config: SiteConfig) -> bool | None:
    """Say whether the record has both in one change; None where one of the two is not in it."""
    on = [one for one in config.changes or () if one.setting == "http20Enabled" and _became(one, "true")]
    off = [one for one in config.changes or () if one.setting == "clientCertEnabled" and _became(one, "false")]
    if not on or not off:
        return None
    return any(_close(one, other) for one in on for other in off)


def _became(one: SettingChange, value: str) -> bool:
    return (one.new or "").lower() == value


def _close(one: SettingChange, other: SettingChange) -> bool:
    try:
        first, second = (datetime.fromisoformat(at.replace("Z", "+00:00")) for at in (one.at, other.at))
        return abs(first - second) <= _SAME_CHANGE
    except (ValueError, TypeError):
        return False


def host_name_unbound(facts: Facts) -> Result:
    """Hold when the host gets a certificate for another name because it has no TLS binding.

    An own domain needs one; without it the front end shows its default certificate (Microsoft Learn, Secure a custom
    DNS name with a TLS/SSL binding in Azure App Service). That a name is missing from the bindings, or stands there
    without TLS, is a setting; the default certificate on an own domain is seen.
    """
    wrong = server_fault(facts, "server-certificate-wrong-host")
    if not wrong.holds:
        return wrong
    host = urlsplit(facts.scope.origin).hostname or ""
    bindings = facts.case.configuration.host_bindings
    if host == (facts.case.configuration.default_host_name or "").lower():
        # The platform has a certificate for its own names, which have no binding.
        return refuted("config:default_host_name")
    if bindings is not None:
        states = [(one.ssl_state or "").lower() for one in bindings if one.name == host]
        unbound = not states or all(state == "disabled" for state in states)
        setting = "config:host_bindings"
        return holds(setting, *wrong.evidence, strength=wrong.strength) if unbound else refuted(setting)
    leaves = [seen.tls.server_certificate for seen in facts.seen if seen.tls and seen.tls.server_certificate]
    shown = {name.lower() for leaf in leaves for name in leaf.san}
    default = any(f"*{suffix}" in shown for suffix in DEFAULT_SUFFIXES)
    if not default or host.endswith(DEFAULT_SUFFIXES):
        return unknown(*wrong.evidence)
    return holds(*wrong.evidence, strength="settings")
