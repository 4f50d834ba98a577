"""The smaller resources: bindings, certificates, private endpoints, plans, subscriptions, resource groups."""

import hashlib
from collections.abc import Sequence
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from probes.lab.arm_inventory import WebSite
from probes.lab.azure_names import LOCATION, SUBSCRIPTIONS, TENANT
from probes.lab.settings import Tier

_SIZES: dict[Tier, tuple[str, str]] = {
    "Free": ("F1", "F"),
    "Shared": ("D1", "D"),
    "Basic": ("B1", "B"),
    "Standard": ("S1", "S"),
    "PremiumV2": ("P1v2", "Pv2"),
    "PremiumV3": ("P1v3", "Pv3"),
    "IsolatedV2": ("I1v2", "Iv2"),
    "Dynamic": ("Y1", "Y"),
    "ElasticPremium": ("EP1", "EP"),
}
"""Size and family of a plan by its tier (Microsoft.Web/serverfarms, ``sku``)."""


def host_name_bindings(site: WebSite) -> list[dict[str, Any]]:
    """Return the bindings; those without TLS have neither ``sslState`` nor ``thumbprint``."""
    unbound = {name.lower() for name in site.settings.unbound_host_names}
    rows = []
    for index, name in enumerate(site.settings.host_names):
        tls = index > 0 and name.lower() not in unbound
        bound = {"sslState": "SniEnabled", "thumbprint": site.thumbprint} if tls else {}
        properties = {"siteName": site.runtime_name, "domainId": None, "hostNameType": "Verified", **bound}
        rows.append(_below(site, "hostNameBindings", name, properties))
    return rows


def private_endpoints(site: WebSite) -> list[dict[str, Any]]:
    """Return the private endpoint connections, all approved."""
    network = site.scope.replace("Microsoft.Web", "Microsoft.Network")
    state = {"status": "Approved", "description": "", "actionsRequired": "None"}
    return [
        _below(
            site,
            "privateEndpointConnections",
            name,
            {
                "provisioningState": "Succeeded",
                "privateEndpoint": {"id": f"{network}/privateEndpoints/{name}"},
                "privateLinkServiceConnectionState": state,
                "ipAddresses": ["192.0.2.20"],
                "groupIds": ["sites"],
            },
        )
        for name in site.private_endpoints
    ]


def public_certificates(site: WebSite, names: Sequence[str], certificate: x509.Certificate) -> list[dict[str, Any]]:
    """Return the public certificates of a site; the blob is null in a list, as it is large."""
    properties = {
        "blob": None,
        "publicCertificateLocation": "CurrentUserMy",
        "thumbprint": thumbprint(certificate),
    }
    return [_below(site, "publicCertificates", name, properties) for name in names]


def _below(site: WebSite, kind: str, name: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"{site.id}/{kind}/{name}",
        "name": f"{site.full_name}/{name}",
        "type": f"{site.type}/{kind}",
        "location": site.location,
        "properties": properties,
    }


def thumbprint(certificate: x509.Certificate) -> str:
    """Return the SHA-1 thumbprint in upper-case hex, as Azure prints it."""
    der = certificate.public_bytes(Encoding.DER)
    return hashlib.sha1(der, usedforsecurity=False).hexdigest().upper()


def certificate_resource(site: WebSite, certificate: x509.Certificate) -> dict[str, Any]:
    """Return the Microsoft.Web/certificates resource of the certificate that the site's bindings use."""
    name = f"{site.name}-certificate"
    bound = [host for host in site.settings.host_names[1:] if host not in site.settings.unbound_host_names]
    return {
        "id": f"{site.scope}/certificates/{name}",
        "name": name,
        "type": "Microsoft.Web/certificates",
        "location": site.location,
        "properties": {
            "friendlyName": name,
            "subjectName": _common_name(certificate.subject),
            "hostNames": bound,
            "issuer": _common_name(certificate.issuer),
            "issueDate": certificate.not_valid_before_utc.isoformat(),
            "expirationDate": certificate.not_valid_after_utc.isoformat(),
            "thumbprint": thumbprint(certificate),
            "keyVaultId": None,
            "keyVaultSecretName": None,
            "keyVaultSecretStatus": "Initialized",
            "password": None,
            "serverFarmId": site.plan_id,
        },
    }


def _common_name(name: x509.Name) -> str:
    return str(name.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


def plan_body(site: WebSite, sites: int) -> dict[str, Any]:
    """Return the plan that ``site`` runs on, which holds ``sites`` sites."""
    size, family = _SIZES[site.settings.sku]
    linux = "linux" in site.kind
    return {
        "id": site.plan_id,
        "name": site.plan,
        "type": "Microsoft.Web/serverfarms",
        "kind": "linux" if linux else "app",
        "location": site.location,
        "properties": {
            "name": site.plan,
            "status": "Ready",
            "provisioningState": "Succeeded",
            "subscription": site.subscription,
            "resourceGroup": site.group,
            "geoRegion": site.location,
            "reserved": linux,
            "isXenon": False,
            "hyperV": False,
            "numberOfSites": sites,
            "numberOfWorkers": 1,
            "currentNumberOfWorkers": 1,
            "maximumNumberOfWorkers": 10,
            "perSiteScaling": False,
            "elasticScaleEnabled": False,
            "zoneRedundant": False,
            "hostingEnvironmentProfile": None,
        },
        "sku": {"name": size, "tier": site.settings.sku, "size": size, "family": family, "capacity": 1},
    }


def subscription_body(subscription: str) -> dict[str, Any]:
    """Return one subscription."""
    return {
        "id": f"/subscriptions/{subscription}",
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": subscription,
        "tenantId": TENANT,
        "displayName": SUBSCRIPTIONS[subscription],
        "state": "Enabled",
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "PayAsYouGo_2014-09-01",
            "spendingLimit": "Off",
        },
    }


def group_body(subscription: str, group: str) -> dict[str, Any]:
    """Return one resource group."""
    return {
        "id": f"/subscriptions/{subscription}/resourceGroups/{group}",
        "name": group,
        "type": "Microsoft.Resources/resourceGroups",
        "location": LOCATION.replace(" ", "").lower(),
        "properties": {"provisioningState": "Succeeded"},
        "managedBy": None,
    }
