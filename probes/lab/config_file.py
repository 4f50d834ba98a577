"""Writes the site's settings as ``az webapp show`` prints them, and keeps the file in step with the lab's state."""

import json
import os
from pathlib import Path
from typing import Any

from probes.lab.forward import SITE_NAME
from probes.lab.state import IpRule, Settings

_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
_GROUP = "lab"
_ALLOW_ALL = {"ipAddress": "Any", "action": "Allow", "priority": 2147483647, "name": "Allow all"}


def as_az_webapp_show(settings: Settings) -> dict[str, Any]:
    """Return the settings in the flat form of ``az webapp show``, nulls kept, ``siteConfig`` complete."""
    base = f"/subscriptions/{_SUBSCRIPTION}/resourceGroups/{_GROUP}/providers/Microsoft.Web"
    hosts = list(settings.host_names)
    return {
        "availabilityState": "Normal",
        "clientAffinityEnabled": True,
        "clientCertEnabled": settings.client_cert_enabled,
        "clientCertExclusionPaths": settings.client_cert_exclusion_paths,
        "clientCertMode": settings.client_cert_mode,
        "defaultHostName": hosts[0] if hosts else None,
        "enabled": settings.state == "Running",
        "enabledHostNames": hosts,
        "hostNameSslStates": [_ssl_state(host) for host in hosts],
        "hostNames": hosts,
        "hostNamesDisabled": False,
        "hostingEnvironmentProfile": None,
        "httpsOnly": settings.https_only,
        "id": f"{base}/sites/{SITE_NAME}",
        "identity": None,
        "isXenon": False,
        "kind": "app",
        "location": "West Europe",
        "name": SITE_NAME,
        "outboundIpAddresses": None,
        "publicNetworkAccess": settings.public_network_access,
        "redundancyMode": "None",
        "repositorySiteName": SITE_NAME,
        "reserved": False,
        "resourceGroup": _GROUP,
        "scmSiteAlsoStopped": False,
        "serverFarmId": f"{base}/serverfarms/lab-plan",
        "siteConfig": _site_config(settings),
        "sku": settings.sku,
        "slotSwapStatus": None,
        "state": settings.state,
        "tags": None,
        "targetSwapSlot": None,
        "type": "Microsoft.Web/sites",
        "usageState": "Normal",
        "virtualNetworkSubnetId": None,
    }


def _ssl_state(host: str) -> dict[str, Any]:
    return {"hostType": "Standard", "name": host, "sslState": "SniEnabled", "thumbprint": None, "virtualIp": None}


def _site_config(settings: Settings) -> dict[str, Any]:
    rules = [_rule(rule) for rule in settings.ip_security_restrictions] or [_ALLOW_ALL]
    return {
        "alwaysOn": True,
        "ftpsState": "FtpsOnly",
        "healthCheckPath": None,
        "http20Enabled": settings.http20_enabled,
        "http20ProxyFlag": 0,
        "ipSecurityRestrictions": rules,
        "ipSecurityRestrictionsDefaultAction": None,
        "linuxFxVersion": "",
        "minTlsCipherSuite": settings.min_tls_cipher_suite,
        "minTlsVersion": settings.min_tls_version,
        "numberOfWorkers": 1,
        "publicNetworkAccess": settings.public_network_access,
        "scmIpSecurityRestrictions": [_ALLOW_ALL],
        "scmIpSecurityRestrictionsUseMain": False,
        "scmMinTlsVersion": "1.2",
        "webSocketsEnabled": False,
    }


def _rule(rule: IpRule) -> dict[str, Any]:
    return {"ipAddress": rule.ip_address, "action": rule.action, "priority": rule.priority, "name": rule.name}


def write_config(path: Path, settings: Settings) -> None:
    """Write the file anew; whoever reads it sees the old one or the new one, never half of one."""
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(as_az_webapp_show(settings), indent=2) + "\n", encoding="utf-8")
    os.replace(fresh, path)
