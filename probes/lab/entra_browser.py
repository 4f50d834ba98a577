"""Sign-in by browser at the lab: the authorization code flow with PKCE (RFC 6749 section 4.1, RFC 7636).

Nobody is asked: whoever opens the page is signed in, or declines, as ``azure.device_login`` says.
"""

import base64
import hashlib
import html
import secrets
import time
from urllib.parse import urlencode, urlsplit

import msgspec

from probes.lab.azure_http import AzureRequest, Reply

LIFETIME_SECONDS = 600
MAX_CODES = 1_000
_LOCAL = ("localhost", "127.0.0.1", "[::1]", "::1")


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """What a code was issued for."""

    client_id: str
    redirect_uri: str
    challenge: str
    nonce: str
    expires: float


class BrowserLogins:
    """The authorization codes that were handed out."""

    def __init__(self) -> None:
        self._pending: dict[str, Pending] = {}

    def authorize(self, request: AzureRequest, *, declined: bool) -> Reply:
        """Return the redirect, or the page that posts the code by itself, to a redirect URI on this machine."""
        query = request.query
        redirect = query.get("redirect_uri", "")
        if not _is_local(redirect) or query.get("response_type") != "code":
            return Reply(status=400, body=b"the redirect_uri must be on this machine, the response_type code\n")
        answer = {"state": query.get("state", "")}
        if declined:
            answer |= {"error": "access_denied", "error_description": "AADSTS65004: The user declined."}
        else:
            answer["code"] = self._issue(query, redirect)
        if query.get("response_mode") == "form_post":
            return _posting_page(redirect, answer)
        return Reply(status=302, headers=(("Location", f"{redirect}?{urlencode(answer)}"),))

    def _issue(self, query: dict[str, str], redirect: str) -> str:
        code = secrets.token_urlsafe(32)
        self._pending[code] = Pending(
            client_id=query.get("client_id", ""),
            redirect_uri=redirect,
            challenge=query.get("code_challenge", ""),
            nonce=query.get("nonce", ""),
            expires=time.monotonic() + LIFETIME_SECONDS,
        )
        while len(self._pending) > MAX_CODES:
            del self._pending[next(iter(self._pending))]
        return code

    def redeem(self, form: dict[str, str]) -> Pending | None:
        """Return what the code was issued for, None when it or its verifier is wrong; a code works once."""
        pending = self._pending.pop(form.get("code", ""), None)
        if pending is None or pending.expires < time.monotonic():
            return None
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proven = base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == pending.challenge
        same = (form.get("client_id"), form.get("redirect_uri")) == (pending.client_id, pending.redirect_uri)
        return pending if proven and same else None


def _is_local(redirect: str) -> bool:
    try:
        parts = urlsplit(redirect)
    except ValueError:
        return False
    return parts.scheme == "http" and parts.hostname in _LOCAL


def _posting_page(redirect: str, answer: dict[str, str]) -> Reply:
    fields = "".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
        for name, value in answer.items()
    )
    page = (
        f'<!DOCTYPE html><title>Sign in</title><body onload="document.forms[0].submit()">'
        f'<form method="POST" action="{html.escape(redirect)}">{fields}<button>Continue</button></form>'
    )
    return Reply(body=page.encode(), headers=(("Content-Type", "text/html; charset=utf-8"),))
