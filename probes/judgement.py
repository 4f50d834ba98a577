"""Judges one observation: did the request reach the app, who answered, and was that to be expected."""

from typing import Literal

import msgspec

from probes.model import Exchange, Judged, Observation, Probe, SiteConfig
from probes.paths import is_excluded

Reached = Literal["yes", "no", "unknown"]
By = Literal["edge", "app", "gateway", "proxy", "unknown"]
_Judgement = tuple[Reached, By, str]

# Texts of refusals that are made before an app is asked. App Service: page texts as users report them (Microsoft Q&A,
# kudu and azure-docs threads); nginx: ngx_http_special_response.c; Apache httpd: mod_ssl, ssl_engine_kernel.c. A site
# may have its own error pages, so their absence proves nothing.
_EDGE_TEXTS = (
    ("client certificate required", "the page of the front end that asks for a client certificate"),
    ("has blocked your access", "the front end's page for access restrictions"),
    ("this web app is stopped", "the front end's page for a stopped site"),
    ("no required ssl certificate was sent", "nginx's page for a missing client certificate"),
    ("the ssl certificate error", "nginx's page for a client certificate that does not verify"),
    ("cannot perform post-handshake authentication", "mod_ssl's page: no post-handshake authentication offered"),
    ("the plain http request was sent to https port", "nginx's page for plain HTTP on a TLS port"),
    ("you're speaking plain http to an ssl-enabled server port", "mod_ssl's page for plain HTTP on a TLS port"),
)
_APP_TEXTS = (
    (
        "you do not have permission to view this directory or page",
        "IIS's own sentence, written behind the front end, where the app runs",
    ),
)
_APP_HEADERS = frozenset(
    {"x-powered-by", "x-aspnet-version", "x-aspnetmvc-version", "set-cookie", "request-context", "x-runtime"}
)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LIMIT_DOCUMENTED = 100_000


def judge(observation: Observation, configuration: SiteConfig) -> Judged:
    """Return the judgement over one observation; the settings only say what was to be expected."""
    reached, by, because = _reached(observation)
    expected = expectation(observation.probe, configuration)
    as_expected: bool | None = None
    if expected is not None and reached != "unknown" and not _version_refused(observation):
        as_expected = (reached == "yes") == (expected == "reached")
    return Judged(reached_app=reached, by=by, because=because, expected=expected, as_expected=as_expected)


def _version_refused(observation: Observation) -> bool:
    # A version that was forced for comparison and that the server does not speak says nothing of the site's health.
    return (
        observation.probe.tls != "free"
        and observation.tls is not None
        and any(
            alert.direction == "received" and alert.name == "protocol_version" for alert in observation.tls.alerts
        )
    )


def judged(observation: Observation, configuration: SiteConfig) -> Observation:
    """Return the observation with its judgement."""
    return msgspec.structs.replace(observation, judged=judge(observation, configuration))


def _reached(observation: Observation) -> _Judgement:
    message = observation.error.message if observation.error else ""
    match observation.outcome:
        case "response":
            return _answered(observation, observation.exchanges[-1])
        case "not-run" | "cancelled":
            return "unknown", "unknown", message or "nothing was sent"
        case "proxy-failure":
            return "no", "proxy", message
        case "dns-failure" | "connect-failure":
            return "no", "unknown", message
        case "tls-failure":
            received = observation.tls is not None and any(
                alert.direction == "received" and alert.level == "fatal" for alert in observation.tls.alerts
            )
            return "no", "edge" if received else "unknown", message
        case "stream-reset":
            refused = observation.error is not None and observation.error.kind == "HTTP_1_1_REQUIRED"
            return ("no", "edge", message) if refused else ("unknown", "unknown", message)
        case "protocol-error":
            return "no", "unknown", message
        case _:
            # Closed, reset, timed out: before a request has left nobody can have read it.
            if not observation.exchanges:
                return "no", "unknown", message
            return "unknown", "unknown", message


def _answered(observation: Observation, exchange: Exchange) -> _Judgement:
    status = exchange.status or 0
    headers = dict(exchange.headers)
    if observation.echo is not None:
        return "yes", "app", "the app printed the headers that it received"
    if "x-ms-forbidden-ip" in headers:
        return "no", "edge", "the header x-ms-forbidden-ip: an access restriction refused the address"
    text = exchange.body_excerpt.lower()
    if status >= 400:
        for words, meaning in _EDGE_TEXTS:
            if words in text:
                return "no", "edge", meaning
        for words, meaning in _APP_TEXTS:
            if words in text:
                return "yes", "app", meaning
    if status in _REDIRECTS and _to_https(observation.probe, headers.get("location", "")):
        return "no", "edge", f"redirected to https ({status})"
    marks = sorted(_APP_HEADERS & headers.keys())
    if marks:
        return "yes", "app", f"the answer carries the app's header {marks[0]}"
    return _unmarked(status, exchange)


def _unmarked(status: int, exchange: Exchange) -> _Judgement:
    unread = exchange.body.acknowledged is not None and exchange.body.acknowledged < exchange.body.declared
    if status == 403 and (unread or exchange.body.written < exchange.body.declared):
        return "no", "edge", "403 before the body was in"
    if status in (413, 417, 421):
        return "no", "unknown", f"{status}: refused before an app is asked"
    if status in (401, 403):
        return "unknown", "unknown", f"a bare {status} comes from front ends and from apps alike"
    if status in (502, 503, 504):
        return "unknown", "unknown", f"{status}: something on the way could not ask the app"
    return "yes", "app", f"{status}, without any sign of a refusal on the way"


def _to_https(probe: Probe, location: str) -> bool:
    return probe.origin.startswith("http://") and location.lower().startswith("https://")


def expectation(probe: Probe, configuration: SiteConfig) -> Literal["reached", "refused"] | None:
    """Return what the settings let expect of this probe, None where they promise neither.

    Microsoft Learn, "Configure TLS mutual authentication" (2025-05-09): Required refuses requests without a
    certificate outside the exclusion paths; renegotiating settings do not work with TLS 1.3 and HTTP/2.
    """
    if probe.origin.startswith("http://"):
        return "refused" if configuration.https_only else None
    if probe.expect == "header-only" or probe.http == "2":
        return None
    enabled = configuration.client_cert_enabled
    excluded = is_excluded(probe.path, configuration.client_cert_exclusion_paths or ())
    if enabled is None:
        return "reached" if probe.identity == "given" and probe.tls in ("free", "1.2") else None
    renegotiating = enabled and (
        configuration.client_cert_mode == "OptionalInteractiveUser" or bool(configuration.client_cert_exclusion_paths)
    )
    if probe.tls not in ("free", "1.2") and (renegotiating or probe.tls != "1.3"):
        return None
    if probe.tls == "1.2" and configuration.min_tls_version == "1.3":
        return None
    required = enabled and configuration.client_cert_mode in ("Required", None) and not excluded
    if probe.identity == "none":
        # Over the documented 100 KB a renegotiating front end refuses whoever sends it.
        if renegotiating and probe.body_bytes > _LIMIT_DOCUMENTED and not excluded:
            return None
        return "refused" if required else "reached"
    return "reached"
