"""The clouds that Azure is read from, and own addresses of them; data without any import of Azure."""

import os
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Literal
from urllib.parse import urlsplit

from probes.errors import UsageFault
from probes.printable import printable

SignIn = Literal["auto", "cli", "device-code", "browser"]


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """Where one cloud has its Resource Manager and its authority, and for whom a token must be."""

    name: str
    arm: str
    authority: str
    scope: str


# Microsoft Learn, "Compare Azure Government and global Azure" and "Azure China developer guide"; the names are those
# of `az cloud list`.
CLOUDS = MappingProxyType(
    {
        "AzureCloud": Cloud(
            name="AzureCloud",
            arm="https://management.azure.com",
            authority="https://login.microsoftonline.com",
            scope="https://management.azure.com/.default",
        ),
        "AzureUSGovernment": Cloud(
            name="AzureUSGovernment",
            arm="https://management.usgovcloudapi.net",
            authority="https://login.microsoftonline.us",
            scope="https://management.usgovcloudapi.net/.default",
        ),
        "AzureChinaCloud": Cloud(
            name="AzureChinaCloud",
            arm="https://management.chinacloudapi.cn",
            authority="https://login.chinacloudapi.cn",
            scope="https://management.chinacloudapi.cn/.default",
        ),
    }
)


@dataclass(frozen=True, kw_only=True)
class Access:
    """How Azure is reached: the cloud with own addresses in it, the way to sign in, and CAs for own addresses.

    ``arm_ca`` and ``authority_ca`` are set only for own addresses: a CA that is meant for the site must not be able
    to stand in for Azure. ``own_authority`` says that the authority is none of the public ones.
    """

    cloud: Cloud
    sign_in: SignIn = "auto"
    arm_ca: Path | None = None
    authority_ca: Path | None = None
    own_authority: bool = False


def access(
    cloud: str | None = None,
    arm_endpoint: str | None = None,
    authority: str | None = None,
    sign_in: SignIn = "auto",
    ca: Path | None = None,
) -> Access:
    """Return how to reach Azure. Raises UsageFault for a cloud that does not exist or an address that is not https.

    Without ``authority`` the variable AZURE_AUTHORITY_HOST counts, as for every Azure SDK.
    """
    chosen = {name.lower(): one for name, one in CLOUDS.items()}.get((cloud or "AzureCloud").lower())
    if chosen is None:
        raise UsageFault(f"--cloud {printable(cloud or '', limit=60)!r}: one of {', '.join(CLOUDS)}.")
    arm = _address(arm_endpoint, "--arm-endpoint")
    own = _address(authority, "--authority")
    by_variable = _address(_with_scheme(os.environ.get("AZURE_AUTHORITY_HOST")), "AZURE_AUTHORITY_HOST")
    signs_in_at = own or by_variable or chosen.authority
    own_authority = signs_in_at not in {one.authority for one in CLOUDS.values()}
    return Access(
        cloud=replace(chosen, arm=arm or chosen.arm, authority=signs_in_at),
        sign_in=sign_in,
        arm_ca=ca if arm else None,
        authority_ca=ca if own_authority else None,
        own_authority=own_authority,
    )


def _with_scheme(host: str | None) -> str | None:
    return host if not host or "://" in host else f"https://{host}"


def _address(text: str | None, option: str) -> str | None:
    if not text:
        return None
    try:
        parts = urlsplit(text)
        good = parts.scheme == "https" and parts.hostname and parts.username is None and (parts.port or 443) > 0
    except ValueError:
        good = False
    if not good or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise UsageFault(f"{option} {printable(text, limit=120)!r}: write it as https://HOST[:PORT].")
    return f"https://{parts.netloc}"
