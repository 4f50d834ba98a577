"""Reads a site's settings from saved JSON: raw ARM, ``az webapp show``, ``az webapp config show``, several joined."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast, get_args

import msgspec

from probes.errors import ConfigurationFault
from probes.model import ClientCertMode, SiteConfig, Unknown
from probes.paths import split_exclusions
from probes.printable import printable
from probes.siteconfig.load import load
from probes.siteconfig.shape import CONFIG_COMMAND, SITE_COMMAND, Shape, lowered, shape_of

T = TypeVar("T")
_TEXT_LIMIT = 512
_LIST_LIMIT = 200
_OUTSIDE = ("kind", "resourcegroup")
"""What stands beside ``properties`` in the raw body."""

_WANTED = (
    ("client_cert_enabled", "whether client certificates are switched on (clientCertEnabled)", SITE_COMMAND),
    ("client_cert_mode", "the client certificate mode (clientCertMode)", SITE_COMMAND),
    ("client_cert_exclusion_paths", "the certificate exclusion paths (clientCertExclusionPaths)", SITE_COMMAND),
    ("https_only", "whether http is redirected to https (httpsOnly)", SITE_COMMAND),
    ("http20_enabled", "whether HTTP/2 is switched on (http20Enabled)", CONFIG_COMMAND),
    ("min_tls_version", "the lowest TLS version (minTlsVersion)", CONFIG_COMMAND),
)


class _Reader:
    """Takes typed values out of one object and notes what has the wrong type; nothing here raises."""

    def __init__(self, path: Path, entry: Mapping[str, Any]) -> None:
        self._name = printable(path.name, limit=80)
        self._entry = entry
        self.notes: list[str] = []

    def _take(self, key: str, wanted: str, convert: Callable[[Any], T | None]) -> T | None:
        value = self._entry.get(key.lower())
        if value is None:
            return None
        found = convert(value)
        if found is None:
            shown = printable(str(value), limit=40)
            self.notes.append(f"{self._name}: {key} is {shown!r}, not {wanted}; taken as not known")
        return found

    def text(self, key: str) -> str | None:
        """Return a text, made printable; an empty one says nothing."""
        return self._take(key, "a text", lambda value: _clean(value) if isinstance(value, str) else None) or None

    def flag(self, key: str) -> bool | None:
        """Return true or false; the words for them are taken too, as some exports write them."""
        words = {"true": True, "false": False}
        return self._take(
            key,
            "true or false",
            lambda value: value if isinstance(value, bool) else words.get(str(value).strip().lower()),
        )

    def mode(self) -> ClientCertMode | None:
        """Return the mode in ARM's own spelling, whatever case the file has."""
        names = {name.lower(): name for name in get_args(ClientCertMode)}
        wanted = "one of " + ", ".join(names.values())
        found = self._take("clientCertMode", wanted, lambda value: names.get(str(value).strip().lower()))
        return cast("ClientCertMode | None", found)

    def exclusions(self) -> tuple[str, ...] | None:
        """Return the exclusion paths; null and the empty string both mean that there are none.

        ARM has them in one string (Microsoft.Web/sites, clientCertExclusionPaths).
        """
        key = "clientCertExclusionPaths"
        if key.lower() in self._entry and self._entry[key.lower()] is None:
            return ()
        return self._take(key, "a text of paths", _paths)

    def texts(self, key: str) -> tuple[str, ...] | None:
        """Return a list of texts."""
        return self._take(key, "a list of texts", _texts)


def _clean(value: str) -> str:
    return printable(value.strip(), limit=_TEXT_LIMIT)


def _paths(value: Any) -> tuple[str, ...] | None:
    if isinstance(value, list) and all(isinstance(entry, str) for entry in value):
        value = ";".join(value)
    if not isinstance(value, str):
        return None
    return tuple(_clean(entry) for entry in split_exclusions(value))


def _texts(value: Any) -> tuple[str, ...] | None:
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        return None
    return tuple(_clean(entry) for entry in value[:_LIST_LIMIT])


def read(paths: Sequence[Path]) -> tuple[SiteConfig, tuple[Unknown, ...]]:
    """Return the settings in the files, joined, and what they do not say.

    The files fill what others leave open; where two contradict each other the first is kept, and it is noted. Raises
    ConfigurationFault for a file that cannot be read, or is of another kind, or of another site than the first.
    """
    joined = SiteConfig(source="file")
    found = [(path, *_settings(path)) for path in paths]
    # config/web knows its settings better than the copy of them in the site's own body, whichever came first.
    for path, _, settings in sorted(found, key=lambda one: one[1] != "config"):
        joined = _joined(path, joined, settings)
    unknown = tuple(
        Unknown(what=what, why="not-observable", how_to_get=f"{command} --output json > FILE, then --config FILE")
        for field, what, command in _WANTED
        if getattr(joined, field) is None
    )
    return joined, unknown


def _settings(path: Path) -> tuple[Shape, SiteConfig]:
    entry = lowered(load(path))
    shape = shape_of(path, entry)
    inner = entry.get("properties")
    flat = entry if not isinstance(inner, Mapping) else lowered(inner) | {key: entry.get(key) for key in _OUTSIDE}
    site = _Reader(path, flat)
    nested = flat.get("siteconfig")
    config = _Reader(path, flat if shape == "config" else lowered(nested) if isinstance(nested, Mapping) else {})
    found = SiteConfig(
        source="file",
        name=_name(path, entry, shape),
        resource_group=_of_id(entry, "resourcegroups") or site.text("resourceGroup"),
        **(_of_site(site) if shape == "site" else {}),
        **_of_config(config, site),
    )
    return shape, msgspec.structs.replace(found, notes=tuple(site.notes + config.notes))


def _of_site(site: _Reader) -> dict[str, Any]:
    return {
        "default_host_name": site.text("defaultHostName"),
        "host_names": site.texts("hostNames"),
        "kind": site.text("kind"),
        "state": site.text("state"),
        "client_cert_enabled": site.flag("clientCertEnabled"),
        "client_cert_mode": site.mode(),
        "client_cert_exclusion_paths": site.exclusions(),
        "https_only": site.flag("httpsOnly"),
    }


def _of_config(config: _Reader, site: _Reader) -> dict[str, Any]:
    """Return the settings of config/web; the site's own body has most of them as null (seen with API 2022-03-01)."""
    return {
        "http20_enabled": config.flag("http20Enabled"),
        "min_tls_version": config.text("minTlsVersion"),
        "min_tls_cipher_suite": config.text("minTlsCipherSuite"),
        "public_network_access": site.text("publicNetworkAccess") or config.text("publicNetworkAccess"),
    }


def _name(path: Path, entry: Mapping[str, Any], shape: Shape) -> str | None:
    by_id = _of_id(entry, "sites")
    if by_id is not None:
        slot = _of_id(entry, "slots")
        return f"{by_id}/{slot}" if slot else by_id
    return _Reader(path, entry).text("name") if shape == "site" else None


def _of_id(entry: Mapping[str, Any], kind: str) -> str | None:
    found = re.search(rf"/{kind}/([^/]+)", str(entry.get("id") or ""), re.IGNORECASE)
    return _clean(found.group(1)) if found else None


def _joined(path: Path, one: SiteConfig, other: SiteConfig) -> SiteConfig:
    if one.name and other.name and one.name.lower() != other.name.lower():
        raise ConfigurationFault(
            f"Joining the settings: {path} is of {other.name}, another file of {one.name}. Give files of one "
            "site and slot."
        )
    changes: dict[str, Any] = {}
    notes = [*one.notes, *other.notes]
    for field in SiteConfig.__struct_fields__:
        ours, theirs = getattr(one, field), getattr(other, field)
        if field in ("source", "notes") or theirs is None:
            continue
        if ours is None:
            changes[field] = theirs
        elif ours != theirs and field not in ("name", "resource_group"):
            notes.append(f"{printable(path.name, limit=80)}: {field} differs from another file, which was kept")
    return msgspec.structs.replace(one, notes=tuple(notes), **changes)
