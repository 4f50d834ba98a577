"""Chooses one site of several by its host name, in every way that sites are listed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from probes.errors import ConfigurationFault
from probes.printable import printable

_SHOWN = 5


@dataclass(frozen=True)
class Candidate:
    """One site of a list: its name, the host names that lead to it, and the object itself."""

    name: str
    hosts: tuple[str, ...]
    entry: dict[str, Any]


def serves(hosts: Sequence[str], host: str) -> bool:
    """Say whether one of the bound names covers ``host``; ``*.example.com`` covers one label."""
    host = host.lower().rstrip(".")
    wild = "*." + host.partition(".")[2]
    return any(name.lower() in (host, wild) for name in hosts)


def candidate(entry: Mapping[str, Any]) -> Candidate:
    """Return what a listed site, raw or as az prints it, says of its names."""
    from probes.siteconfig.reader import Reader, flat

    site = Reader("site", flat(entry, outside=("name", "id")))
    listed = (*(site.texts("hostNames") or ()), *(site.texts("enabledHostNames") or ()))
    default = site.text("defaultHostName")
    names = tuple(dict.fromkeys((*((default,) if default else ()), *listed)))
    return Candidate(name=site.text("name") or "?", hosts=names, entry=dict(entry))


def choose(path: Path, found: Sequence[Candidate], host: str | None) -> Candidate:
    """Return the one site, or the one that ``host`` leads to; raises ConfigurationFault where that is not one."""
    if len(found) == 1:
        return found[0]
    fitting = [one for one in found if host and serves(one.hosts, host)]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(printable(one.name, limit=60) for one in found[:_SHOWN])
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    why = f"and none is reached as {printable(host, limit=80)}" if host else "and one site is wanted"
    raise ConfigurationFault(
        f"Reading the settings: {path} holds a list of {len(found)} sites ({names}{more}), {why}. Name the site's "
        "URL as TARGET, or save the output of: az webapp show --resource-group RG --name SITE"
    )
