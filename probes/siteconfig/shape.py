"""Tells which command's output a JSON object is, and refuses what is not about a site."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from probes.errors import ConfigurationFault
from probes.printable import printable

Shape = Literal["site", "config"]

SITE_COMMAND = "az webapp show --resource-group RG --name SITE"
CONFIG_COMMAND = "az webapp config show --resource-group RG --name SITE"

# ARM resource types, lower case (Microsoft Learn, templates/microsoft.web), and what their output is.
_SITES = frozenset({"microsoft.web/sites", "microsoft.web/sites/slots"})
_CONFIGS = frozenset({"microsoft.web/sites/config", "microsoft.web/sites/slots/config"})
_OTHERS = {
    "microsoft.web/serverfarms": "an App Service plan",
    "microsoft.web/sites/hostnamebindings": "the host name bindings of a site",
    "microsoft.web/certificates": "a certificate resource",
    "microsoft.apimanagement/service": "an API Management service",
    "microsoft.network/applicationgateways": "an Application Gateway",
    "microsoft.app/containerapps": "a Container App, which has no such settings",
}


def lowered(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return the object with its keys in lower case; of two that then are the same, the one with a value stays."""
    found: dict[str, Any] = {}
    for key, value in entry.items():
        name = str(key).lower()
        if found.get(name) is None:
            found[name] = value
    return found


def shape_of(path: Path, entry: Mapping[str, Any]) -> Shape:
    """Return whose output ``entry`` (keys in lower case) is; raises ConfigurationFault when it is not of a site.

    The raw ARM body and ``az webapp show`` carry a type; ``az webapp config show`` carries that of sites/config.
    """
    kind = str(entry.get("type") or "").lower()
    if kind in _SITES:
        return "site"
    if kind in _CONFIGS:
        if _named_other_config(entry):
            raise _another(path, f"the settings {printable(str(entry.get('name')), limit=60)!r} of a site")
        return "config"
    if kind:
        raise _another(path, _OTHERS.get(kind, f"a resource of the type {printable(kind, limit=80)!r}"))
    return _untyped(path, entry)


def _named_other_config(entry: Mapping[str, Any]) -> bool:
    name = str(entry.get("id") or "").lower().rpartition("/config/")[2]
    return name in ("appsettings", "authsettings", "authsettingsv2", "connectionstrings", "logs", "slotconfignames")


def _untyped(path: Path, entry: Mapping[str, Any]) -> Shape:
    inner = entry.get("properties")
    names = set(entry) | (set(lowered(inner)) if isinstance(inner, Mapping) else set())
    if names & {"clientcertenabled", "clientcertmode", "clientcertexclusionpaths"}:
        return "site"
    if {"code", "message"} & names or isinstance(entry.get("error"), Mapping):
        raise ConfigurationFault(
            f"Reading the settings: {path} holds an error of Azure, not settings. Run again: {SITE_COMMAND}"
        )
    if {"parameters", "responses"} <= names:
        raise _another(path, "an example of the REST documentation")
    if {"resources", "contentversion"} & names:
        raise _another(path, "an ARM template: it says what was deployed once, not what is set now")
    if "mintlsversion" in names or "http20enabled" in names:
        return "config"
    raise _another(path, "neither a site nor its configuration")


def _another(path: Path, what: str) -> ConfigurationFault:
    return ConfigurationFault(f"Reading the settings: {path} looks like {what}. Save the output of: {SITE_COMMAND}")
