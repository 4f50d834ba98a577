"""What a path below one site or slot names: the resource itself, its parts, and writes to it."""

from collections.abc import Callable
from typing import Any

from probes.lab import arm_errors as errors
from probes.lab.arm_change import change_config, change_site, change_state
from probes.lab.arm_changes import changes_of
from probes.lab.arm_config import auth_settings_v2, config_web, slot_config_names
from probes.lab.arm_inventory import WebSite, inventory
from probes.lab.arm_parts import (
    certificate_resource,
    host_name_bindings,
    plan_body,
    private_endpoints,
    public_certificates,
)
from probes.lab.arm_site import site_body
from probes.lab.azure_http import AzureRequest, Reply, json_reply
from probes.lab.entra_tokens import Token
from probes.lab.site import Site

Found = dict[str, Any] | list[dict[str, Any]] | Reply
_WRITES = ("PATCH", "PUT")


def sites_body(lab: Site, sites: list[WebSite]) -> list[dict[str, Any]]:
    """Return the resources of ``sites``."""
    return [site_body(site, lab.history.last(lab.state, site.slot)) for site in sites]


def plans(sites: list[WebSite]) -> list[dict[str, Any]]:
    """Return the plans that ``sites`` run on, each once, with the size that its first site has."""
    found: dict[str, list[WebSite]] = {}
    for site in sites:
        found.setdefault(site.plan_id.lower(), []).append(site)
    return [plan_body(group[0], len(group)) for group in found.values()]


def certificates(lab: Site, sites: list[WebSite]) -> list[dict[str, Any]]:
    """Return the certificates of those sites that have a TLS binding of their own."""
    bound = [site for site in sites if site.thumbprint and not site.slot and site.settings.host_names[1:]]
    issued = lab.pki.servers[lab.state.edge.server_certificate].certificate
    return [certificate_resource(site, issued) for site in bound]


def site_part(lab: Site, request: AzureRequest, site: WebSite, part: list[str], token: Token) -> Found:
    """Answer for ``part``, the lower-case segments below the site or slot."""
    if request.method in _WRITES or request.method == "POST":
        return _write(lab, request, site, part, token)
    if request.method != "GET":
        return errors.method_not_allowed(request.method)
    match part:
        case []:
            return sites_body(lab, [site])[0]
        case ["slots"] if site.slot is None:
            slots = [one for one in inventory(lab.state, lab.pki) if one.slot and one.name == site.name]
            return sites_body(lab, slots)
        case ["config"]:
            return [config_web(site)]
        case ["config", name]:
            return _config(request, site, name)
        case ["certificates"]:
            return []
        case ["providers", "microsoft.resources", "changes", *name]:
            rows = changes_of(site, lab.history.of(lab.state, site.slot), lab.history.now())
            return _one_or_all(request, rows, name)
        case [kind, *name] if kind in _CHILDREN:
            return _one_or_all(request, _CHILDREN[kind](lab, site), name)
    return errors.web_error(404, "NotFound", f"Cannot find '{request.path}'.")


_CHILDREN: dict[str, Callable[[Site, WebSite], list[dict[str, Any]]]] = {
    "hostnamebindings": lambda _, site: host_name_bindings(site),
    "privateendpointconnections": lambda _, site: private_endpoints(site),
    "publiccertificates": lambda lab, site: public_certificates(
        site, lab.state.azure.public_certificates, lab.pki.root.certificate
    ),
}


def _config(request: AzureRequest, site: WebSite, name: str) -> Found:
    if name == "web":
        return config_web(site)
    if name == "authsettingsv2":
        return auth_settings_v2(site)
    if name == "slotconfignames" and site.slot is None:
        return slot_config_names(site)
    return errors.web_error(404, "NotFound", f"Cannot find '{request.path}'.")


def _one_or_all(request: AzureRequest, rows: list[dict[str, Any]], name: list[str]) -> Found:
    if not name:
        return rows
    found = next((row for row in rows if row["id"].lower().endswith("/" + name[0])), None)
    return found if found and len(name) == 1 else errors.not_found(request)


def _write(lab: Site, request: AzureRequest, site: WebSite, part: list[str], token: Token) -> Found:
    match part:
        case [] if request.method in _WRITES:
            problem = change_site(lab, site, request.json, token.principal)
        case ["config", "web"] if request.method in _WRITES:
            problem = change_config(lab, site, request.json, token.principal)
        case [("start" | "stop" | "restart") as action] if request.method == "POST":
            return change_state(lab, site, action, token.principal) or json_reply({})
        case _:
            return errors.method_not_allowed(request.method)
    if problem:
        return problem
    now = next(one for one in inventory(lab.state, lab.pki) if one.id == site.id)
    return config_web(now) if part else sites_body(lab, [now])[0]
