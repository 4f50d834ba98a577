"""Predicates about deployment slots: settings of another slot that explain what the user's own request met.

Slots that differ are normal, and are no fault by themselves. Settings for client certificates, HTTPS Only and TLS
stay where they are at a swap (Microsoft Learn, Set up staging environments in Azure App Service, 2025-11-28).
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from probes.diagnosis.expect import expectation
from probes.diagnosis.facts import Facts, asked, could_be_asked, passed, reached, request
from probes.diagnosis.predicates_header import client_certs_disabled
from probes.diagnosis.predict import of_probe
from probes.diagnosis.result import Result, holds, refuted, unknown
from probes.diagnosis.rules import NEVER
from probes.model import Observation, Probe, SiteConfig, SlotFacts
from probes.paths import split_exclusions

_FLAGS = {
    "clientCertEnabled": "client_cert_enabled",
    "httpsOnly": "https_only",
    "siteConfig.http20Enabled": "http20_enabled",
}
_TEXTS = {
    "clientCertMode": "client_cert_mode",
    "publicNetworkAccess": "public_network_access",
    "siteConfig.minTlsVersion": "min_tls_version",
}
_LATELY = timedelta(days=14)
"""As far back as the changes that Azure keeps (Microsoft Learn, REST API reference, Changes - List)."""


def settings_of(slot: SlotFacts, here: SiteConfig) -> SiteConfig:
    """Return the settings of another slot, as far as they are known: those from here, with what differs there.

    Access restrictions are left as they are here: their differences are kept as a text for people.
    """
    there: dict[str, Any] = {}
    for one in slot.differences:
        if one.there is None:
            continue
        if one.setting in _FLAGS:
            there[_FLAGS[one.setting]] = one.there == "true"
        elif one.setting in _TEXTS:
            there[_TEXTS[one.setting]] = one.there
        elif one.setting == "clientCertExclusionPaths":
            there["client_cert_exclusion_paths"] = () if one.there == "none" else split_exclusions(one.there)
    return msgspec.structs.replace(here, **there)


def on_in_another_slot(facts: Facts) -> Result:
    """Hold when client certificates are off in this slot and on in another one."""
    slots = facts.case.configuration.slots
    if slots is None:
        return unknown()
    off = client_certs_disabled(facts)
    if facts.case.configuration.client_cert_enabled is not False or not off.holds:
        return refuted("config:slots")
    on = any(_difference(slot, "clientCertEnabled") == "true" for slot in slots)
    return holds("config:slots", *off.evidence, strength="settings") if on else refuted("config:slots")


def _difference(slot: SlotFacts, setting: str) -> str | None:
    return next((one.there for one in slot.differences if one.setting == setting), None)


def passes_in_another_slot(facts: Facts) -> Result:
    """Hold when the user's request failed here, and the settings of another slot would let it through.

    After a swap in the last 14 days it is enough that the certificate is asked for in another way there: the app that
    runs here now was tested so. That fits, and proves nothing by itself.
    """
    config = facts.case.configuration
    if config.slots is None:
        return unknown()
    others = [settings_of(slot, config) for slot in config.slots if slot.differences]
    for seen, evidence in _failed(facts):
        if any(_would_pass(seen, config, there) for there in others):
            return holds("config:slots", evidence, strength="settings")
        swapped = _swapped_lately(config, facts.case.run.started)
        if swapped and any(_asks_otherwise(seen.probe, config, there) for there in others):
            return holds("config:slots", "config:last_swap", evidence, strength="hint")
    return refuted("config:slots")


def slot_differs(facts: Facts) -> Result:
    """Hold when another slot's settings explain the outcome; that slots differ is no fault by itself."""
    first, second = on_in_another_slot(facts), passes_in_another_slot(facts)
    return first if first.holds else second


def _failed(facts: Facts) -> Iterator[tuple[Observation, str]]:
    """Yield the user's own requests that were refused, or never asked for the certificate, with the evidence."""
    for selector in ("own-get", "own-large", "client-get", "client-large"):
        for seen in facts.where(selector):
            if facts.one(seen) == "refused":
                yield seen, reached(seen)
            elif could_be_asked(seen) and asked(seen) == "none":
                yield seen, request(seen)


def _would_pass(seen: Observation, here: SiteConfig, there: SiteConfig) -> bool:
    if passed(seen):
        return _asked_at_all(here, seen.probe) is False and _asked_at_all(there, seen.probe) is True
    return expectation(here, seen.probe) != "reached" and expectation(there, seen.probe) == "reached"


def _asked_at_all(config: SiteConfig, probe: Probe) -> bool | None:
    """Say whether the rules have a certificate asked for; None where they permit both."""
    about = _asking(config, probe)
    if not about:
        return None
    permitted = set.intersection(*map(set, about))
    return False if permitted == {NEVER} else None if NEVER in permitted else True


def _asks_otherwise(probe: Probe, here: SiteConfig, there: SiteConfig) -> bool:
    return _asking(here, probe) != _asking(there, probe)


def _asking(config: SiteConfig, probe: Probe) -> set[tuple[str, ...]]:
    return {one.permitted for one in of_probe(config, probe) if one.permitted[0].startswith("asked:")}


def _swapped_lately(config: SiteConfig, started: str) -> bool:
    """Say whether slots were swapped in the 14 days before the run; a time that cannot be read is not lately."""
    if config.last_swap is None:
        return False
    try:
        at, now = _utc(config.last_swap.at or ""), _utc(started)
    except (ValueError, OverflowError):
        return False
    return timedelta() <= now - at <= _LATELY


def _utc(text: str) -> datetime:
    """Return a time that Azure wrote, which leaves the zone out now and then; it is UTC."""
    at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
