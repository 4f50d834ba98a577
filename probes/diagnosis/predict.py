"""What the settings permit each probe to show: rule by rule, each with its source and how certain it is."""

from collections.abc import Iterable, Iterator

from probes.diagnosis.facts import asked, could_be_asked, passed
from probes.diagnosis.passage import is_small_plan, passage
from probes.diagnosis.rules import (
    ARM,
    H1,
    H2,
    HANDSHAKE,
    LEARN,
    NEVER,
    POST_HANDSHAKE,
    REACHED,
    REDIRECTED,
    REFUSED,
    RENEGOTIATION,
    RESTRICT,
    TLS,
    TLS_REFUSED,
    TLS_TAKEN,
    rule_for,
)
from probes.model import Observation, Prediction, Probe, SiteConfig, Value
from probes.paths import matching_exclusion


class Contradiction(Value, frozen=True, kw_only=True):
    """A rule that the wire does not follow: what it permits, and what was seen."""

    prediction: Prediction
    seen: str
    observation: str


def predict(config: SiteConfig, probes: Iterable[Probe]) -> tuple[Prediction, ...]:
    """Return for every probe the outcomes that the rules permit; a probe may have several rules.

    Where no rule speaks of a probe, both ends are permitted and the prediction says so. Without settings there is
    nothing to predict.
    """
    if config.source == "none":
        return ()
    return tuple(one for probe in probes for one in of_probe(config, probe))


def of_probe(config: SiteConfig, probe: Probe) -> tuple[Prediction, ...]:
    """Return what the rules permit one probe to show."""
    found = tuple(closed(config, probe))
    if not found:
        found = tuple(_plain(config, probe) if probe.origin.startswith("http://") else _secure(config, probe))
    if not found:
        found = (rule_for(probe, (REACHED, REFUSED), "no rule is known that speaks of this", "inferred"),)
    return found


def closed(config: SiteConfig, probe: Probe) -> Iterator[Prediction]:
    """Yield the rules of a site that lets nobody in; they come before all others, in an order nobody documents."""
    refused = (REFUSED, REDIRECTED)
    if (config.state or "Running").lower() == "stopped":
        yield rule_for(probe, refused, "state=Stopped: no request reaches the app", "documented", ARM)
    if (config.public_network_access or "").lower() == "disabled":
        rule = "publicNetworkAccess=Disabled: only private endpoints lead to the app"
        # Whether this machine comes through a private endpoint cannot be told from here.
        certainty = "documented" if config.private_endpoints == () else "inferred"
        permitted = refused if certainty == "documented" else (*refused, REACHED)
        yield rule_for(probe, permitted, rule, certainty, RESTRICT)


def _plain(config: SiteConfig, probe: Probe) -> Iterator[Prediction]:
    if config.https_only:
        rule = "httpsOnly=true: a request over http is redirected to https"
        yield rule_for(probe, (REDIRECTED, REFUSED), rule, "documented", ARM)
    elif config.https_only is False:
        rule = "httpsOnly=false: a request over http is answered; whether Required refuses it is not documented"
        yield rule_for(probe, (REACHED, REFUSED, REDIRECTED), rule, "inferred")


def _secure(config: SiteConfig, probe: Probe) -> Iterator[Prediction]:
    yield from _versions(config, probe)
    if _below(probe.tls, config.min_tls_version) or config.client_cert_enabled is None:
        return
    yield from _asked(config, probe)
    yield from passage(config, probe)


def _below(tls: str, least: str | None) -> bool:
    return tls != "free" and least is not None and tls < least


def _versions(config: SiteConfig, probe: Probe) -> Iterator[Prediction]:
    if _below(probe.tls, config.min_tls_version):
        rule = f"minTlsVersion={config.min_tls_version}: a client of TLS {probe.tls} is refused"
        yield rule_for(probe, (TLS_REFUSED,), rule, "documented", TLS)
    if probe.http in ("2", "free") and config.http20_enabled is False:
        yield rule_for(probe, (H1,), "http20Enabled=false: HTTP/2 is not offered", "documented", ARM)
    elif probe.http in ("2", "free") and config.http20_enabled and config.client_cert_enabled:
        rule = "http20Enabled=true with client certificates: sources differ whether they work together"
        yield rule_for(probe, (H1, H2), rule, "reported")


def _asked(config: SiteConfig, probe: Probe) -> Iterator[Prediction]:
    """Yield when the certificate is asked for: the settings decide, and the path where there are exclusions."""
    rules = config.client_cert_exclusion_paths
    mode = config.client_cert_mode
    if not config.client_cert_enabled:
        rule = "clientCertEnabled=false: no certificate is asked for, whatever the mode says"
        yield rule_for(probe, (NEVER,), rule, "documented", ARM)
        return
    if is_small_plan(config):
        rule = f"the plan is {config.plan_tier}, which has no client certificates"
        yield rule_for(probe, (NEVER,), rule, "inferred")
        return
    entry = matching_exclusion(probe.path, rules or ())
    if entry is not None:
        certainty = "documented" if _whole_segment(probe.path, entry) else "inferred"
        rule = f"the path begins with the exclusion path {entry}: no certificate is asked for"
        yield rule_for(probe, (NEVER,), rule, certainty, LEARN)
        return
    if mode == "OptionalInteractiveUser" or rules:
        yield _late(probe, "OptionalInteractiveUser" if mode == "OptionalInteractiveUser" else "an exclusion path")
    elif rules is not None and mode is not None:
        rule = f"clientCertMode={mode} without exclusion paths: every connection is asked for a certificate"
        yield rule_for(probe, (HANDSHAKE, RENEGOTIATION, POST_HANDSHAKE), rule, "documented", LEARN)
        # Front ends before 2022 are reported to have asked late for plain Required too.
        rule = "it is asked for in the TLS handshake; front ends before 2022 asked after the request"
        yield rule_for(probe, (HANDSHAKE,), rule, "reported", LEARN)


def _whole_segment(path: str, entry: str) -> bool:
    """Say whether the prefix ends where a segment of the path ends; elsewhere nothing is documented."""
    rest = path.partition("?")[0][len(entry) :]
    return not rest or rest.startswith("/") or entry.endswith("/")


def _late(probe: Probe, why: str) -> Prediction:
    if probe.tls == "1.2" and probe.http == "1.1" and probe.renegotiate:
        rule = f"{why}: the certificate is asked for after the request, by renegotiation"
        return rule_for(probe, (RENEGOTIATION,), rule, "documented", LEARN)
    rule = f"{why}: this does not work with TLS 1.3 and HTTP/2; what a client then meets is not documented"
    return rule_for(probe, (NEVER, RENEGOTIATION, POST_HANDSHAKE), rule, "inferred", LEARN)


def outcomes(seen: Observation) -> frozenset[str]:
    """Return what one observation shows, aspect by aspect; what it does not show is not in it."""
    found = set()
    tls = seen.tls
    when = asked(seen)
    if when is not None and (when != "none" or could_be_asked(seen)):
        found.add(f"asked:{when}")
    if tls is not None and tls.version is not None and seen.outcome == "response":
        found.add(TLS_TAKEN)
        found.add(H2 if tls.alpn == "h2" else H1)
    if seen.outcome == "tls-failure":
        found.add(TLS_REFUSED)
    to = dict(seen.exchanges[-1].headers).get("location", "") if seen.exchanges else ""
    if seen.status is not None and 300 <= seen.status < 400 and to.lower().startswith("https://"):
        found.add(REDIRECTED)
    elif passed(seen):
        found.add(REACHED)
    elif seen.judged.reached_app == "no" and seen.outcome == "response":
        found.add(REFUSED)
    return frozenset(found)


def contradictions(config: SiteConfig, observations: Iterable[Observation]) -> tuple[Contradiction, ...]:
    """Return every rule that an observation does not follow, of whatever certainty."""
    found = []
    for seen in observations:
        shown = outcomes(seen)
        for prediction in predict(config, (seen.probe,)):
            aspect = prediction.permitted[0].partition(":")[0]
            other = [one for one in shown if one.startswith(f"{aspect}:") and one not in prediction.permitted]
            found += [Contradiction(prediction=prediction, seen=one, observation=seen.id) for one in other]
    return tuple(found)
