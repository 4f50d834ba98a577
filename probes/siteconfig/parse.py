"""The one parser of a site's settings: raw ARM and az, from a file or just fetched, give the same values."""

from collections.abc import Mapping
from typing import Any

import msgspec

from probes.model import HostBinding, IpRestriction, SiteConfig, SlotSwap
from probes.siteconfig.reader import Reader, flat, of_id
from probes.siteconfig.shape import Shape, lowered

SITE_FIELDS = (
    "client_cert_enabled",
    "client_cert_mode",
    "client_cert_exclusion_paths",
    "https_only",
    "public_network_access",
)
CONFIG_FIELDS = ("http20_enabled", "min_tls_version", "min_tls_cipher_suite", "ip_restrictions", "ip_default_action")
"""The settings that matter, by where ARM keeps them."""

ARM_NAMES = {
    "client_cert_enabled": "clientCertEnabled",
    "client_cert_mode": "clientCertMode",
    "client_cert_exclusion_paths": "clientCertExclusionPaths",
    "https_only": "httpsOnly",
    "public_network_access": "publicNetworkAccess",
    "http20_enabled": "siteConfig.http20Enabled",
    "min_tls_version": "siteConfig.minTlsVersion",
    "min_tls_cipher_suite": "siteConfig.minTlsCipherSuite",
    "ip_restrictions": "siteConfig.ipSecurityRestrictions",
    "ip_default_action": "siteConfig.ipSecurityRestrictionsDefaultAction",
    "state": "state",
}


def parse(label: str, entry: Mapping[str, Any], shape: Shape, source: Any = "file") -> SiteConfig:
    """Return what one object says of a site; ``shape`` is what :func:`shape_of` said it is.

    ``label`` names the object in the notes. Never raises for its content.
    """
    entry = lowered(entry)
    site = Reader(label, flat(entry))
    nested = site.inner("siteConfig") if shape == "site" else flat(entry)
    config = Reader(label, nested)
    found = SiteConfig(
        source=source,
        name=_name(label, entry, shape),
        resource_group=of_id(entry, "resourcegroups") or site.text("resourceGroup"),
        **(_of_site(site, entry) if shape == "site" else {}),
        **_of_config(config, site),
    )
    return msgspec.structs.replace(found, notes=tuple(dict.fromkeys(site.notes + config.notes)))


def joined(one: SiteConfig, other: SiteConfig) -> tuple[SiteConfig, tuple[str, ...]]:
    """Return ``one`` with what it leaves open taken from ``other``, and the fields in which they contradict."""
    changes: dict[str, Any] = {}
    differing = []
    for field in SiteConfig.__struct_fields__:
        ours, theirs = getattr(one, field), getattr(other, field)
        if field in ("source", "notes") or theirs is None:
            continue
        if ours is None:
            changes[field] = theirs
        elif ours != theirs and field not in ("name", "resource_group", "site_id"):
            differing.append(field)
    notes = (*one.notes, *other.notes)
    return msgspec.structs.replace(one, notes=notes, **changes), tuple(differing)


def _of_site(site: Reader, entry: Mapping[str, Any]) -> dict[str, Any]:
    environment = site.inner("hostingEnvironmentProfile")
    return {
        "site_id": Reader("", entry).text("id"),
        "default_host_name": site.text("defaultHostName"),
        "host_names": site.texts("hostNames"),
        "kind": site.text("kind"),
        "state": site.text("state"),
        "client_cert_enabled": site.flag("clientCertEnabled"),
        "client_cert_mode": site.mode(),
        "client_cert_exclusion_paths": site.exclusions(),
        "https_only": site.flag("httpsOnly"),
        "plan_tier": site.text("sku"),
        "usage_state": site.text("usageState"),
        "hosting_environment": Reader("", environment).text("name") or of_id(environment, "hostingenvironments"),
        "end_to_end_encryption": site.flag("endToEndEncryptionEnabled"),
        "host_bindings": bindings_of(site.rows("hostNameSslStates")),
        "last_swap": _swap(Reader("slotSwapStatus", site.inner("slotSwapStatus"))),
    }


def _swap(status: Reader) -> SlotSwap | None:
    """Return the last swap of slots (Microsoft.Web/sites, slotSwapStatus, read-only); None where there was none."""
    at, source, destination = (status.text(key) for key in ("timestampUtc", "sourceSlotName", "destinationSlotName"))
    return SlotSwap(at=at, source=source, destination=destination) if at or source or destination else None


def _of_config(config: Reader, site: Reader) -> dict[str, Any]:
    """Return the settings of config/web; the site's own body has most of them as null (seen with API 2022-03-01)."""
    return {
        "http20_enabled": config.flag("http20Enabled"),
        "min_tls_version": config.text("minTlsVersion"),
        "min_tls_cipher_suite": config.text("minTlsCipherSuite"),
        "public_network_access": site.text("publicNetworkAccess") or config.text("publicNetworkAccess"),
        "scm_min_tls_version": config.text("scmMinTlsVersion"),
        "http20_proxy_flag": config.number("http20ProxyFlag"),
        "ip_restrictions": _restrictions(config.rows("ipSecurityRestrictions")),
        "ip_default_action": config.text("ipSecurityRestrictionsDefaultAction"),
    }


def _restrictions(rows: tuple[dict[str, Any], ...] | None) -> tuple[IpRestriction, ...] | None:
    if rows is None:
        return None
    found = []
    for row in rows:
        rule = Reader("ipSecurityRestrictions", row)
        found.append(
            IpRestriction(
                who=rule.text("ipAddress") or rule.text("vnetSubnetResourceId") or "Any",
                action=rule.text("action"),
                priority=rule.number("priority"),
                name=rule.text("name"),
                by_headers=bool(row.get("headers")),
            )
        )
    return tuple(sorted(found, key=lambda one: (one.priority is None, one.priority or 0)))


def bindings_of(rows: tuple[dict[str, Any], ...] | None) -> tuple[HostBinding, ...] | None:
    """Return the bindings that hostNameSslStates or a list of hostNameBindings name, the SCM host left out."""
    if rows is None:
        return None
    found = {}
    for row in rows:
        one = Reader("hostNameBindings", flat(row, outside=("name",)))
        name = one.text("name")
        if name is None or (one.text("hostType") or "").lower() == "repository":
            continue
        host = name.rpartition("/")[2].lower()
        thumbprint = one.text("thumbprint")
        found[host] = HostBinding(
            name=host, ssl_state=one.text("sslState"), thumbprint=thumbprint.upper() if thumbprint else None
        )
    return tuple(found[host] for host in sorted(found))


def _name(label: str, entry: Mapping[str, Any], shape: Shape) -> str | None:
    by_id = of_id(entry, "sites")
    if by_id is not None:
        slot = of_id(entry, "slots")
        return f"{by_id}/{slot}" if slot else by_id
    return Reader(label, entry).text("name") if shape == "site" else None
