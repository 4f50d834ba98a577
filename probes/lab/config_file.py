"""Writes the site's settings as ``az webapp show`` prints them, and keeps the file in step with the lab's state.

The command flattens ``properties`` of the site and puts the whole of config/web in the place of ``siteConfig``; it
keeps the keys that the SDK knows, in the SDK's spelling.
"""

import datetime as dt
import json
import os
from pathlib import Path
from typing import Any

from probes.lab.arm_config import web_properties
from probes.lab.arm_inventory import WebSite, inventory
from probes.lab.arm_site import site_body
from probes.lab.pki import Pki
from probes.lab.state import LabState

_KEPT = (
    "availabilityState", "clientAffinityEnabled", "clientCertEnabled", "clientCertExclusionPaths", "clientCertMode",
    "containerSize", "customDomainVerificationId", "dailyMemoryTimeQuota", "defaultHostName", "enabled",
    "enabledHostNames", "hostNames", "hostNamesDisabled", "hostingEnvironmentProfile", "httpsOnly", "hyperV",
    "inProgressOperationId", "isXenon", "keyVaultReferenceIdentity", "lastModifiedTimeUtc", "maxNumberOfWorkers",
    "outboundIpAddresses", "possibleOutboundIpAddresses", "publicNetworkAccess", "redundancyMode",
    "repositorySiteName", "reserved", "resourceGroup", "scmSiteAlsoStopped", "serverFarmId", "sku", "slotSwapStatus",
    "state", "storageAccountRequired", "suspendedTill", "targetSwapSlot", "trafficManagerHostNames", "usageState",
    "virtualNetworkSubnetId", "vnetContentShareEnabled", "vnetImagePullEnabled", "vnetRouteAllEnabled",
)  # fmt: skip
_SPELLING = {"virtualIP": "virtualIp", "acrUserManagedIdentityID": "acrUserManagedIdentityId"}
_SSL_STATE = ("hostType", "name", "sslState", "thumbprint", "toUpdate", "virtualIP")


def as_az_webapp_show(site: WebSite, changed: dt.datetime) -> dict[str, Any]:
    """Return the site in the flat form of ``az webapp show``, nulls kept, ``siteConfig`` complete."""
    body = site_body(site, changed)
    properties = body["properties"]
    outside = {name: body[name] for name in ("id", "kind", "location", "name", "type")}
    states = [{_spelled(key): row[key] for key in _SSL_STATE} for row in properties["hostNameSslStates"]]
    config = {_spelled(key): value for key, value in web_properties(site.settings).items()}
    flat = {
        **{name: properties[name] for name in _KEPT},
        **outside,
        "extendedLocation": None,
        "identity": None,
        "tags": None,
        "hostNameSslStates": states,
        "siteConfig": config,
    }
    return dict(sorted(flat.items()))


def _spelled(key: str) -> str:
    return _SPELLING.get(key, key)


def write_config(path: Path, state: LabState, pki: Pki) -> None:
    """Write the file anew; whoever reads it sees the old one or the new one, never half of one."""
    fresh = path.with_suffix(".new")
    show = as_az_webapp_show(inventory(state, pki)[0], dt.datetime.now(dt.UTC))
    fresh.write_text(json.dumps(show, indent=2) + "\n", encoding="utf-8")
    os.replace(fresh, path)
