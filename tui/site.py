"""Stage 1 for the command line and the app: which site is meant, from files or from Azure, and may it be probed."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from probes.errors import ConsentNeeded, UsageFault
from probes.model import SiteConfig, Unknown
from probes.siteconfig import read
from tui.terminal import asking

if TYPE_CHECKING:
    from probes.siteconfig.clouds import Access
    from probes.siteconfig.live import Wanted

_ASKING = (
    "resource_group",
    "site_name",
    "slot",
    "subscription",
    "cloud",
    "arm_endpoint",
    "authority",
    "sign_in",
)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What stage 1 gave; ``told`` says where from, in words."""

    configuration: SiteConfig
    unknown: tuple[Unknown, ...] = ()
    told: str = ""


def asks_azure(target: str | None, options: Mapping[str, Any]) -> bool:
    """Say whether the user asked for Azure: by a resource id, or by any option that only Azure needs.

    Files go first: with ``--config`` Azure is not asked.
    """
    if options["config_files"]:
        return False
    return is_resource_id(target) or any(options[name] is not None for name in _ASKING)


def is_resource_id(target: str | None) -> bool:
    """Say whether TARGET is meant as an ARM resource id."""
    return target is not None and target.lower().startswith("/subscriptions/")


def host_of(target: str | None) -> str | None:
    """Return the host of a URL, None for anything else."""
    if target is None or "://" not in target:
        return None
    try:
        return urlsplit(target).hostname
    except ValueError:
        return None


def from_files(target: str | None, options: Mapping[str, Any]) -> Settings:
    """Read ``--config``. Raises ConfigurationFault."""
    files = options["config_files"]
    configuration, unknown = read([Path(file) for file in files], host_of(target))
    return Settings(configuration=configuration, unknown=unknown, told="read from " + ", ".join(map(str, files)))


def access_of(options: Mapping[str, Any]) -> "Access":
    """Return how Azure is to be reached. Raises UsageFault."""
    from probes.siteconfig.clouds import access

    return access(
        cloud=options["cloud"],
        arm_endpoint=options["arm_endpoint"],
        authority=options["authority"],
        sign_in=options["sign_in"] or "auto",
        ca=Path(options["ca"]) if options["ca"] else None,
    )


def wanted_of(target: str | None, options: Mapping[str, Any]) -> "Wanted":
    """Return which site is meant. Raises UsageFault."""
    from probes.siteconfig.live import wanted

    # Behind a gateway the site is known by its own host, not by the public one.
    origin = options["origin"]
    own = origin if origin is None or "://" in origin else f"https://{origin}"
    return wanted(
        id=target if is_resource_id(target) else None,
        subscription=options["subscription"],
        group=options["resource_group"],
        name=options["site_name"],
        slot=options["slot"],
        host=host_of(own) or host_of(target),
    )


async def from_azure(target: str | None, options: Mapping[str, Any]) -> Settings:
    """Read the site from Azure. Raises MtlsTriageError; cancelling ends it at once."""
    from probes.siteconfig.live import read_from_azure

    found = await read_from_azure(access_of(options), wanted_of(target, options), tell)
    return Settings(
        configuration=found.configuration, unknown=found.unknown, told=f"read from Azure ({found.signed_in})"
    )


def tell(line: str) -> None:
    """Show a line beside the data."""
    click.echo(line, err=True)


def probed_url(configuration: SiteConfig, options: Mapping[str, Any]) -> str:
    """Return the URL of a site that only Azure named, once the user has agreed that its host is probed.

    Only hosts that the user named or confirmed are contacted; this machine needs no consent. Raises ConsentNeeded
    where nobody can be asked, UsageFault where there is no host, click.Abort for a no.
    """
    from tui.consent import is_loopback

    host = configuration.default_host_name
    if host is None:
        raise UsageFault("Azure named no host of the site. Give its URL as TARGET.")
    known = {host.lower(), *(name.lower() for name in configuration.host_names or ())}
    confirmed = (options["confirm_host"] or "").lower()
    if confirmed and confirmed not in known:
        raise UsageFault(f"--confirm-host {confirmed}: Azure names {', '.join(sorted(known))} for this site.")
    goes_to = f"https://{options['connect_to'] or host}"
    if not confirmed and not is_loopback(goes_to):
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise ConsentNeeded(f"Azure names the host {host} for this site. Agree with --confirm-host {host}.")
        with asking():
            click.confirm(f"Azure names the host {host} for this site. Probe it?", abort=True, err=True)
    return f"https://{confirmed or host}/"
