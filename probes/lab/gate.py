"""What the edge checks before any certificate: the site's state, public access, the caller's address.

The order of the platform's checks is not documented; here a refusal by address or state comes before the certificate.
"""

import ipaddress

from probes.lab import refusals
from probes.lab.messages import Answer
from probes.lab.state import LabState, Settings


def refused(state: LabState, address: str) -> Answer | None:
    """Return the refusal for a caller at ``address``, None when it may go on."""
    settings = state.in_effect
    if settings.state == "Stopped":
        return refusals.site_disabled()
    if settings.public_network_access == "Disabled":
        return refusals.public_access_disabled()
    if not _allowed(settings, address):
        return refusals.ip_forbidden(address)
    return None


def _allowed(settings: Settings, address: str) -> bool:
    """First match by priority; without a match the default action, which without a word of its own refuses as soon as
    there are rules (Microsoft Learn, Azure App Service access restrictions).
    """
    rules = settings.ip_security_restrictions
    for rule in sorted(rules, key=lambda rule: rule.priority):
        if _matches(rule.ip_address, address):
            return rule.action == "Allow"
    default = settings.ip_security_restrictions_default_action
    return default == "Allow" if default else not rules


def _matches(pattern: str, address: str) -> bool:
    if pattern.lower() == "any":
        return True
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(pattern, strict=False)
    except ValueError:
        return False
