"""What the site is told to do, in the words of ARM; None is "not known", never "no"."""

from typing import Literal

from probes.model.base import Value

ClientCertMode = Literal["Required", "Optional", "OptionalInteractiveUser"]


class IpRestriction(Value, frozen=True, kw_only=True):
    """One access restriction: who (an address, a subnet or a service tag) may or may not, in order of priority.

    ``by_headers`` says that the rule also asks for request headers (``X-Azure-FDID`` and the like).
    """

    who: str
    action: str | None = None
    priority: int | None = None
    name: str | None = None
    by_headers: bool = False


class HostBinding(Value, frozen=True, kw_only=True):
    """One host name that is bound to the site; ``ssl_state`` ``Disabled`` means that it has no TLS binding.

    ``thumbprint`` is the SHA-1 of the server certificate that is bound to the name, upper-case hex.
    """

    name: str
    ssl_state: str | None = None
    thumbprint: str | None = None


class BoundCertificate(Value, frozen=True, kw_only=True):
    """One server certificate in the site's resource group; ``not_after`` as ARM writes it."""

    thumbprint: str | None = None
    subject: str | None = None
    host_names: tuple[str, ...] = ()
    not_after: str | None = None


class AuthSettings(Value, frozen=True, kw_only=True):
    """App Service Authentication (Easy Auth), as far as it can answer instead of the app."""

    enabled: bool | None = None
    require_authentication: bool | None = None
    unauthenticated_action: str | None = None
    excluded_paths: tuple[str, ...] = ()


class SettingDifference(Value, frozen=True, kw_only=True):
    """One setting, by its ARM name, that is not the same here and there; values as text, None for not set."""

    setting: str
    here: str | None = None
    there: str | None = None


class SlotFacts(Value, frozen=True, kw_only=True):
    """Another slot of the same site (``production`` for the site itself) and what is different there."""

    name: str
    host_name: str | None = None
    differences: tuple[SettingDifference, ...] = ()


class SlotSwap(Value, frozen=True, kw_only=True):
    """The last swap of slots that succeeded: when (UTC), from which slot into which."""

    at: str | None = None
    source: str | None = None
    destination: str | None = None


class SettingChange(Value, frozen=True, kw_only=True):
    """One change of one setting that matters: when (UTC), from what to what, and by whom or what."""

    at: str
    setting: str
    old: str | None = None
    new: str | None = None
    by: str | None = None
    by_kind: str | None = None
    client: str | None = None


class SiteConfig(Value, frozen=True, kw_only=True):
    """The settings of one site that bear on client certificates (Microsoft.Web/sites and its config/web).

    ``client_cert_exclusion_paths`` is the list that the one ARM string holds, split at ``,`` and ``;``;
    an empty tuple means that it was read and is empty. ``source`` says where the settings came from.
    The fields from ``site_id`` on are read from ARM where the user may; ``changes`` covers the last 14 days.
    """

    source: Literal["arm", "file", "none"] = "none"
    name: str | None = None
    resource_group: str | None = None
    default_host_name: str | None = None
    host_names: tuple[str, ...] | None = None
    kind: str | None = None
    state: str | None = None
    client_cert_enabled: bool | None = None
    client_cert_mode: ClientCertMode | None = None
    client_cert_exclusion_paths: tuple[str, ...] | None = None
    https_only: bool | None = None
    http20_enabled: bool | None = None
    min_tls_version: str | None = None
    min_tls_cipher_suite: str | None = None
    public_network_access: str | None = None
    notes: tuple[str, ...] = ()
    site_id: str | None = None
    plan_tier: str | None = None
    usage_state: str | None = None
    hosting_environment: str | None = None
    end_to_end_encryption: bool | None = None
    scm_min_tls_version: str | None = None
    http20_proxy_flag: int | None = None
    ip_restrictions: tuple[IpRestriction, ...] | None = None
    ip_default_action: str | None = None
    host_bindings: tuple[HostBinding, ...] | None = None
    certificates: tuple[BoundCertificate, ...] | None = None
    public_certificates: tuple[str, ...] | None = None
    auth: AuthSettings | None = None
    private_endpoints: tuple[str, ...] | None = None
    slots: tuple[SlotFacts, ...] | None = None
    changes: tuple[SettingChange, ...] | None = None
    last_swap: SlotSwap | None = None
