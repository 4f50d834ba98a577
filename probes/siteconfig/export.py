"""Reads a site's settings from saved JSON: raw ARM, what az prints, a template; several files joined."""

from collections.abc import Collection, Sequence
from pathlib import Path

import msgspec

from probes.errors import ConfigurationFault
from probes.model import SiteConfig, Unknown
from probes.printable import printable
from probes.siteconfig.load import load
from probes.siteconfig.parse import joined, parse
from probes.siteconfig.shape import CONFIG_COMMAND, SITE_COMMAND, Shape, lowered, shape_of
from probes.siteconfig.template import is_template, sites_in

_WANTED: tuple[tuple[str, str, Shape], ...] = (
    ("client_cert_enabled", "whether client certificates are switched on (clientCertEnabled)", "site"),
    ("client_cert_mode", "the client certificate mode (clientCertMode)", "site"),
    ("client_cert_exclusion_paths", "the certificate exclusion paths (clientCertExclusionPaths)", "site"),
    ("https_only", "whether http is redirected to https (httpsOnly)", "site"),
    ("http20_enabled", "whether HTTP/2 is switched on (http20Enabled)", "config"),
    ("min_tls_version", "the lowest TLS version (minTlsVersion)", "config"),
)


def read(paths: Sequence[Path], host: str | None = None) -> tuple[SiteConfig, tuple[Unknown, ...]]:
    """Return the settings in the files, joined, and what they do not say.

    The files fill what others leave open; where two contradict each other the first is kept, and it is noted.
    ``host`` chooses the site where a file lists several. Raises ConfigurationFault for a file that cannot be read, or
    is of another kind, or of another site than the first.
    """
    whole = SiteConfig(source="file")
    found = [(path, *one) for path in paths for one in _settings(path, host)]
    # config/web knows its settings better than the copy of them in the site's own body, whichever came first.
    for path, _, settings in sorted(found, key=lambda one: one[1] != "config"):
        whole = _joined(path, whole, settings)
    return whole, missing(whole)


def missing(config: SiteConfig, without: Collection[Shape] = ()) -> tuple[Unknown, ...]:
    """Return which of the settings that decide are not known, and the command that prints each.

    ``without`` are the shapes that are known to be unread, whose settings are left out.
    """
    commands: dict[Shape, str] = {"site": SITE_COMMAND, "config": CONFIG_COMMAND}
    return tuple(
        Unknown(
            what=what, why="not-observable", how_to_get=f"{commands[shape]} --output json > FILE, then --config FILE"
        )
        for field, what, shape in _WANTED
        if getattr(config, field) is None and shape not in without
    )


def _settings(path: Path, host: str | None) -> list[tuple[Shape, SiteConfig]]:
    entry = load(path, host)
    if is_template(lowered(entry)):
        note = f"{printable(path.name, limit=80)}: a template says what it deploys, not what is set now"
        parts = [(shape, parse(path.name, one, shape)) for shape, one in sites_in(path, lowered(entry), host)]
        return [(shape, msgspec.structs.replace(one, notes=(*one.notes, note))) for shape, one in parts]
    shape = shape_of(path, lowered(entry))
    return [(shape, parse(path.name, entry, shape))]


def _joined(path: Path, one: SiteConfig, other: SiteConfig) -> SiteConfig:
    if one.name and other.name and one.name.lower() != other.name.lower():
        raise ConfigurationFault(
            f"Joining the settings: {path} is of {other.name}, another file of {one.name}. Give files of one "
            "site and slot."
        )
    together, differing = joined(one, other)
    shown = printable(path.name, limit=80)
    notes = tuple(f"{shown}: {field} differs from another file, which was kept" for field in differing)
    return msgspec.structs.replace(together, notes=(*together.notes, *notes))


_BESIDE = (
    ("state", "whether it runs"),
    ("host_names", "its host names"),
    ("host_bindings", "their bindings"),
    ("public_network_access", "public network access"),
    ("ip_restrictions", "access restrictions"),
    ("plan_tier", "the tier of its plan"),
    ("auth", "App Service Authentication"),
    ("slots", "the other slots"),
    ("changes", "what changed lately"),
    ("private_endpoints", "private endpoints"),
    ("certificates", "server certificates"),
    ("public_certificates", "public certificates"),
)


def beside(config: SiteConfig) -> tuple[Unknown, ...]:
    """Return, in one line, the parts around the settings that a saved file left out; none for a live read."""
    left_out = [words for field, words in _BESIDE if getattr(config, field) is None]
    if config.source != "file" or not left_out:
        return ()
    what = f"what the file does not say of the site: {', '.join(left_out)}"
    how = "read the site from Azure: az login, then mtls-triage config https://HOST (the role Reader is enough)"
    return (Unknown(what=what, why="not-observable", how_to_get=how),)
