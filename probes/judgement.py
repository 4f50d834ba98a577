"""Judges one observation: did the request reach the app, who answered, and was that to be expected."""

from typing import Literal
from urllib.parse import unquote

import msgspec

from probes.diagnosis.expect import expectation
from probes.diagnosis.passage import asks_for_login
from probes.model import Exchange, Judged, Observation, Probe, SiteConfig

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
LOGIN_PATH = "/.auth/login"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def judge(observation: Observation, configuration: SiteConfig) -> Judged:
    """Return the judgement over one observation.

    The settings say what was to be expected, and whether an answer that asks for a login is the platform's.
    """
    reached, by, because = _login(observation, configuration) or _reached(observation)
    expected = expectation(configuration, observation.probe)
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


def _login(observation: Observation, configuration: SiteConfig) -> _Judgement | None:
    """Return the judgement over an answer that App Service Authentication gives, None for any other.

    It stands before the app's code and sends people to /.auth/login, or answers 401 or 403 (Microsoft Learn,
    Authentication and authorization in Azure App Service). An app may send people to /.auth/login by itself, so that
    only the settings tell the two apart.
    """
    auth = configuration.auth
    if observation.outcome != "response" or observation.echo is not None:
        return None
    if auth is not None and not asks_for_login(configuration, observation.probe.path):
        return None
    headers = dict(observation.exchanges[-1].headers)
    sent_there = observation.status in _REDIRECTS and LOGIN_PATH in unquote(headers.get("location", "")).lower()
    challenge = (
        observation.status in (401, 403) and "authorization_uri=" in headers.get("www-authenticate", "").lower()
    )
    if auth is None:
        because = f"sent to {LOGIN_PATH}, by App Service Authentication or by an app that uses it"
        return ("unknown", "unknown", because) if sent_there else None
    if sent_there or challenge:
        return "no", "edge", "App Service Authentication asks for a login, before the app"
    if f"return{observation.status}" == (auth.unauthenticated_action or "").lower():
        because = f"App Service Authentication answers {observation.status} without a login, and an app may do so too"
        return "unknown", "unknown", because
    return None


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
