"""What there is in the lab's Azure: the site, its slots, and neighbours, in two subscriptions."""

import hashlib
import uuid

import msgspec
from cryptography.hazmat.primitives.serialization import Encoding

from probes.lab.azure_names import GROUP, LOCATION, OTHER_SUBSCRIPTION, PLAN, SUBSCRIPTION
from probes.lab.forward import SITE_NAME
from probes.lab.pki import Pki
from probes.lab.settings import Settings
from probes.lab.state import LabState

NEIGHBOUR_GROUP = "neighbours"


class WebSite(msgspec.Struct, frozen=True, kw_only=True):
    """One site or slot as ARM knows it. ``thumbprint`` is that of the certificate of its TLS bindings."""

    subscription: str
    group: str
    name: str
    settings: Settings
    kind: str
    plan: str
    slot: str | None = None
    location: str = LOCATION
    thumbprint: str | None = None
    private_endpoints: tuple[str, ...] = ()

    @property
    def full_name(self) -> str:
        """The resource's name: ``site`` or ``site/slot``."""
        return f"{self.name}/{self.slot}" if self.slot else self.name

    @property
    def runtime_name(self) -> str:
        """The name inside the platform: ``site`` or ``site(slot)``."""
        return f"{self.name}({self.slot})" if self.slot else self.name

    @property
    def type(self) -> str:
        """The resource type."""
        return "Microsoft.Web/sites/slots" if self.slot else "Microsoft.Web/sites"

    @property
    def id(self) -> str:
        """The resource id."""
        base = f"{self.scope}/sites/{self.name}"
        return f"{base}/slots/{self.slot}" if self.slot else base

    @property
    def scope(self) -> str:
        """The part of the id before the type: subscription, group and provider."""
        return f"/subscriptions/{self.subscription}/resourceGroups/{self.group}/providers/Microsoft.Web"

    @property
    def plan_id(self) -> str:
        """The resource id of the plan."""
        return f"{self.scope}/serverfarms/{self.plan}"

    @property
    def default_host_name(self) -> str | None:
        """The first host name."""
        return self.settings.host_names[0] if self.settings.host_names else None

    @property
    def scm_host_name(self) -> str:
        """The host name of the deployment site; of the ``test`` domain, which never resolves (RFC 6761)."""
        return f"{self.name}-{self.slot}.scm.lab.test" if self.slot else f"{self.name}.scm.lab.test"


def inventory(state: LabState, pki: Pki) -> list[WebSite]:
    """Return the lab's site, its slots, and the neighbours, in this order."""
    certificate = pki.servers[state.edge.server_certificate].certificate
    thumbprint = hashlib.sha1(certificate.public_bytes(Encoding.DER), usedforsecurity=False).hexdigest().upper()
    site = WebSite(
        subscription=SUBSCRIPTION,
        group=GROUP,
        name=SITE_NAME,
        settings=state.settings,
        kind=state.azure.kind,
        plan=PLAN,
        thumbprint=thumbprint,
        private_endpoints=state.azure.private_endpoints,
    )
    slots = [
        msgspec.structs.replace(site, slot=slot.name, settings=_on_plan(slot.settings, state), private_endpoints=())
        for slot in state.azure.slots
    ]
    return [site, *slots, *(_neighbour(number) for number in range(1, state.azure.neighbours + 1))]


def _on_plan(settings: Settings, state: LabState) -> Settings:
    """A slot runs on the plan of production, whatever tier its own settings name."""
    return msgspec.structs.replace(settings, sku=state.settings.sku)


def _neighbour(number: int) -> WebSite:
    name = f"neighbour-{number}"
    return WebSite(
        subscription=SUBSCRIPTION if number % 2 else OTHER_SUBSCRIPTION,
        group=NEIGHBOUR_GROUP,
        name=name,
        settings=Settings(client_cert_enabled=False, host_names=(f"{name}.lab.test",), sku="Basic"),
        kind="functionapp,linux" if number % 3 == 0 else "app,linux",
        plan="neighbours-plan",
    )


def stable_id(*parts: str) -> str:
    """Return a GUID that is always the same for the same parts."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(parts).lower()))
