"""Reads the parts around a site: plan, certificates, authentication, private endpoints, and how slots differ."""

from collections.abc import Mapping, Sequence
from typing import Any

from probes.model import AuthSettings, BoundCertificate, SettingDifference, SiteConfig, SlotFacts
from probes.siteconfig.parse import ARM_NAMES
from probes.siteconfig.reader import Reader, flat

_COMPARED = tuple(name for name in ARM_NAMES if name != "state")


def plan_tier(plan: Mapping[str, Any]) -> str | None:
    """Return the tier of an App Service plan, such as ``Standard`` or ``Free``."""
    sku = Reader("plan", flat(plan, outside=("sku",))).inner("sku")
    return Reader("plan", sku).text("tier")


def auth_settings(body: Mapping[str, Any]) -> AuthSettings:
    """Return what authsettingsV2, in its form without secrets, says about requests without a login."""
    whole = Reader("authsettingsV2", flat(body))
    platform = Reader("authsettingsV2", whole.inner("platform"))
    rules = Reader("authsettingsV2", whole.inner("globalValidation"))
    return AuthSettings(
        enabled=platform.flag("enabled"),
        require_authentication=rules.flag("requireAuthentication"),
        unauthenticated_action=rules.text("unauthenticatedClientAction"),
        excluded_paths=rules.texts("excludedPaths") or (),
    )


def certificates(rows: Sequence[Mapping[str, Any]]) -> tuple[BoundCertificate, ...]:
    """Return the server certificates of a resource group; private keys are never part of a GET."""
    found = []
    for row in rows:
        one = Reader("certificates", flat(row, outside=("name",)))
        thumbprint = one.text("thumbprint")
        found.append(
            BoundCertificate(
                thumbprint=thumbprint.upper() if thumbprint else None,
                subject=one.text("subjectName"),
                host_names=one.texts("hostNames") or (),
                not_after=one.text("expirationDate"),
            )
        )
    return tuple(found)


def public_certificates(rows: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the thumbprints of the certificates without key that were uploaded to the site."""
    found = (Reader("publicCertificates", flat(row, outside=("name",))) for row in rows)
    return tuple((one.text("thumbprint") or one.text("name") or "?").upper() for one in found)


def private_endpoints(rows: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the private endpoint connections, each with its state."""
    found = []
    for row in rows:
        one = Reader("privateEndpointConnections", flat(row, outside=("name",)))
        state = Reader("", one.inner("privateLinkServiceConnectionState")).text("status")
        found.append(f"{one.text('name') or '?'} ({state or 'state not known'})")
    return tuple(found)


def slot_facts(name: str, here: SiteConfig, there: SiteConfig) -> SlotFacts:
    """Return how the settings that matter differ in another slot; a setting that one side does not say is left out.

    Client certificates, HTTPS Only and TLS versions are not swapped (Microsoft Learn, "Set up staging environments",
    2025-11-28), so that a difference stays after a swap.
    """
    found = []
    for field in _COMPARED:
        ours, theirs = getattr(here, field), getattr(there, field)
        if ours is not None and theirs is not None and ours != theirs:
            found.append(SettingDifference(setting=ARM_NAMES[field], here=shown(ours), there=shown(theirs)))
    return SlotFacts(name=name, host_name=there.default_host_name, differences=tuple(found))


def shown(value: Any) -> str:
    """Return a setting's value as ARM would write it, in one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "; ".join(one if isinstance(one, str) else _rule(one) for one in value) or "none"
    return str(value)


def _rule(rule: Any) -> str:
    return " ".join(str(part) for part in (rule.action, rule.who, rule.priority) if part is not None)
