"""Explains a configuration setting by setting, and tests paths against the exclusion list."""

from collections.abc import Iterable, Iterator

from probes.model import SiteConfig, Unknown, Value
from probes.paths import matching_exclusion
from probes.restrictions import restricts
from probes.siteconfig.consequence import cautions, consequence, never_obtained
from probes.siteconfig.export import beside
from probes.siteconfig.meaning import LEARN, Effective, effective, is_small
from probes.siteconfig.parts import shown

_TLS = "Microsoft Learn, TLS/SSL in Azure App Service, 2025-02"
_IN_CODE = "Microsoft Learn, Use a TLS/SSL certificate in your code in Azure App Service"
_RESTRICT = "Microsoft Learn, Azure App Service access restrictions"
_RESOURCE = "Microsoft Learn, ARM template reference for Microsoft.Web/sites"

_MODES: dict[str | None, str] = {
    "Required": "Every request needs a certificate; without one the front end answers 403.",
    "Optional": "Clients are asked for a certificate; without one the request passes, and the app gets no header.",
    "OptionalInteractiveUser": "Clients are not prompted at first; a certificate is taken if there is one.",
    None: "Not known. While certificates are on, an absent mode acts as Required.",
}


class Setting(Value, frozen=True, kw_only=True):
    """One setting: value as text (None: not known), what it means, how portals call it, and where it was read.

    ``renegotiation`` says whether this setting by itself makes the front end ask after the request. ``reference`` is
    the public document that the meaning rests on.
    """

    name: str
    value: str | None
    means: str
    portal_label: str | None = None
    source: str = "none"
    renegotiation: bool = False
    reference: str = LEARN


class PathAnswer(Value, frozen=True, kw_only=True):
    """Whether a path is exempt from client certificates, and by which entry; ``excluded`` None is not known."""

    path: str
    excluded: bool | None
    rule: str | None = None
    means: str


class Contradiction(Value, frozen=True, kw_only=True):
    """Settings that cannot work together, seen without any request; ``settings`` are their ARM names."""

    settings: tuple[str, ...]
    means: str


class Explanation(Value, frozen=True, kw_only=True):
    """The whole configuration in words, as ``config --json`` prints it.

    ``consequence`` is what it comes to in one sentence, ``cautions`` what else stands in the way of a request.
    """

    configuration: SiteConfig
    consequence: str
    cautions: tuple[str, ...] = ()
    effective: Effective
    settings: tuple[Setting, ...]
    paths: tuple[PathAnswer, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    unknown: tuple[Unknown, ...] = ()


def explain(config: SiteConfig, unknown: tuple[Unknown, ...] = (), paths: Iterable[str] = ()) -> Explanation:
    """Return the explanation of a configuration; ``paths`` are tested against the exclusion list."""
    return Explanation(
        configuration=config,
        consequence=consequence(config),
        cautions=tuple(cautions(config)),
        effective=effective(config),
        settings=(*_certificates(config), *_protocols(config), *_around(config)),
        paths=tuple(path_answer(path, config) for path in paths),
        contradictions=tuple(contradictions(config)),
        unknown=(*unknown, *beside(config)),
    )


def path_answer(path: str, config: SiteConfig) -> PathAnswer:
    """Return which entry of the exclusion list matches ``path``; the match is by prefix, in any letter case."""
    if config.client_cert_enabled is False:
        return PathAnswer(path=path, excluded=True, means="certificates are off, so none is asked for anywhere")
    rules = config.client_cert_exclusion_paths
    if rules is None:
        return PathAnswer(path=path, excluded=None, means="clientCertExclusionPaths was not read")
    rule = matching_exclusion(path, rules)
    if rule is None:
        return PathAnswer(path=path, excluded=False, means="no entry is a prefix of it: a certificate is asked for")
    means = f"it begins with {rule}: no certificate is asked for, and the app gets none"
    return PathAnswer(path=path, excluded=True, rule=rule, means=means)


def _certificates(config: SiteConfig) -> Iterator[Setting]:
    source = config.source
    row = effective(config)
    on = config.client_cert_enabled
    means = {
        True: "Client certificates are used.",
        False: "Nobody is asked for a certificate, and the app gets no X-ARR-ClientCert.",
        None: "Not known whether client certificates are used.",
    }[on]
    label = "Ignore" if on is False else None
    yield _setting("clientCertEnabled", on, means, source, label=label)
    mode = config.client_cert_mode
    means = _MODES[mode] if on is not False else "Without effect while clientCertEnabled is false."
    late = mode == "OptionalInteractiveUser" and on is not False
    yield _setting("clientCertMode", mode, means, source, label=row.labels, renegotiation=late)
    paths = config.client_cert_exclusion_paths
    means = "No path is exempt."
    if paths:
        means = (
            "No certificate is asked for on paths that begin with one of these, in any letter case; /api also frees "
            "/API/x and /apiv2. Any entry makes the site ask by renegotiation on all other paths."
        )
    elif paths is None:
        means = "Not known which paths are exempt."
    if paths and on is False:
        means = "Without effect while clientCertEnabled is false."
    late = bool(paths) and on is not False
    label = "Certificate exclusion paths"
    yield _setting("clientCertExclusionPaths", paths, means, source, label=label, renegotiation=late)


def _protocols(config: SiteConfig) -> Iterator[Setting]:
    source = config.source
    means = {
        True: "A request over http is redirected to https; a POST may become a GET on the way.",
        False: "A request over http reaches the app, without any certificate.",
        None: "Not known what happens to a request over http.",
    }[config.https_only]
    yield _setting("httpsOnly", config.https_only, means, source, label="HTTPS Only", reference=_RESOURCE)
    means = {
        True: "Clients may speak HTTP/2, where a certificate cannot be asked for after the request.",
        False: "HTTP/1.1 only.",
        None: "Not known whether HTTP/2 is offered.",
    }[config.http20_enabled]
    yield _setting("http20Enabled", config.http20_enabled, means, source, label="HTTP version", reference=_RESOURCE)
    least = config.min_tls_version
    means = "Not known which TLS versions are taken." if least is None else f"Clients below TLS {least} are refused."
    yield _setting("minTlsVersion", least, means, source, label="Minimum Inbound TLS Version", reference=_TLS)
    if config.min_tls_cipher_suite:
        means = "Clients that offer only weaker cipher suites are refused."
        label = "Minimum Inbound TLS Cipher Suite"
        yield _setting("minTlsCipherSuite", config.min_tls_cipher_suite, means, source, label=label, reference=_TLS)


def _around(config: SiteConfig) -> Iterator[Setting]:
    source = config.source
    running = config.state is None or config.state.lower() == "running"
    means = "The site answers." if running else "The front end answers 403: the app is not asked."
    yield _setting("state", config.state, means if config.state else "Not known.", source, reference=_RESOURCE)
    access = config.public_network_access
    means = "Reachable from the internet, as far as access restrictions allow."
    if access is None:
        means = "Not set: reachable, unless there is a private endpoint."
    elif access.lower() == "disabled":
        means = "Only private endpoints lead to the site; everybody else gets 403 from the front end."
    label = "Public network access"
    yield _setting("publicNetworkAccess", access, means, source, label=label, reference=_RESTRICT)
    rules = config.ip_restrictions
    if rules is not None:
        means = "The first that matches decides; who is refused gets 403 from the front end."
        if not restricts(config):
            means = "Nobody is refused by an address."
        value = shown(rules) if restricts(config) else "allow all"
        yield _setting(
            "ipSecurityRestrictions", value, means, source, label="Access restrictions", reference=_RESTRICT
        )
    if config.plan_tier:
        means = "It has no client certificates." if is_small(config) else "Client certificates are supported."
        yield _setting("plan tier", config.plan_tier, means, source, label="App Service plan", reference=_RESOURCE)
    if config.public_certificates:
        means = "Uploaded for the app's own code (WEBSITE_LOAD_CERTIFICATES). The front end keeps nobody out by them."
        label = "Public key certificates (.cer)"
        uploaded = config.public_certificates
        yield _setting("publicCertificates", uploaded, means, source, label=label, reference=_IN_CODE)
    if config.auth is not None and config.auth.enabled:
        action = config.auth.unauthenticated_action or "not set"
        means = f"Easy Auth answers before the app; without a login: {action}."
        value = "on, login required" if config.auth.require_authentication else "on"
        reference = "Microsoft Learn, Authentication and authorization in Azure App Service"
        yield _setting("authsettingsV2", value, means, source, label="Authentication", reference=reference)


def _setting(
    name: str,
    value: object,
    means: str,
    source: str,
    *,
    label: str | None = None,
    renegotiation: bool = False,
    reference: str = LEARN,
) -> Setting:
    return Setting(
        name=name,
        value=None if value is None else shown(value),
        means=means,
        portal_label=label,
        source=source if value is not None else "none",
        renegotiation=renegotiation,
        reference=reference,
    )


def contradictions(config: SiteConfig) -> Iterator[Contradiction]:
    """Yield the settings that cannot do together what they say."""
    on = config.client_cert_enabled
    if on and is_small(config):
        means = (
            f"Client certificates are on, but the plan {config.plan_tier} has none; Basic is the smallest that has."
        )
        yield Contradiction(settings=("clientCertEnabled", "plan tier"), means=means)
    if never_obtained(config):
        means = (
            "The certificate is asked for by renegotiation, which TLS 1.3 does not have, and nothing below TLS 1.3 "
            "is taken: it can never be obtained."
        )
        yield Contradiction(settings=("minTlsVersion", "clientCertMode", "clientCertExclusionPaths"), means=means)
    if config.state is not None and config.state.lower() != "running":
        yield Contradiction(settings=("state",), means=f"The site is {config.state}: no request reaches the app.")
