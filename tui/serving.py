"""Serves the app to a browser on loopback, to whoever holds the key of the printed address and to nobody else.

textual-serve has no authentication and asks no questions about Host and Origin: any page in the user's browser, and
any other user of the machine, could drive the app. The middleware here is what stands between.
"""

import logging
import re
import secrets
import shlex
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import click

from probes.errors import UsageFault

HOST = "127.0.0.1"
COOKIE = "mtls-triage-key"
_ELSEWHERE = re.compile(r"<link\b[^>]*\bhref=[\"']?https?://(?!127\.0\.0\.1:)[^>]*>")
"""A style sheet of another host: textual-serve's page asks a font service for its font."""
_OURS = '<head><title>mtls-triage</title><link rel="icon" href="data:,">'


def serve(port: int) -> None:
    """Serve until Ctrl+C. Raises UsageFault where textual-serve is not installed or the port is taken."""
    server = made(port, secrets.token_urlsafe(24), shlex.join([sys.executable, "-m", "tui"]))
    click.echo(f"Open {server.address}\nOnly this machine can; Ctrl+C ends it.", err=True)
    try:
        server.serve()
    except OSError as fault:
        raise UsageFault(
            f"Serving on {HOST}:{port}: {fault.strerror or 'not possible'}. Try another --port."
        ) from None


def made(port: int, key: str, command: str) -> Any:
    """Return a server of ``command`` that lets in who brings ``key``; its ``address`` holds the key.

    Raises UsageFault where textual-serve is not installed.
    """
    try:
        from aiohttp import web
        from textual_serve.server import Server
    except ImportError:
        raise UsageFault("Serving needs textual-serve. Install it: pip install textual-serve.") from None

    class Guarded(Server):
        """textual-serve with a door."""

        address = f"http://{HOST}:{port}/?key={key}"

        def initialize_logging(self) -> None:
            # The stock handler prints local variables with each traceback.
            logging.basicConfig(level="WARNING", format="%(message)s")

        async def on_startup(self, app: Any) -> None:
            """Say nothing: the address was printed already, with its key."""

        async def _make_app(self) -> Any:
            app = await super()._make_app()
            app.middlewares.append(guard(web, port, key))
            return app

    return Guarded(command, host=HOST, port=port, title="mtls-triage")


def guard(web: Any, port: int, key: str) -> Any:
    """Return the middleware: the right Host, the right Origin, and the key in the address or the cookie."""
    hosts = {f"{HOST}:{port}", f"localhost:{port}"}
    policy = (
        "default-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; "
        f"img-src 'self' data:; connect-src 'self' ws://{HOST}:{port} ws://localhost:{port}; frame-ancestors 'none'"
    )

    @web.middleware  # type: ignore[untyped-decorator]
    async def checked(request: Any, handler: Callable[[Any], Awaitable[Any]]) -> Any:
        origin = request.headers.get("Origin")
        if request.host not in hosts or (origin is not None and origin.partition("://")[2] not in hosts):
            raise web.HTTPForbidden(text="mtls-triage answers to this machine only")
        if secrets.compare_digest(request.query.get("key", ""), key):
            # The key leaves the address bar, and with it the history, at once.
            moved = web.HTTPSeeOther("/")
            moved.set_cookie(COOKIE, key, httponly=True, samesite="Strict")
            raise moved
        if not secrets.compare_digest(request.cookies.get(COOKIE, ""), key):
            raise web.HTTPForbidden(text="open the address that mtls-triage serve printed; it holds a key")
        response = await handler(request)
        if not response.prepared:
            if response.content_type == "text/html":
                response.text = _ELSEWHERE.sub("", response.text).replace("<head>", _OURS, 1)
            response.headers["Content-Security-Policy"] = policy
            response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return checked
