"""The body of a site or slot as a GET of Microsoft.Web/sites returns it.

What is left out of ``siteConfig`` there is null, minTlsVersion and the access restrictions among it: config/web has
them. Key names are those of Microsoft.Web/sites (Microsoft Learn, template reference) and of the further keys that
the service sends beside them.
"""

import datetime as dt
from typing import Any

from probes.lab.arm_config import SITE_CONFIG_KEYS
from probes.lab.arm_inventory import WebSite, stable_id
from probes.lab.arm_parts import private_endpoints

_NULL = (
    "owner", "sslCertificates", "cers", "siteMode", "computeMode", "serverFarm", "containerAllocationSubnet",
    "useContainerLocalhostBindings", "trafficManagerHostNames", "targetSwapSlot", "hostingEnvironment",
    "hostingEnvironmentProfile", "domainVerificationIdentifiers", "suspendedTill", "functionExecutionUnitsCache",
    "maxNumberOfWorkers", "cloningInfo", "hostingEnvironmentId", "tags", "slotSwapStatus", "inProgressOperationId",
    "geoDistributions", "buildVersion", "targetBuildVersion", "migrationState", "virtualNetworkSubnetId",
    "privateLinkIdentifiers", "slotName",
)  # fmt: skip
_FALSE = (
    "isXenon", "hyperV", "vnetRouteAllEnabled", "vnetImagePullEnabled", "vnetContentShareEnabled",
    "scmSiteAlsoStopped", "hostNamesDisabled", "storageAccountRequired",
)  # fmt: skip
_INBOUND = "192.0.2.10"
"""Of the documentation block 192.0.2.0/24 (RFC 5737)."""


def site_body(site: WebSite, changed: dt.datetime) -> dict[str, Any]:
    """Return the resource; ``changed`` is when it was changed last."""
    return {
        "id": site.id,
        "name": site.full_name,
        "type": site.type,
        "kind": site.kind,
        "location": site.location,
        "properties": _properties(site, changed),
    }


def _properties(site: WebSite, changed: dt.datetime) -> dict[str, Any]:
    settings = site.settings
    return {
        **dict.fromkeys(_NULL),
        **dict.fromkeys(_FALSE, False),
        **_names(site),
        **_fixed(site, changed),
        "state": settings.state,
        "enabled": settings.state == "Running",
        "clientCertEnabled": settings.client_cert_enabled,
        "clientCertMode": settings.client_cert_mode,
        "clientCertExclusionPaths": settings.client_cert_exclusion_paths,
        "httpsOnly": settings.https_only,
        "publicNetworkAccess": settings.public_network_access,
        "sku": settings.sku,
        "siteConfig": _sparse_config(site),
        "privateEndpointConnections": private_endpoints(site),
    }


def _names(site: WebSite) -> dict[str, Any]:
    names = list(site.settings.host_names)
    space = f"{site.group}-{site.location.replace(' ', '')}webspace"
    return {
        "name": site.runtime_name,
        "hostNames": names,
        "defaultHostName": site.default_host_name,
        "enabledHostNames": [*names, site.scm_host_name],
        "hostNameSslStates": ssl_states(site),
        "repositorySiteName": site.name,
        "deploymentId": f"{site.name}__{stable_id(site.id)[:4]}" if site.slot else site.name,
        "webSpace": space,
        "selfLink": f"https://stamp.lab.test:454/subscriptions/{site.subscription}/webspaces/{space}/sites/"
        f"{site.runtime_name}",
        "resourceGroup": site.group,
        "serverFarmId": site.plan_id,
        "kind": site.kind,
        "homeStamp": "stamp-lab-001",
        "ftpUsername": f"{site.runtime_name}\\${site.runtime_name}",
        "ftpsHostName": "ftps://stamp.lab.test/site/wwwroot",
        "customDomainVerificationId": stable_id("domain", site.subscription).replace("-", "").upper() * 2,
    }


def _fixed(site: WebSite, changed: dt.datetime) -> dict[str, Any]:
    return {
        "usageState": "Normal",
        "availabilityState": "Normal",
        "contentAvailabilityState": "Normal",
        "runtimeAvailabilityState": "Normal",
        "storageRecoveryDefaultState": "Running",
        "adminEnabled": True,
        "clientAffinityEnabled": True,
        "reserved": "linux" in site.kind,
        "redundancyMode": "None",
        "lastModifiedTimeUtc": changed.replace(tzinfo=None).isoformat(timespec="milliseconds"),
        "siteProperties": {"metadata": None, "properties": [], "appSettings": None},
        "csrs": [],
        "dnsConfiguration": {},
        "inboundIpAddress": _INBOUND,
        "possibleInboundIpAddresses": _INBOUND,
        "outboundIpAddresses": _INBOUND,
        "possibleOutboundIpAddresses": _INBOUND,
        "containerSize": 0,
        "dailyMemoryTimeQuota": 0,
        "siteDisabledReason": 0,
        "eligibleLogCategories": "AppServiceHTTPLogs,AppServiceIPSecAuditLogs,AppServicePlatformLogs",
        "keyVaultReferenceIdentity": "SystemAssigned",
        "defaultHostNameScope": "Global",
    }


def ssl_states(site: WebSite) -> list[dict[str, Any]]:
    """Return ``hostNameSslStates``: the default host and the deployment site have no binding of their own."""
    unbound = {name.lower() for name in site.settings.unbound_host_names}
    rows = [
        _ssl_state(name, "Standard", None if index == 0 or name.lower() in unbound else site.thumbprint)
        for index, name in enumerate(site.settings.host_names)
    ]
    return [*rows, _ssl_state(site.scm_host_name, "Repository", None)]


def _ssl_state(name: str, kind: str, thumbprint: str | None) -> dict[str, Any]:
    return {
        "name": name,
        "sslState": "SniEnabled" if thumbprint else "Disabled",
        "ipBasedSslResult": None,
        "virtualIP": None,
        "thumbprint": thumbprint,
        "toUpdate": None,
        "toUpdateIpBasedSsl": None,
        "ipBasedSslState": "NotConfigured",
        "hostType": kind,
    }


def _sparse_config(site: WebSite) -> dict[str, Any]:
    known = {
        "numberOfWorkers": 1,
        "linuxFxVersion": "",
        "acrUseManagedIdentityCreds": False,
        "alwaysOn": True,
        "http20Enabled": site.settings.http20_enabled,
        "functionAppScaleLimit": 0,
        "minimumElasticInstanceCount": 0,
    }
    return {**dict.fromkeys(SITE_CONFIG_KEYS), **known}
