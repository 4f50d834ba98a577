"""Signs in to Azure by an explicit chain: nothing is tried that is not set up, and nothing that can hang for long."""

import asyncio
import inspect
import logging
import os
import threading
import time
from datetime import datetime
from typing import Any

import aiohttp
from azure.core.credentials import AccessToken, AccessTokenInfo
from azure.core.exceptions import AzureError, ClientAuthenticationError, ServiceRequestError
from azure.core.pipeline.transport import AioHttpTransport, RequestsTransport
from azure.identity import CredentialUnavailableError

from probes.printable import printable
from probes.redact import Redactor
from probes.siteconfig.aside import in_thread
from probes.siteconfig.clouds import Access
from probes.siteconfig.faults import RefusedByUs
from probes.siteconfig.transport import ShortRetry, ShortRetryOfThread
from probes.siteconfig.ways import (
    CERTIFICATE,
    PRINCIPAL,
    TITLES,
    DeviceCode,
    Prompt,
    Way,
    has_browser,
    signed_out,
    ways,
)

SILENT_S = 15.0
"""Seconds for a sign-in that asks nobody."""
PERSON_S = {"device-code": 900.0, "browser": 300.0}
"""Seconds for a person to enter a code or to use the browser; Entra's codes live for 15 minutes (Microsoft Learn,
OAuth 2.0 device authorization grant)."""
_ENDED = {
    "expired_token": "the code expired before anybody signed in with it",
    "authorization_pending": "the code expired before anybody signed in with it",
    "authorization_declined": "whoever entered the code declined",
    "access_denied": "whoever signed in declined",
}
"""Errors of the grant (RFC 8628, section 3.5; Microsoft Learn, as above), in words."""
_REFRESH_S = 120
_SECRETS = ("AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PASSWORD", "IDENTITY_HEADER")
"""Variables with secrets; an authority's answer may repeat what it was sent."""
# Below our own refusals stands what the libraries raise over an answer of another shape than they expect.
_FAILURES = (
    AzureError,
    aiohttp.ClientError,
    OSError,
    RefusedByUs,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RecursionError,
)


def quiet() -> None:
    """Keep what the libraries say of their requests off the terminal and out of every log.

    An authority's answer may repeat what it was sent, a secret included, and azure-identity logs that answer.
    """
    for name in ("azure", "msal", "aiohttp"):
        logger = logging.getLogger(name)
        # Without any handler Python prints warnings to stderr.
        logger.addHandler(logging.NullHandler())
        logger.propagate = False
        # A handler that hangs on the library's own logger would see it all the same.
        logger.setLevel(logging.CRITICAL + 1)


class SignedIn:
    """A token source for the SDKs: asks its credential once, and again for a claims challenge or before the end."""

    def __init__(self, way: str, credential: Any) -> None:
        self.way = way
        self._credential = credential
        self._held: dict[tuple[str, ...], AccessTokenInfo] = {}
        self._one_at_a_time = asyncio.Lock()

    async def get_token_info(self, *scopes: str, options: Any = None) -> AccessTokenInfo:
        """Return a token for ``scopes``; raises what azure.identity raises."""
        async with self._one_at_a_time:
            held = self._held.get(scopes)
            if held is not None and not (options or {}).get("claims") and held.expires_on - time.time() > _REFRESH_S:
                return held
            found = await self._ask(scopes, options or {})
            self._held[scopes] = found
            return found

    async def _ask(self, scopes: tuple[str, ...], options: Any) -> AccessTokenInfo:
        ask = self._credential.get_token_info
        if inspect.iscoroutinefunction(inspect.unwrap(ask)) or self._is_async():
            found: AccessTokenInfo = await ask(*scopes, options=options)
            return found
        return await in_thread(lambda: ask(*scopes, options=options))

    def _is_async(self) -> bool:
        return ".aio" in type(self._credential).__module__

    async def get_token(self, *scopes: str, claims: str | None = None, **_more: Any) -> AccessToken:
        """Return a token in the older form that some of the SDKs ask for."""
        found = await self.get_token_info(*scopes, options={"claims": claims} if claims else None)
        return AccessToken(found.token, found.expires_on)

    async def close(self) -> None:
        """Close the credential; the session is not its own."""
        closing = self._credential.close()
        if inspect.isawaitable(closing):
            await closing

    async def __aenter__(self) -> "SignedIn":
        return self

    async def __aexit__(self, *_what: object) -> None:
        await self.close()


class _UntilGivenUp(RequestsTransport):  # type: ignore[misc]
    """Sends until the person has given up: MSAL's polling runs in a thread that nobody can cancel."""

    def __init__(self, given_up: threading.Event, **more: Any) -> None:
        super().__init__(**more)
        self._given_up = given_up

    def send(self, request: Any, **more: Any) -> Any:
        """Send one request; raises ServiceRequestError once it was given up."""
        if self._given_up.is_set():
            raise ServiceRequestError("the sign-in was given up")
        return super().send(request, **more)


async def sign_in(access: Access, http: aiohttp.ClientSession, prompt: Prompt) -> SignedIn:
    """Return who is signed in. ``http`` is the session to the authority.

    Raises SignedOut with what was tried and what to run, in three lines. Once it is cancelled or has failed, the
    authority is not asked any more.
    """
    quiet()
    found = ways(access)
    tried = list(found.missing)
    for way in found.set_up:
        given_up = threading.Event()
        try:
            signed = await _tried(way, access, http, prompt, given_up)
        except BaseException:
            given_up.set()
            raise
        if isinstance(signed, SignedIn):
            return signed
        given_up.set()
        tried.append(f"{TITLES[way]} ({signed})")
    raise signed_out("nobody is signed in", tuple(tried), access)


async def _tried(
    way: Way, access: Access, http: aiohttp.ClientSession, prompt: Prompt, given_up: threading.Event
) -> SignedIn | str:
    """Return who signed in by one way, or why that way is not there. Raises SignedOut where it is there and fails."""
    title, limit = TITLES[way], PERSON_S.get(way, SILENT_S)
    if way == "browser" and not has_browser():
        return "no browser can be opened here: neither DISPLAY nor BROWSER is set"
    try:
        signed = SignedIn(title, _credential(way, access, http, prompt, given_up))
        # A person's time is measured by the library, which says more of its end.
        async with asyncio.timeout(limit + 5 if way in PERSON_S else limit):
            await signed.get_token_info(access.cloud.scope)
    except CredentialUnavailableError as fault:
        return _reason(fault)
    except TimeoutError:
        return f"no answer within {limit:.0f} s"
    except ClientAuthenticationError as fault:
        # What is set up and refused is the cause: going on to another identity would hide it.
        raise signed_out(_ended(fault) or f"{title} was refused", (_reason(fault),), access) from None
    except _FAILURES as fault:
        raise signed_out(f"{title} failed", (_reason(fault),), access) from None
    return signed


def _ended(fault: ClientAuthenticationError) -> str | None:
    """Return in words how a device code ended, None where that is not what happened."""
    if "Timed out waiting for user to authenticate" in str(fault.message):
        return _ENDED["expired_token"]
    try:
        answer: Any = fault.response
        said = answer.json() if answer is not None else {}
    except (ValueError, AttributeError, TypeError, RecursionError, AzureError):
        return None
    error = said.get("error") if isinstance(said, dict) else None
    return _ENDED.get(error) if isinstance(error, str) else None


def _credential(
    way: Way, access: Access, http: aiohttp.ClientSession, prompt: Prompt, given_up: threading.Event
) -> Any:
    """Return the SDK's credential for one way; nothing is asked yet."""
    from azure.identity import aio

    quick: dict[str, Any] = {
        "transport": AioHttpTransport(session=http, session_owner=False),
        "retry_total": 1,
        "retry_policy_class": ShortRetry,
        "connection_timeout": 5,
        "read_timeout": 8,
    }
    at = {"authority": access.cloud.authority, "disable_instance_discovery": access.own_authority, **quick}
    tenant, client = (os.environ.get(name, "") for name in PRINCIPAL)
    match way:
        case "secret":
            return aio.ClientSecretCredential(tenant, client, os.environ["AZURE_CLIENT_SECRET"], **at)
        case "certificate":
            phrase = os.environ.get("AZURE_CLIENT_CERTIFICATE_PASSWORD")
            file = os.environ[CERTIFICATE]
            return aio.CertificateCredential(tenant, client, certificate_path=file, password=phrase, **at)
        case "workload":
            return aio.WorkloadIdentityCredential(**at)
        case "managed":
            return aio.ManagedIdentityCredential(client_id=client or None, **quick)
        case "cli":
            return aio.AzureCliCredential(process_timeout=10)
    return by_person(access, prompt, given_up)


def by_person(access: Access, prompt: Prompt, given_up: threading.Event) -> Any:
    """Return the credential by which a person signs in, in a browser or with a device code; nothing is asked yet.

    The browser comes back to a port of this machine that azure-identity opens (RFC 8252, section 7.3). Once
    ``given_up`` is set, nothing is sent any more.
    """
    from azure.identity import DeviceCodeCredential, InteractiveBrowserCredential

    bundle = access.authority_ca or os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("SSL_CERT_FILE")
    trusted = {"connection_verify": str(bundle)} if bundle else {}
    more: dict[str, Any] = {
        "authority": access.cloud.authority,
        "disable_instance_discovery": access.own_authority,
        "transport": _UntilGivenUp(given_up, connection_timeout=5, read_timeout=10, **trusted),
        "retry_total": 1,
        "retry_policy_class": ShortRetryOfThread,
    }
    if tenant := os.environ.get("AZURE_TENANT_ID"):
        more["tenant_id"] = tenant

    def show(address: str, code: str, until: datetime) -> None:
        ends = min(until.timestamp(), time.time() + PERSON_S["device-code"])
        prompt(DeviceCode(printable(address, limit=200), printable(code, limit=40), ends))

    if access.sign_in == "browser":
        return InteractiveBrowserCredential(timeout=int(PERSON_S["browser"]), **more)
    return DeviceCodeCredential(prompt_callback=show, timeout=int(PERSON_S["device-code"]), **more)


def _reason(fault: BaseException) -> str:
    """Return the first line of what a library said, printable, without tokens and the secrets of the environment."""
    text = str(getattr(fault, "message", None) or fault).strip()
    # What the authority answered instead of a token is nobody's business on a screen.
    text = text.partition("Unexpected response from Microsoft Entra ID:")[0] or "the authority's answer is no token"
    first = next((line.strip() for line in text.splitlines() if line.strip()), type(fault).__name__)
    known = Redactor(os.environ.get(name, "") for name in _SECRETS)
    return printable(known.text(first), limit=200)
