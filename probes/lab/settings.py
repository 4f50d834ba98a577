"""The site's settings by their ARM names, as the edge follows them; all immutable."""

from typing import Literal

import msgspec

Tier = Literal[
    "Free", "Shared", "Basic", "Standard", "PremiumV2", "PremiumV3", "IsolatedV2", "Dynamic", "ElasticPremium"
]
"""Tiers of an App Service plan (Microsoft.Web/serverfarms, ``sku.tier``)."""


class IpRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """One rule of ``ipSecurityRestrictions``: the first that matches by priority decides.

    ``ip_address`` is an address, a network in CIDR form, or ``Any``.
    """

    ip_address: str = "Any"
    action: Literal["Allow", "Deny"] = "Deny"
    priority: int = 100
    name: str = ""


class Auth(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """The part of ``authsettingsV2`` that decides over a request without a sign-in.

    Field names are those of ``platform.enabled`` and of ``globalValidation`` (Microsoft.Web/sites/config
    authsettingsV2).
    """

    enabled: bool = False
    require_authentication: bool = True
    unauthenticated_client_action: Literal["RedirectToLoginPage", "AllowAnonymous", "Return401", "Return403"] = (
        "RedirectToLoginPage"
    )
    excluded_paths: tuple[str, ...] = ()


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """The site's settings by their ARM names (Microsoft.Web/sites and its config/web).

    ``client_cert_mode`` None with certificates enabled acts as ``Required``. ``client_cert_exclusion_paths`` is one
    string, split at ``,`` and ``;``. The first of ``host_names`` is the default host name; ``unbound_host_names`` are
    those of them that have no TLS binding, so that the edge shows another certificate (Microsoft Learn, Secure a
    custom DNS name with a TLS/SSL binding). ``ip_security_restrictions_default_action`` is what happens to an address
    that no rule matches; None denies as soon as there are rules. ``sku`` is the plan's tier.
    """

    client_cert_enabled: bool = True
    client_cert_mode: Literal["Required", "Optional", "OptionalInteractiveUser"] | None = "Required"
    client_cert_exclusion_paths: str | None = None
    https_only: bool = True
    http20_enabled: bool = False
    min_tls_version: Literal["1.0", "1.1", "1.2", "1.3"] = "1.2"
    min_tls_cipher_suite: str | None = None
    ip_security_restrictions: tuple[IpRule, ...] = ()
    ip_security_restrictions_default_action: Literal["Allow", "Deny"] | None = None
    public_network_access: Literal["Enabled", "Disabled"] | None = "Enabled"
    state: Literal["Running", "Stopped"] = "Running"
    host_names: tuple[str, ...] = ("localhost",)
    unbound_host_names: tuple[str, ...] = ()
    sku: Tier = "Standard"
    auth: Auth = Auth()
