"""Reads one site from ARM: every part by itself, so that a part that is missing takes no other with it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from probes.model import SiteConfig, SlotFacts, Unknown
from probes.siteconfig import parts
from probes.siteconfig.changes import VERSION as CHANGES_VERSION
from probes.siteconfig.changes import changes
from probes.siteconfig.changes import path as changes_path
from probes.siteconfig.client import Arm
from probes.siteconfig.faults import AzureFault, SiteNotFound
from probes.siteconfig.parse import bindings_of, joined, parse
from probes.siteconfig.shape import Shape, lowered
from probes.siteconfig.siteid import SiteId
from probes.siteconfig.trouble import RAISED, Trouble, trouble

T = TypeVar("T")

PART_S = 12.0
"""Seconds for one part, its retries included: an answer that drips never runs into a time-out of its own."""
SLOTS_READ = 10


@dataclass(frozen=True)
class Part:
    """One part of the configuration: what a person calls it, and the action that reading it needs.

    Actions: Microsoft Learn, "Azure permissions for Web and Mobile" (Microsoft.Web).
    """

    what: str
    action: str


SITE = Part("the site's own settings (client certificates, httpsOnly)", "Microsoft.Web/sites/read")
CONFIG = Part("config/web (TLS versions, HTTP/2, access restrictions)", "Microsoft.Web/sites/config/read")
BINDINGS = Part("the host name bindings", "Microsoft.Web/sites/hostNameBindings/read")
AUTH = Part("the authentication settings (authsettingsV2)", "Microsoft.Web/sites/config/read")
ENDPOINTS = Part("the private endpoint connections", "Microsoft.Web/sites/privateEndpointConnections/read")
PUBLIC = Part("the public certificates of the site", "Microsoft.Web/sites/publicCertificates/read")
CERTIFICATES = Part("the server certificates of the resource group", "Microsoft.Web/certificates/read")
CHANGES = Part("what changed in the last 14 days", "Microsoft.Resources/changes/read")
SLOTS = Part("the other slots and how their settings differ", "Microsoft.Web/sites/slots/read")
PLAN = Part("the tier of the App Service plan", "Microsoft.Web/serverfarms/read")


class SiteReader:
    """Reads the parts of one site at the same time.

    ``unknown`` collects what could not be read, ``unread`` whether the site or its config/web is among it.
    """

    def __init__(self, arm: Arm, site: SiteId) -> None:
        self._arm = arm
        self._site = site
        self._names = (site.group, site.name, site.slot) if site.slot else (site.group, site.name)
        self.unknown: list[Unknown] = []
        self.unread: set[Shape] = set()

    async def read(self) -> SiteConfig:
        """Return the configuration. Raises SiteNotFound or AzureFault where nothing of the site can be read."""
        arm, apps = self._arm, self._arm.web.web_apps
        async with asyncio.TaskGroup() as group:
            site = group.create_task(_tried(self._one("get")))
            web = group.create_task(_tried(self._one("get_configuration")))
            auth = group.create_task(_tried(self._one("get_auth_settings_v2_without_secrets")))
            changed = group.create_task(_tried(arm.get(changes_path(self._site.text), CHANGES_VERSION)))
            bound = group.create_task(_tried(self._rows("list_host_name_bindings")))
            endpoints = group.create_task(_tried(self._rows("get_private_endpoint_connection_list")))
            public = group.create_task(_tried(self._rows("list_public_certificates")))
            listed = arm.web.certificates.list_by_resource_group(self._site.group)
            certificates = group.create_task(_tried(arm.rows(listed)))
            slots = group.create_task(_tried(arm.rows(apps.list_slots(self._site.group, self._site.name))))
        config = self._settings(site.result(), web.result())
        further = {
            "host_bindings": self._made(bound.result(), BINDINGS, lambda rows: bindings_of(tuple(rows))),
            "auth": self._made(auth.result(), AUTH, parts.auth_settings),
            "private_endpoints": self._made(endpoints.result(), ENDPOINTS, parts.private_endpoints),
            "public_certificates": self._made(public.result(), PUBLIC, parts.public_certificates),
            "certificates": self._made(certificates.result(), CERTIFICATES, parts.certificates),
            "changes": self._made(changed.result(), CHANGES, lambda body: changes(_value(body))),
            "plan_tier": await self._plan(site.result()),
        }
        config = _with(config, further)
        return msgspec.structs.replace(config, slots=await self._slots(slots.result(), config))

    def _operation(self, name: str) -> Any:
        """Return the SDK's operation for the site, or the one of the same name for its slot."""
        apps = self._arm.web.web_apps
        if self._site.slot is None:
            return getattr(apps, name)
        return apps.get_slot if name == "get" else getattr(apps, f"{name}_slot")

    async def _one(self, name: str) -> dict[str, Any]:
        return await self._arm.one(self._operation(name), *self._names)

    async def _rows(self, name: str) -> list[dict[str, Any]]:
        return await self._arm.rows(self._operation(name)(*self._names))

    def _settings(self, site: "dict[str, Any] | Trouble", web: "dict[str, Any] | Trouble") -> SiteConfig:
        config = SiteConfig(source="arm", name=self._site.shown, site_id=self._site.text)
        config = msgspec.structs.replace(config, resource_group=self._site.group)
        if isinstance(site, Trouble) and isinstance(web, Trouble):
            raise self._nothing(site)
        bodies: dict[Shape, Any] = {"site": site, "config": web}
        self.unread = {shape for shape, body in bodies.items() if isinstance(body, Trouble)}
        # config/web knows its settings better than the copy of them in the site's own body.
        found = [
            self._made(web, CONFIG, lambda body: parse("config/web", body, "config", "arm")),
            self._made(site, SITE, lambda body: parse("the site", body, "site", "arm")),
        ]
        for one in found:
            config = joined(config, one)[0] if one is not None else config
        return config

    def _nothing(self, why: Trouble) -> Exception:
        doing = f"Reading {self._site.shown} from Azure"
        if why.kind == "not-found":
            return SiteNotFound(f"{doing}: {why.text}. Check the subscription, the resource group and the name.")
        if why.kind == "no-permission":
            action = why.action or SITE.action
            return AzureFault(f"{doing}: {why.text}: the action {action} is missing. Ask for the role Reader on it.")
        return AzureFault(f"{doing}: {why.text}. Try again, or give saved settings with --config FILE.")

    def _made(self, found: Any, part: Part, make: Callable[[Any], T]) -> T | None:
        """Return what is made of a part, None where it could not be read, which is then noted as unknown."""
        if isinstance(found, Trouble):
            self.unknown.append(found.unknown(part.what, part.action))
            return None
        return make(found)

    async def _plan(self, site: "dict[str, Any] | Trouble") -> str | None:
        """Return the plan's tier; it may lie in another resource group, but never in another subscription."""
        body = lowered(lowered(site).get("properties") or {}) if isinstance(site, Mapping) else {}
        found = str(body.get("serverfarmid") or "").strip("/").split("/")
        if len(found) != 8 or found[6].lower() != "serverfarms":
            return None
        plan = await _tried(self._arm.one(self._arm.web.app_service_plans.get, found[3], found[7]))
        return self._made(plan, PLAN, parts.plan_tier)

    async def _slots(
        self, listed: "list[dict[str, Any]] | Trouble", here: SiteConfig
    ) -> tuple[SlotFacts, ...] | None:
        rows = self._made(listed, SLOTS, lambda found: found)
        if rows is None:
            return None
        apps, group, name = self._arm.web.web_apps, self._site.group, self._site.name
        if self._site.slot is not None:
            reading = (self._arm.one(call, group, name) for call in (apps.get, apps.get_configuration))
            body, web = await asyncio.gather(*(_tried(one) for one in reading))
            return tuple(one for one in (self._slot("production", body, web, here),) if one)
        names = [str(lowered(row).get("name") or "").rpartition("/")[2] for row in rows[:SLOTS_READ]]
        configs = await asyncio.gather(
            *(_tried(self._arm.one(apps.get_configuration_slot, group, name, slot)) for slot in names)
        )
        found = (
            self._slot(slot, row, web, here) for slot, row, web in zip(names, rows, configs, strict=False) if slot
        )
        return tuple(one for one in found if one)

    def _slot(self, name: str, body: Any, web: Any, here: SiteConfig) -> SlotFacts | None:
        part = Part(f"the settings of the slot {name}", SLOTS.action)
        there = [
            self._made(web, part, lambda found: parse(name, found, "config", "arm")),
            self._made(body, part, lambda found: parse(name, found, "site", "arm")),
        ]
        whole = SiteConfig(source="arm")
        for one in there:
            whole = joined(whole, one)[0] if one is not None else whole
        return parts.slot_facts(name, here, whole)


async def _tried(reading: Awaitable[T]) -> "T | Trouble":
    """Return what was read, or why it was not; bounded."""
    try:
        async with asyncio.timeout(PART_S):
            return await reading
    except RAISED as fault:
        return trouble(fault)


def _value(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    rows = lowered(body).get("value")
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _with(config: SiteConfig, further: Mapping[str, Any]) -> SiteConfig:
    """Return the configuration with the parts that were read; what was not read keeps what the site itself says."""
    found = {name: value for name, value in further.items() if value is not None}
    bound = found.get("host_bindings")
    if bound is not None and config.host_bindings is not None:
        # The list of bindings may leave out the TLS state that the site's own body has.
        known = {one.name: one for one in config.host_bindings}
        found["host_bindings"] = tuple(
            known[one.name] if one.ssl_state is None and one.name in known else one for one in bound
        )
    return msgspec.structs.replace(config, **found)
