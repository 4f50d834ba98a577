"""Which findings are true of an example: one rule for each, by the state of the lab and the call alone."""

from collections.abc import Callable
from types import MappingProxyType

import msgspec

from probes.lab.rules import rules_of
from probes.lab.settings import Settings
from probes.lab.state import LabState
from tests.random_states.world import DEBUG, Speaker, World

_NOT_SWAPPED = (
    "client_cert_enabled",
    "client_cert_mode",
    "client_cert_exclusion_paths",
    "https_only",
    "min_tls_version",
)
"""What stays behind in a swap (Microsoft Learn, Set up staging environments in Azure App Service, 2025-11-28)."""


def asks_late(settings: Settings) -> bool:
    """Whether a front end of today asks after the request under ``settings``."""
    return rules_of(LabState(settings=settings)).renegotiates


def _large(world: World) -> bool:
    return world.late and world.too_large and world.rules.wants_certificate(world.upload_path)


def _excluded(world: World) -> bool:
    """The path is exempt, as the edge has it or as the settings say that were read."""
    stated = rules_of(LabState(settings=world.state.settings))
    return any(one.mode != "ignore" and one.excludes(world.example.path) for one in (world.rules, stated))


def _slot_differs(world: World) -> bool:
    """Another slot has other settings; that is a finding only of a request that fails, and normal otherwise."""
    here = world.state.settings
    slots = [slot.settings for slot in world.state.azure.slots]
    return any(getattr(here, name) != getattr(slot, name) for slot in slots for name in _NOT_SWAPPED)


def on_in_another_slot(world: World) -> bool:
    """Whether certificates are off here and on in another slot."""
    return world.rules.mode == "ignore" and any(slot.settings.client_cert_enabled for slot in world.state.azure.slots)


def _not_in_effect(world: World) -> bool:
    """The edge follows others, or is none of App Service's: only a gateway or an own server insists in TLS."""
    stale = world.state.edge.stale_settings
    rules = rules_of(LabState(settings=world.state.settings))
    insists = world.state.edge.require_in_tls != "no" and not rules.asks_in_handshake
    return (stale is not None and stale != world.state.settings) or insists


def _refused_by_client(world: World) -> bool:
    own, user = world.example.path, world.user
    if world.client is None or user.renegotiates:
        return False
    return "renegotiation" in (world.asked(user, own), world.asked(user, world.upload_path))


def _sent_nothing(world: World) -> bool:
    """Asked, answered with nothing, and let through: the user's own GET."""
    path = world.example.path
    asked = any(world.asked(who, path) != "never" for who in (world.user, Speaker(tls=world.example.own_tls)))
    return world.example.https and asked and not world.has_key and not world.rules.insists(path)


def _changed_together(world: World) -> bool:
    """Both are so now; the lab's own record of changes begins where it was put into this state."""
    return world.state.settings.http20_enabled and not world.state.settings.client_cert_enabled


def _prompted_by_nobody(world: World) -> bool:
    interactive = world.settings.client_cert_mode == "OptionalInteractiveUser" and world.rules.mode != "ignore"
    return interactive and world.example.client == "browser" and world.example.prompted == "it did not"


def _reaches_debug(world: World) -> bool:
    return world.example.debug and not world.rules.insists(DEBUG)


def _expect_not_awaited(world: World) -> bool:
    client = world.client
    return _large(world) and client is not None and not client.waits and client.expect_on_request


def _hidden_by_reuse(world: World) -> bool:
    client = world.client
    if client is None or not client.pools or not _large(world):
        return False
    return not (client.waits and client.expects(world.example.size))


def _below_threshold(world: World) -> bool:
    client = world.client
    curl = client is not None and client.name.startswith("curl")
    return _large(world) and curl and client is not None and not client.expects(world.example.size)


RULES = MappingProxyType[str, Callable[[World], bool]](
    {
        "network-unreachable": lambda w: w.example.origin == "refusing",
        "tls-inspection-proxy": lambda w: w.state.edge.intercepted,
        "server-certificate-wrong-host": lambda w: "server-certificate-wrong-host" in w.server_faults,
        "server-certificate-untrusted": lambda w: "server-certificate-untrusted" in w.server_faults,
        "server-certificate-expired": lambda w: "server-certificate-expired" in w.server_faults,
        "host-name-unbound": lambda w: w.shown == "default",
        "tls-version-refused": lambda w: w.version_refused,
        "cipher-refused": lambda w: w.suite_refused,
        "plain-http-request": lambda w: not w.example.https and (w.door is not None or not w.settings.https_only),
        "http-redirected": lambda w: not w.example.https and w.door is None and w.settings.https_only,
        "site-stopped": lambda w: w.settings.state == "Stopped",
        "public-access-disabled": lambda w: w.settings.public_network_access == "Disabled",
        "access-restricted": lambda w: _restricted(w) or _looks_restricted(w),
        "easy-auth-refused": lambda w: w.login(w.example.path) or w.login(w.upload_path),
        "settings-not-in-effect": _not_in_effect,
        "plan-too-small": lambda w: w.state.settings.sku in ("Free", "Shared") and w.rules.mode == "ignore",
        "http2-disables-certificates": _changed_together,
        "client-certs-disabled": lambda w: w.rules.mode == "ignore" or _acts_disabled(w),
        "path-excluded": _excluded,
        "slot-differs": _slot_differs,
        "header-forgeable": lambda w: w.state.edge.forged_header == "pass" and _reaches_debug(w),
        "certificate-without-key": lambda w: w.example.sent == "public",
        "certificate-missing": lambda w: (
            w.example.sent == "none" and (w.rules.insists(w.example.path) or w.tls_insists)
        ),
        "client-sent-no-certificate": _sent_nothing,
        "certificate-required-alert": lambda w: w.tls_insists,
        "issuer-not-acceptable": lambda w: w.unlisted,
        "interactive-mode-not-prompted": _prompted_by_nobody,
        "renegotiation-refused-by-client": _refused_by_client,
        "renegotiation-impossible-http2": lambda w: w.speaks_h2(w.user) and w.impossible(w.user, w.example.path),
        "renegotiation-impossible-tls13": lambda w: (
            w.version(w.user) == "1.3" and w.impossible(w.user, w.example.path)
        ),
        "expect-not-awaited": _expect_not_awaited,
        "curl-below-threshold": _below_threshold,
        "reused-connection-hides-it": _hidden_by_reuse,
        "large-body-renegotiation": lambda w: _large(w),
        "large-body-legacy-edge": lambda w: _large(w) and not asks_late(w.state.settings),
        "expect-blocked-on-the-way": lambda w: w.waits_in_vain,
        "app-body-limit": lambda w: w.over_app_limit,
        "app-reads-wrong-header": lambda w: w.wrong_header,
        "header-parsed-as-pem": lambda w: w.state.app.parser == "pem",
        "header-parsed-as-hex": lambda w: w.state.app.parser == "hex",
        "header-damaged": lambda w: w.state.app.damage != "none",
        "functions-key-missing": lambda w: w.key_missing,
        "web-config-ip-security": lambda w: w.state.app.web_config_refuses,
        "certificate-expired": lambda w: w.example.sent == "expired",
        "certificate-not-yet-valid": lambda w: w.example.sent == "not_yet_valid",
        "certificate-wrong-eku": lambda w: w.example.sent == "no_client_auth",
        "weak-certificate": lambda w: w.example.sent == "weak",
        "app-rejects-certificate": lambda w: w.can_arrive and w.app_refuses,
        "chain-incomplete": lambda w: w.complaint == "chain" and w.example.sent != "self_signed",
        "self-signed-refused": lambda w: w.complaint == "chain" and w.example.sent == "self_signed",
    }
)
"""Every finding that names a fault, and when it is true."""


def _restricted(world: World) -> bool:
    """The rules of the door alone, whatever else shuts it."""
    open_otherwise = msgspec.structs.replace(world.settings, state="Running", public_network_access="Enabled")
    edge = msgspec.structs.replace(world.state.edge, stale_settings=None)
    alone = msgspec.structs.replace(world.state, settings=open_otherwise, edge=edge)
    return World.door_of(alone) == "access-restricted"


def _looks_restricted(world: World) -> bool:
    """Public access is one of the access restrictions, and only the settings tell its page from theirs.

    Microsoft Learn, Azure App Service access restrictions.
    """
    return world.example.read == "none" and world.door == "public-access-disabled"


def _acts_disabled(world: World) -> bool:
    """Without the settings nobody can tell certificates that are off from paths that are all exempt."""
    paths = (world.example.path, world.upload_path, DEBUG, "/")
    return world.example.read == "none" and not any(world.rules.wants_certificate(path) for path in paths)


def true_of(world: World) -> frozenset[str]:
    """Return every finding that is true of the example."""
    return frozenset(slug for slug, rule in RULES.items() if rule(world))
