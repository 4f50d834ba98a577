"""Whether the settings let a request get to the app: rule by rule, each with its source and its certainty."""

from collections.abc import Iterator

from probes.diagnosis.rules import LEARN, LOGIN, REACHED, REFUSED, RESTRICT, rule_for
from probes.model import Prediction, Probe, SiteConfig
from probes.paths import matching_exclusion
from probes.restrictions import restricts

_AT_LEAST_100_KB, _OVER_100_KB = 100_000, 131_072
"""Bytes. Below and above every reading of the documented 100 KB, whichever it is."""
_SIZE = "a body over 100 KB is refused where the certificate is asked for after the request"


def passage(config: SiteConfig, probe: Probe) -> Iterator[Prediction]:
    """Yield whether the request gets to the app."""
    free = config.client_cert_enabled is False or _on_excluded_path(config, probe)
    late = not free and asks_late(config)
    refused = _without_certificate(config, probe) if not free else None
    if refused is not None:
        yield refused
    if late and probe.body_bytes > _AT_LEAST_100_KB:
        size = _size(probe)
        if size is not None:
            yield size
            return
    if refused is None and (free or _certificate_fits(config, probe)) and _as_documented(probe, late=late):
        yield from _let_through(config, probe)


def _on_excluded_path(config: SiteConfig, probe: Probe) -> bool:
    return matching_exclusion(probe.path, config.client_cert_exclusion_paths or ()) is not None


def asks_late(config: SiteConfig) -> bool:
    """Whether the settings make the front end ask after the request; an excluded path does so for all others."""
    return config.client_cert_mode == "OptionalInteractiveUser" or bool(config.client_cert_exclusion_paths)


def is_small_plan(config: SiteConfig) -> bool:
    """Whether the plan is Free or Shared, which have no client certificates."""
    return (config.plan_tier or "").lower() in ("free", "shared")


def _without_certificate(config: SiteConfig, probe: Probe) -> Prediction | None:
    """Return the rule that refuses a request without a certificate; None where none does, or the paths are unread."""
    mode = config.client_cert_mode
    if probe.identity != "none" or mode not in ("Required", None) or is_small_plan(config):
        return None
    if config.client_cert_exclusion_paths is None:
        return None
    if mode is None:
        rule = "certificates are on and no mode is set, which acts as Required: without one a request is refused"
        return rule_for(probe, (REFUSED,), rule, "inferred", LEARN)
    return rule_for(
        probe,
        (REFUSED,),
        "clientCertMode=Required: a request without a certificate is refused",
        "documented",
        LEARN,
    )


def _size(probe: Probe) -> Prediction | None:
    """Return what the documented size limit says of a body above it; None where the client does what lets it by."""
    if probe.expect == "wait" or probe.head_first:
        return None
    if probe.expect == "header-only":
        rule = f"{_SIZE}; of a client that announces Expect and does not wait nothing is documented"
        return rule_for(probe, (REACHED, REFUSED), rule, "inferred", LEARN)
    if probe.body_bytes <= _OVER_100_KB or probe.tls != "1.2":
        rule = f"{_SIZE}; whether that is reached here is not documented"
        return rule_for(probe, (REACHED, REFUSED), rule, "inferred", LEARN)
    return rule_for(probe, (REFUSED,), _SIZE, "documented", LEARN)


def is_about_size(one: Prediction) -> bool:
    """Whether a rule is the documented size limit: no setting, so that a front end that takes more breaks none."""
    return one.rule.startswith(_SIZE)


def _certificate_fits(config: SiteConfig, probe: Probe) -> bool:
    """Whether the settings are content with the certificate, or its want, that the probe shows."""
    if probe.identity != "none":
        return True
    return config.client_cert_mode in ("Optional", "OptionalInteractiveUser")


def _as_documented(probe: Probe, *, late: bool) -> bool:
    """Whether the probe speaks what the documentation says to work; HTTP/2 is left out, where sources differ."""
    if probe.http == "2" or probe.expect == "header-only":
        return False
    if late:
        return probe.tls in ("free", "1.2") and probe.renegotiate
    return probe.tls in ("free", "1.2", "1.3")


def _let_through(config: SiteConfig, probe: Probe) -> Iterator[Prediction]:
    """Yield that the request passes, or what else may stand in its way."""
    if asks_for_login(config, probe.path):
        rule = "authsettingsV2: App Service Authentication answers in the place of the app, unless there is a login"
        yield rule_for(probe, (REACHED, REFUSED), rule, "inferred", LOGIN)
    elif restricts(config):
        rule = "ipSecurityRestrictions: whether this address is let in depends on where it comes from"
        yield rule_for(probe, (REACHED, REFUSED), rule, "inferred", RESTRICT)
    else:
        rule = "nothing in the settings refuses it: the front end does not judge the certificate"
        yield rule_for(probe, (REACHED,), rule, "inferred", LEARN)


def asks_for_login(config: SiteConfig, path: str) -> bool:
    """Whether App Service Authentication answers a request without a login; how its excluded paths match is open."""
    auth = config.auth
    if auth is None or not auth.enabled or not auth.require_authentication:
        return False
    anonymous = (auth.unauthenticated_action or "").lower() == "allowanonymous"
    return not anonymous and matching_exclusion(path, auth.excluded_paths) is None
