"""The lab's sign-in endpoint, in the ways that MSAL and azure-identity ask it.

Microsoft identity platform (Microsoft Learn): OAuth 2.0 client credentials flow, device authorization grant, refresh
tokens, OpenID configuration. Error codes are those of "Microsoft Entra authentication and authorization error codes";
the texts are the lab's own.
"""

import secrets
import time
import uuid
from typing import Any

from probes.lab.azure_faults import Faults, altered, instead
from probes.lab.azure_http import AzureRequest, Reply, json_reply
from probes.lab.azure_names import CLIENT_ID, TENANT
from probes.lab.entra_assertion import AssertionFault, check_assertion
from probes.lab.entra_browser import BrowserLogins
from probes.lab.entra_device import DeviceLogins
from probes.lab.entra_tokens import Token, Tokens, encoded
from probes.lab.site import Site

USER = "reader@lab.test"
"""Who signs in by device code or browser."""

_PUBLIC_TENANTS = ("common", "organizations")
_REFRESH_SECONDS = 86_400


class Secrets:
    """What the lab's service principal and managed identity prove themselves with; made anew for each lab."""

    def __init__(self) -> None:
        self.client_secret = secrets.token_urlsafe(24)
        self.federated_token = secrets.token_urlsafe(48)
        self.identity_header = secrets.token_urlsafe(24)

    def __repr__(self) -> str:
        return "<Secrets>"


class Entra:
    """Answers requests to the sign-in endpoint."""

    def __init__(self, site: Site, tokens: Tokens, faults: Faults, known: Secrets) -> None:
        self._site = site
        self._tokens = tokens
        self._faults = faults
        self._secrets = known
        self._devices = DeviceLogins()
        self._browsers = BrowserLogins()

    async def answer(self, request: AzureRequest) -> Reply:
        """Return the reply to any request; never raises for what a client sends."""
        fault = self._faults.pick(self._site.state.azure.faults, "entra", request.path)
        if fault and (reply := instead(fault, request, f"{request.origin}/{TENANT}", has_claims=True)):
            return reply
        reply = self._true_answer(request)
        return altered(fault, request, reply, request.origin) if fault else reply

    def _true_answer(self, request: AzureRequest) -> Reply:
        lowered = [part.lower() for part in request.parts]
        if lowered[1:] == ["discovery", "instance"]:
            return json_reply(_instance(request))
        if not lowered or lowered[0] not in (TENANT, *_PUBLIC_TENANTS):
            return _error(400, "invalid_tenant", 90002, "The tenant is not found.")
        match (request.method, lowered[1:]):
            case ("GET", ["v2.0", ".well-known", "openid-configuration"] | [".well-known", "openid-configuration"]):
                return json_reply(_openid(request))
            case ("GET", ["discovery", "v2.0", "keys"]):
                return json_reply({"keys": []})
            case ("GET", ["oauth2", "v2.0", "authorize"]):
                return self._browsers.authorize(request, declined=self._site.state.azure.device_login == "declined")
            case ("POST", ["oauth2", "v2.0", "devicecode"]):
                return self._device_code(request)
            case ("POST", ["oauth2", "v2.0", "token"]):
                return self._token(request, request.form)
        return _error(404, "invalid_request", 900144, "The lab's sign-in endpoint has nothing at this path.")

    def _device_code(self, request: AzureRequest) -> Reply:
        form = request.form
        if not form.get("client_id") or not form.get("scope"):
            return _error(400, "invalid_request", 900144, "The request must contain client_id and scope.")
        page, seconds = f"{request.origin}/devicelogin", self._site.state.azure.device_seconds
        return json_reply(self._devices.start(form["client_id"], page, seconds))

    def _token(self, request: AzureRequest, form: dict[str, str]) -> Reply:
        match form.get("grant_type", ""):
            case "client_credentials":
                return self._client_credentials(request, form)
            case "urn:ietf:params:oauth:grant-type:device_code" | "device_code":
                return self._device_token(request, form)
            case "authorization_code":
                return self._code(request, form)
            case "refresh_token":
                return self._refresh(request, form)
        return _error(400, "unsupported_grant_type", 70003, "The lab's sign-in endpoint does not take this grant.")

    def _client_credentials(self, request: AzureRequest, form: dict[str, str]) -> Reply:
        if form.get("client_id", "").lower() != CLIENT_ID:
            return _error(400, "unauthorized_client", 700016, "The application is not found in the tenant.")
        if "client_assertion" in form:
            if fault := self._assertion_fault(form["client_assertion"]):
                return fault
        elif not secrets.compare_digest(form.get("client_secret", "").encode(), self._secrets.client_secret.encode()):
            return _error(401, "invalid_client", 7000215, "The client secret is wrong.")
        scope = form.get("scope", "")
        if not scope.endswith("/.default"):
            return _error(400, "invalid_scope", 1002012, "The scope must end in /.default.")
        return json_reply(self._access(scope, CLIENT_ID, form))

    def _assertion_fault(self, assertion: str) -> Reply | None:
        if secrets.compare_digest(assertion.encode(), self._secrets.federated_token.encode()):
            return None
        registered = self._site.pki.clients["service_principal"].certificate
        try:
            check_assertion(assertion, registered, CLIENT_ID, f"/{TENANT}/oauth2/v2.0/token")
        except AssertionFault as fault:
            return _error(401, "invalid_client", 700027, str(fault))
        return None

    def _device_token(self, request: AzureRequest, form: dict[str, str]) -> Reply:
        state = self._devices.ask(form.get("device_code", ""), self._site.state.azure.device_login)
        if state == "pending":
            return _error(400, "authorization_pending", 70016, "The user has not signed in yet.")
        if state == "declined":
            return _error(400, "authorization_declined", 70000, "The user declined to sign in.")
        if state == "expired":
            return _error(400, "expired_token", 70020, "The device code is expired.")
        if state == "unknown":
            return _error(400, "bad_verification_code", 70018, "The device code is unknown.")
        return json_reply(self._user(request, form))

    def _code(self, request: AzureRequest, form: dict[str, str]) -> Reply:
        pending = self._browsers.redeem(form)
        if pending is None:
            return _error(400, "invalid_grant", 70008, "The code is unknown, expired, or for another request.")
        return json_reply(self._user(request, form, nonce=pending.nonce))

    def _refresh(self, request: AzureRequest, form: dict[str, str]) -> Reply:
        known = self._tokens.find(form.get("refresh_token", ""), "refresh")
        if known is None:
            return _error(400, "invalid_grant", 700082, "The refresh token is expired or unknown.")
        return json_reply(self._user(request, form))

    def _access(self, scope: str, principal: str, form: dict[str, str]) -> dict[str, Any]:
        audience = next((one for one in scope.split() if "://" in one), "https://management.azure.com/.default")
        seconds = self._site.state.azure.token_seconds
        token = Token(
            use="access",
            principal=principal,
            audience=audience.removesuffix("/.default").removesuffix("/user_impersonation").rstrip("/"),
            expires=time.time() + seconds,
            claims="nbf" in form.get("claims", ""),
        )
        text = self._tokens.issue(token)
        return {"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": text}

    def _user(self, request: AzureRequest, form: dict[str, str], nonce: str = "") -> dict[str, Any]:
        """Return the tokens of a person; MSAL keeps them under ``scope`` and ``client_info``."""
        scope, client = form.get("scope", ""), form.get("client_id", "")
        now = int(time.time())
        kept = Token(use="refresh", principal=USER, audience=client, expires=now + _REFRESH_SECONDS)
        identity = {
            "aud": client,
            "iss": f"{request.origin}/{TENANT}/v2.0",
            "sub": USER,
            "oid": USER,
            "tid": TENANT,
            "preferred_username": USER,
            "iat": now,
            "exp": now + self._site.state.azure.token_seconds,
            **({"nonce": nonce} if nonce else {}),
        }
        shown = " ".join(one for one in scope.split() if one not in ("offline_access", "openid", "profile"))
        return {
            **self._access(scope, USER, form),
            "scope": shown,
            "refresh_token": self._tokens.issue(kept),
            "id_token": f"{encoded({'typ': 'JWT', 'alg': 'none'})}.{encoded(identity)}.",
            "client_info": encoded({"uid": USER, "utid": TENANT}),
        }


def _instance(request: AzureRequest) -> dict[str, Any]:
    host = request.headers.get("host", "")
    return {
        "tenant_discovery_endpoint": f"{request.origin}/{TENANT}/v2.0/.well-known/openid-configuration",
        "api-version": "1.1",
        "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
    }


def _openid(request: AzureRequest) -> dict[str, Any]:
    base = f"{request.origin}/{TENANT}"
    return {
        "issuer": f"{base}/v2.0",
        "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
        "token_endpoint": f"{base}/oauth2/v2.0/token",
        "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
        "jwks_uri": f"{base}/discovery/v2.0/keys",
        "response_types_supported": ["code", "id_token"],
        "scopes_supported": ["openid", "profile", "offline_access"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "tenant_region_scope": "EU",
    }


def _error(status: int, error: str, code: int, text: str) -> Reply:
    """Return an error of the token endpoint: OAuth's word for it, and the platform's number in the description."""
    trace, correlation = str(uuid.uuid4()), str(uuid.uuid4())
    stamp = time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime())
    body = {
        "error": error,
        "error_description": f"AADSTS{code}: {text} Trace ID: {trace} Correlation ID: {correlation}",
        "error_codes": [code],
        "timestamp": stamp,
        "trace_id": trace,
        "correlation_id": correlation,
    }
    return json_reply(body, status)
