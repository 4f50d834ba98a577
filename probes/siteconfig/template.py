"""Finds the sites in an ARM template, an exported one, or one that Bicep compiled; what cannot be known stays out."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from probes.errors import ConfigurationFault
from probes.hosts import DEFAULT_SUFFIXES
from probes.printable import printable
from probes.siteconfig.choose import Candidate, choose
from probes.siteconfig.shape import SITE_COMMAND, Shape, lowered

_DEPTH = 6
_RESOURCES = 2000
# Expressions: Microsoft Learn, "Syntax and expressions in ARM templates": text in brackets, "[[" for a literal one.
_REFERENCE = re.compile(r"\[(parameters|variables)\('([^']+)'\)\]", re.IGNORECASE)
_WEB_CONFIG = re.compile(r"""(?:^|/|')web(?:'?\)*\])?$""", re.IGNORECASE)
_UNSET = object()


def is_template(entry: Mapping[str, Any]) -> bool:
    """Say whether an object (keys in lower case) is a template or ``{"template": …}``, as some exports wrap it."""
    inner = entry.get("template")
    if isinstance(inner, Mapping) and "resources" in lowered(inner):
        return True
    return "resources" in entry and "type" not in entry


def sites_in(path: Path, entry: Mapping[str, Any], host: str | None = None) -> list[tuple[Shape, dict[str, Any]]]:
    """Return the site of a template, and its config/web where that is a resource of its own.

    Values that only a deployment knows are left out, so that they count as not known. Raises ConfigurationFault when
    there is no site in it, or several and ``host`` chooses none.
    """
    inner = entry.get("template")
    template = lowered(inner) if isinstance(inner, Mapping) else dict(entry)
    sites: list[Candidate] = []
    configs: list[tuple[str, dict[str, Any]]] = []
    for resource, parent in _resources(template, "", 0):
        kind = str(resource.get("type") or "").lower()
        name = _plain(resource.get("name"))
        if kind in ("microsoft.web/sites", "microsoft.web/sites/slots"):
            # In which cloud it will be deployed is not in a template.
            hosts = tuple(f"{name.replace('/', '-')}{suffix}" for suffix in DEFAULT_SUFFIXES)
            sites.append(Candidate(name=name, hosts=hosts, entry=resource))
        elif kind.endswith("/config") and _WEB_CONFIG.search(str(resource.get("name") or "")):
            configs.append((parent or name.rpartition("/")[0], resource | {"type": "Microsoft.Web/sites/config"}))
    if not sites:
        raise ConfigurationFault(
            f"Reading the settings: {path} is an ARM template without a site (Microsoft.Web/sites). Save the output "
            f"of: {SITE_COMMAND}"
        )
    chosen = choose(path, sites, host)
    own = [(config | {"name": chosen.name}) for owner, config in configs if not owner or owner == chosen.name]
    first: tuple[Shape, dict[str, Any]] = ("site", chosen.entry | {"name": chosen.name})
    return [first, *(("config", config) for config in own)]


def _resources(template: Mapping[str, Any], parent: str, depth: int) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield every resource with its expressions resolved and the name of the one that it stands in."""
    found = template.get("resources")
    # Bicep writes resources by symbolic name since language version 2.0, and as a list before.
    rows = list(found.values()) if isinstance(found, Mapping) else found if isinstance(found, list) else []
    for row in rows[:_RESOURCES]:
        if not isinstance(row, Mapping) or depth > _DEPTH:
            continue
        resource = lowered(_resolved(row, template, 0))
        name = _plain(resource.get("name"))
        kind = str(resource.get("type") or "")
        if kind.lower() == "microsoft.resources/deployments":
            nested = lowered(_mapping(lowered(_mapping(row.get("properties"))).get("template")))
            yield from _resources(nested, "", depth + 1)
            continue
        if parent and "/" not in kind:
            resource["type"] = f"Microsoft.Web/sites/{kind}"
        yield resource, parent
        yield from _resources({**template, "resources": row.get("resources")}, name, depth + 1)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _resolved(value: Any, template: Mapping[str, Any], depth: int) -> Any:
    """Return a value with references replaced by defaults; an expression that stays is left out of its object."""
    if depth > 40:
        return None
    if isinstance(value, Mapping):
        items = ((str(key), _resolved(inner, template, depth + 1)) for key, inner in value.items())
        return {key: inner for key, inner in items if inner is not _UNSET}
    if isinstance(value, list):
        return [inner for inner in (_resolved(one, template, depth + 1) for one in value) if inner is not _UNSET]
    if not isinstance(value, str) or not value.startswith("[") or not value.endswith("]"):
        return value
    if value.startswith("[["):
        return value[1:]
    return _referred(value, template)


def _referred(value: str, template: Mapping[str, Any]) -> Any:
    found = _REFERENCE.fullmatch(value)
    if found is None:
        return value if _WEB_CONFIG.search(value) else _UNSET
    kind, name = found.group(1).lower(), found.group(2).lower()
    entry = lowered(_mapping(template.get(kind))).get(name, _UNSET)
    if kind == "parameters":
        entry = lowered(_mapping(entry)).get("defaultvalue", _UNSET)
    return _UNSET if isinstance(entry, str) and entry.startswith("[") else entry


def _plain(name: Any) -> str:
    """Return a resource's name; what only a deployment knows has none."""
    return printable(name, limit=200) if isinstance(name, str) and not name.startswith("[") else ""
