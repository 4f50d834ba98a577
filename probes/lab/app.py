"""The debug app behind the edge: a few routes, and an echo of what it received in the shapes that people write."""

import html
import json
import secrets

from probes.lab.before_code import refused
from probes.lab.damage import damaged
from probes.lab.judging import Known
from probes.lab.messages import Answer, Headers, Request
from probes.lab.received import Received, received, refusal
from probes.lab.state import App

DEBUG_PATH = "/debug/headers"
UPLOAD_PATH = "/upload"
_POWERED = {
    "flask": "Flask",
    "django": "Django",
    "express": "Express",
    "aspnetcore": "ASP.NET",
    "java": "Servlet",
    "php": "PHP/8.3",
}
_REASONS = {
    200: "OK",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    413: "Content Too Large",
    500: "Internal Server Error",
}


class DebugApp:
    """Answers what the edge lets through; the affinity cookie is one per lab, as one instance would set it.

    ``known`` are the certificates of its own that it may build chains with.
    """

    def __init__(self, known: Known = Known()) -> None:  # noqa: B008 - immutable
        self._affinity = secrets.token_hex(32)
        self._known = known

    def answer(self, app: App, request: Request, body_bytes: int) -> Answer:
        """Return the answer to ``request``, whose body had ``body_bytes`` bytes."""
        if refused_before := refused(app, request):
            return refused_before
        request = damaged(request, app.damage)
        seen = received(app, request)
        if app.body_limit is not None and body_bytes > app.body_limit:
            return self._text(app, 413, f"body of {body_bytes} bytes; this app takes {app.body_limit}")
        if request.path == DEBUG_PATH:
            kind, body = echo(app, request, seen)
            return self._answer(app, 200, kind, body)
        if request.path == UPLOAD_PATH and request.method in ("POST", "PUT"):
            return self._text(app, 200, f"received {body_bytes} bytes")
        if request.path not in app.routes:
            return self._text(app, 404, "no such route in this app")
        if judged := refusal(app.validator, seen, self._known):
            return self._text(app, *judged)
        if seen.error and app.parse_error_status:
            return self._text(app, app.parse_error_status, f"client certificate: {seen.error}")
        return self._text(app, 200, "hello from the app")

    def _text(self, app: App, status: int, text: str) -> Answer:
        return self._answer(app, status, "text/plain; charset=utf-8", f"{text}\n".encode())

    def _answer(self, app: App, status: int, kind: str, body: bytes) -> Answer:
        cookie = f"ARRAffinity={self._affinity};Path=/;HttpOnly;Secure;Domain=localhost"
        headers = (("Content-Type", kind), ("Set-Cookie", cookie), ("X-Powered-By", _POWERED[app.naming]))
        return Answer(status=status, reason=_REASONS[status], headers=headers, body=body)


def named(app: App, headers: Headers) -> dict[str, str]:
    """Return the headers as the app's stack shows them.

    Django and PHP show the CGI name (RFC 3875 section 4.1.18), Flask makes title case of it, Express and Tomcat
    lower the case, ASP.NET Core keeps it. Headers of one name are joined with a comma (RFC 9110 section 5.3).
    """
    shown: dict[str, str] = {}
    for name, value in headers:
        key = _shown_name(app.naming, name)
        shown[key] = f"{shown[key]}, {value}" if key in shown else value
    return shown


def _shown_name(naming: str, name: str) -> str:
    if naming in ("express", "java"):
        return name.lower()
    if naming in ("django", "php"):
        return "HTTP_" + name.upper().replace("-", "_")
    return name.replace("_", "-").title() if naming == "flask" else name


def echo(app: App, request: Request, seen: Received) -> tuple[str, bytes]:
    """Return content type and body of the debug endpoint, in the app's shape."""
    headers = named(app, request.headers)
    facts = seen.facts()
    if app.shape == "json":
        shown = {
            "method": request.method,
            "path": request.path,
            "headers": headers,
            "certificate": facts,
            "certificateError": seen.error,
        }
        return "application/json", json.dumps(shown, indent=2).encode()
    verdict = seen.error and f"certificate error: {seen.error}"
    verdict = verdict or (f"certificate: {facts['subject']}" if facts else "certificate: none")
    if app.shape == "text":
        lines = [f"{name}: {value}" for name, value in headers.items()]
        return "text/plain; charset=utf-8", "\n".join([*lines, "", verdict, ""]).encode()
    rows = "".join(f"<tr><th>{html.escape(n)}</th><td>{html.escape(v)}</td></tr>\n" for n, v in headers.items())
    page = f"<!DOCTYPE html>\n<title>Headers</title>\n<table>\n{rows}</table>\n<p>{html.escape(verdict)}</p>\n"
    return "text/html; charset=utf-8", page.encode()
