"""Signs in to Azure by an explicit chain: nothing is tried that is not set up, and nothing that can hang for long."""

import asyncio
import inspect
import logging
import os
import shutil
import time
from collections.abc import Callable
from typing import Any

import aiohttp
from azure.core.credentials import AccessToken, AccessTokenInfo
from azure.core.exceptions import AzureError, ClientAuthenticationError
from azure.core.pipeline.transport import AioHttpTransport
from azure.identity import CredentialUnavailableError

from probes.printable import printable
from probes.siteconfig.aside import in_thread
from probes.siteconfig.clouds import Access
from probes.siteconfig.faults import SignedOut

SILENT_S = 15.0
"""Seconds for a sign-in that asks nobody."""
PERSON_S = 300.0
"""Seconds for a person to enter a code or to use the browser."""
_REFRESH_S = 120
# The last three are what the libraries raise over an answer of another shape than they expect.
_FAILURES = (AzureError, aiohttp.ClientError, OSError, ValueError, LookupError, TypeError, AttributeError)
_CERTIFICATE = "AZURE_CLIENT_CERTIFICATE_PATH"
_PRINCIPAL = ("AZURE_TENANT_ID", "AZURE_CLIENT_ID")

Prompt = Callable[[str], None]
"""Shows one line to the person who signs in: where to go and which code to enter."""


def quiet() -> None:
    """Keep the libraries' own warnings off the terminal: without any handler Python prints them to stderr."""
    for name in ("azure", "msal", "aiohttp"):
        logging.getLogger(name).addHandler(logging.NullHandler())


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


async def sign_in(access: Access, http: aiohttp.ClientSession, prompt: Prompt) -> SignedIn:
    """Return who is signed in. ``http`` is the session to the authority.

    Raises SignedOut with what was tried and what to run, in three lines.
    """
    quiet()
    tried: list[str] = []
    for way, make in _ways(access, http, prompt, tried):
        limit = PERSON_S if access.sign_in in ("device-code", "browser") else SILENT_S
        try:
            signed = SignedIn(way, make())
            async with asyncio.timeout(limit):
                await signed.get_token_info(access.cloud.scope)
        except CredentialUnavailableError as fault:
            tried.append(f"{way} ({_reason(fault)})")
        except TimeoutError:
            tried.append(f"{way} (no answer within {limit:.0f} s)")
        except ClientAuthenticationError as fault:
            # What is set up and refused is the cause: going on to another identity would hide it.
            raise SignedOut(_lines(f"{way} was refused", [_reason(fault)], access)) from None
        except _FAILURES as fault:
            raise SignedOut(_lines(f"{way} failed", [_reason(fault)], access)) from None
        else:
            return signed
    raise SignedOut(_lines("nobody is signed in", tried, access))


def _ways(
    access: Access, http: aiohttp.ClientSession, prompt: Prompt, tried: list[str]
) -> "list[tuple[str, Callable[[], Any]]]":
    """Return the ways that are set up, in their order; what is not set up goes to ``tried`` with what is missing."""
    from azure.identity import aio

    if access.sign_in in ("device-code", "browser"):
        return [_by_person(access, prompt)]
    cli = ("Azure CLI", lambda: aio.AzureCliCredential(process_timeout=10))
    if access.sign_in == "cli":
        return [cli]
    more: dict[str, Any] = {
        "authority": access.cloud.authority,
        "transport": AioHttpTransport(session=http, session_owner=False),
        "disable_instance_discovery": access.own_authority,
        "retry_total": 1,
        "connection_timeout": 5,
        "read_timeout": 8,
    }
    found: list[tuple[str, Callable[[], Any]]] = []
    principal = _principal(more, tried)
    if principal is not None:
        found.append(principal)
    if all(os.environ.get(name) for name in (*_PRINCIPAL, "AZURE_FEDERATED_TOKEN_FILE")):
        found.append(("workload identity", lambda: aio.WorkloadIdentityCredential(**more)))
    if has_managed_identity():
        client_id = os.environ.get("AZURE_CLIENT_ID")
        quick = {name: value for name, value in more.items() if name in ("transport", "retry_total", "read_timeout")}
        found.append(("managed identity", lambda: aio.ManagedIdentityCredential(client_id=client_id, **quick)))
    if shutil.which("az.cmd") or shutil.which("az"):
        found.append(cli)
    else:
        tried.append("Azure CLI (az is not on the PATH)")
    return found


def _principal(more: dict[str, Any], tried: list[str]) -> tuple[str, Callable[[], Any]] | None:
    from azure.identity import aio

    tenant, client = (os.environ.get(name, "") for name in _PRINCIPAL)
    secret, certificate = os.environ.get("AZURE_CLIENT_SECRET"), os.environ.get(_CERTIFICATE)
    if not (tenant and client):
        tried.append("environment (AZURE_TENANT_ID and AZURE_CLIENT_ID are not set)")
        return None
    if secret:
        return "service principal with a secret", lambda: aio.ClientSecretCredential(tenant, client, secret, **more)
    if certificate:
        phrase = os.environ.get("AZURE_CLIENT_CERTIFICATE_PASSWORD")
        return "service principal with a certificate", lambda: aio.CertificateCredential(
            tenant, client, certificate_path=certificate, password=phrase, **more
        )
    if not os.environ.get("AZURE_FEDERATED_TOKEN_FILE"):
        tried.append(f"environment (neither AZURE_CLIENT_SECRET nor {_CERTIFICATE} is set)")
    return None


def has_managed_identity() -> bool:
    """Say whether an endpoint of a managed identity is set, so that the address 169.254.169.254 is not asked.

    Microsoft Learn, "How to use managed identities for App Service": IDENTITY_ENDPOINT with IDENTITY_HEADER. Azure
    Arc sets IMDS_ENDPOINT beside it, Cloud Shell sets MSI_ENDPOINT.
    """
    env = os.environ
    complete = env.get("IDENTITY_ENDPOINT") and (env.get("IDENTITY_HEADER") or env.get("IMDS_ENDPOINT"))
    return bool(complete or (env.get("MSI_ENDPOINT") and not env.get("IDENTITY_ENDPOINT")))


def _by_person(access: Access, prompt: Prompt) -> tuple[str, Callable[[], Any]]:
    from azure.identity import DeviceCodeCredential, InteractiveBrowserCredential

    bundle = access.authority_ca or os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("SSL_CERT_FILE")
    more: dict[str, Any] = {
        "authority": access.cloud.authority,
        "disable_instance_discovery": access.own_authority,
        "connection_timeout": 5,
        "read_timeout": 10,
        "retry_total": 1,
    }
    if bundle:
        more["connection_verify"] = str(bundle)
    if tenant := os.environ.get("AZURE_TENANT_ID"):
        more["tenant_id"] = tenant

    def show(address: str, code: str, _until: object) -> None:
        prompt(f"To sign in, open {printable(address, limit=200)} and enter the code {printable(code, limit=40)}")

    if access.sign_in == "browser":
        return "browser", lambda: InteractiveBrowserCredential(timeout=int(PERSON_S), **more)
    return "device code", lambda: DeviceCodeCredential(prompt_callback=show, timeout=int(PERSON_S), **more)


def _reason(fault: BaseException) -> str:
    """Return the first line of what a library said, printable; tokens and secrets are never in it."""
    text = str(getattr(fault, "message", None) or fault).strip()
    first = next((line.strip() for line in text.splitlines() if line.strip()), type(fault).__name__)
    return printable(first, limit=200)


def _lines(what: str, tried: list[str], access: Access) -> str:
    tenant = "" if not access.own_authority else f" at {access.cloud.authority}"
    return (
        f"Signing in to Azure{tenant}: {what}.\n"
        f"Tried: {'; '.join(tried) or 'nothing was set up'}.\n"
        "Run az login, or use --sign-in device-code; or give saved settings with --config FILE."
    )
