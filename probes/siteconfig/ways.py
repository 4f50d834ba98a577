"""Which ways to sign in are set up here; told without importing Azure, so that signed out is said at once."""

import os
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from probes.siteconfig.clouds import Access
from probes.siteconfig.faults import SignedOut

Way = Literal["secret", "certificate", "workload", "managed", "cli", "device-code", "browser"]

TITLES: dict[Way, str] = {
    "secret": "service principal with a secret",
    "certificate": "service principal with a certificate",
    "workload": "workload identity",
    "managed": "managed identity",
    "cli": "Azure CLI",
    "device-code": "device code",
    "browser": "browser",
}
CERTIFICATE = "AZURE_CLIENT_CERTIFICATE_PATH"
FEDERATED = "AZURE_FEDERATED_TOKEN_FILE"
PRINCIPAL = ("AZURE_TENANT_ID", "AZURE_CLIENT_ID")
"""The variables of azure-identity (Microsoft Learn, Azure Identity client library, environment variables)."""


@dataclass(frozen=True)
class DeviceCode:
    """What a person who signs in enters, and where (RFC 8628, section 3.2); both texts are printable.

    ``ends`` is when the code ends, in seconds of ``time.time()``.
    """

    address: str
    code: str
    ends: float

    @property
    def line(self) -> str:
        """Both in one sentence."""
        return f"To sign in, open {self.address} and enter the code {self.code}"


Prompt = Callable[[DeviceCode], None]
"""Told what the person must do to sign in; called from another thread than the one that waits."""


@dataclass(frozen=True)
class Ways:
    """The ways that can be tried, in their order, and for the others what is missing."""

    set_up: tuple[Way, ...]
    missing: tuple[str, ...]


def ways(access: Access) -> Ways:
    """Return the ways of the chain, or the one that was asked for."""
    if access.sign_in != "auto":
        return Ways((access.sign_in,), ())
    found: list[Way] = []
    missing: list[str] = []
    env = os.environ
    if not all(env.get(name) for name in PRINCIPAL):
        missing.append("environment (AZURE_TENANT_ID and AZURE_CLIENT_ID are not set)")
    elif env.get("AZURE_CLIENT_SECRET"):
        found.append("secret")
    elif env.get(CERTIFICATE):
        found.append("certificate")
    elif env.get(FEDERATED):
        found.append("workload")
    else:
        missing.append(f"environment (none of AZURE_CLIENT_SECRET, {CERTIFICATE}, {FEDERATED} is set)")
    if has_managed_identity():
        found.append("managed")
    if shutil.which("az.cmd") or shutil.which("az"):
        found.append("cli")
    else:
        missing.append("Azure CLI (az is not on the PATH)")
    return Ways(tuple(found), tuple(missing))


def has_managed_identity() -> bool:
    """Say whether an endpoint of a managed identity is set, so that the address 169.254.169.254 is not asked.

    Microsoft Learn, "How to use managed identities for App Service": IDENTITY_ENDPOINT with IDENTITY_HEADER. Azure
    Arc sets IMDS_ENDPOINT beside it, Cloud Shell sets MSI_ENDPOINT.
    """
    env = os.environ
    complete = env.get("IDENTITY_ENDPOINT") and (env.get("IDENTITY_HEADER") or env.get("IMDS_ENDPOINT"))
    return bool(complete or (env.get("MSI_ENDPOINT") and not env.get("IDENTITY_ENDPOINT")))


def has_browser() -> bool:
    """Say whether a browser can be opened beside this program.

    On a machine without a display Python would open one of text in this very terminal (Python documentation,
    webbrowser).
    """
    if sys.platform in ("win32", "darwin") or "microsoft" in platform.release().lower():
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))


def refuse_when_signed_out(access: Access) -> None:
    """Raise SignedOut where there is nothing that could be tried."""
    found = ways(access)
    if not found.set_up:
        raise signed_out("nobody is signed in", found.missing, access)


def signed_out(what: str, tried: tuple[str, ...], access: Access) -> SignedOut:
    """Return the fault in its three lines: what was done, what was tried, what to run."""
    where = f" at {access.cloud.authority}" if access.own_authority else ""
    seen = f"Signing in to Azure{where}: {what}."
    return SignedOut(
        f"{seen}\n"
        f"Tried: {'; '.join(tried) or 'nothing was set up'}.\n"
        "Run az login, or use --sign-in device-code; or give saved settings with --config FILE.",
        seen=seen,
        tried=tried,
    )
