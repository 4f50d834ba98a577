"""What the settings come to, in one sentence, and what else is to be minded beside it."""

from collections.abc import Iterator

from probes.model import SiteConfig
from probes.restrictions import restricts
from probes.siteconfig.meaning import effective, is_small

_MORE = 3


def consequence(config: SiteConfig) -> str:
    """Return the one sentence that a person needs first: who is let in, and when the certificate is asked for."""
    name = config.name or "The site"
    if config.state is not None and config.state.lower() != "running":
        return f"No request reaches the app of {name}: the site is {config.state}."
    if (config.public_network_access or "").lower() == "disabled":
        return f"{name} answers 403 to everybody who does not come through a private endpoint, certificate or not."
    row = effective(config)
    if row.certificate == "unknown":
        return f"Whether {name} uses client certificates is not known: clientCertEnabled was not read."
    if row.certificate == "ignored":
        return f"{name} asks nobody for a client certificate, and its app gets none: client certificates are off."
    if is_small(config):
        return f"{name} asks nobody for a client certificate: its plan {config.plan_tier} has none."
    if never_obtained(config):
        return f"{name} can never get a client certificate: it asks by renegotiation, and TLS 1.3 has none."
    return f"{name} {_asks(config)} {_else(config)}."


def never_obtained(config: SiteConfig) -> bool:
    """Whether the certificate is asked for by renegotiation only, and TLS 1.3, which has none, is the least taken."""
    return effective(config).asked == "renegotiation" and config.min_tls_version == "1.3"


def _asks(config: SiteConfig) -> str:
    asked = effective(config).asked
    if asked == "handshake":
        return "asks every client for a certificate in the TLS handshake"
    if asked == "unknown":
        return "asks for a client certificate, it is not known when,"
    if not config.client_cert_exclusion_paths:
        return "asks for a client certificate after the request has arrived"
    return f"asks for a client certificate after the request has arrived, except on {_listed(config)},"


def _else(config: SiteConfig) -> str:
    required = effective(config).certificate == "required"
    return "and refuses requests without one" if required else "and lets requests without one through"


def _listed(config: SiteConfig) -> str:
    first = (config.client_cert_exclusion_paths or ())[:_MORE]
    more = len(config.client_cert_exclusion_paths or ()) - len(first)
    return ", ".join(first) + (f" and {more} more" if more else "")


def cautions(config: SiteConfig) -> Iterator[str]:
    """Yield what stands in the way of a request beside the certificate, or lets one pass without it."""
    if restricts(config):
        yield "Access restrictions refuse some callers with 403, whatever certificate they have."
    auth = config.auth
    if auth is not None and auth.enabled and auth.require_authentication:
        yield "App Service Authentication wants a login before the app is asked; no certificate replaces it."
    if not config.client_cert_enabled:
        return
    if config.https_only is False:
        yield "A request over http is not sent on to https, and carries no certificate."
    if config.http20_enabled and effective(config).asked == "renegotiation":
        yield "HTTP/2 is offered, where a certificate cannot be asked for after the request."
