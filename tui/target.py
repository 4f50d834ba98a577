"""Opens a target: a URL as it is, or a scenario of the lab, which runs for the length of the command."""

import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from probes.model import SiteConfig, Unknown
from probes.siteconfig.faults import AzureFault
from probes.triage import TriageRequest
from tui.choosing import chosen
from tui.commands.options import parse_options
from tui.curl import with_curl
from tui.request import Ask, triage_request
from tui.site import Settings, asks_azure, from_azure, from_files, is_resource_id, probed_url, tell
from tui.url import checked_url

if TYPE_CHECKING:
    from probes.lab.child import LabProcess

LAB = "lab:"


def is_lab(target: str) -> bool:
    """Say whether TARGET names a scenario of the lab."""
    return target.startswith(LAB)


@asynccontextmanager
async def opened(
    target: str, options: Mapping[str, Any], typed: frozenset[str], ask: Ask | None
) -> AsyncGenerator[TriageRequest, None]:
    """Yield the request for TARGET; a lab that it names is started before and stopped after.

    ``typed`` are the names of the options that the user wrote: they win over those that a scenario brings along.
    Raises MtlsTriageError.
    """
    if not is_lab(target):
        yield await _request(target, options, ask)
        return
    from probes.lab.child import LabProcess

    async with LabProcess.start(target.removeprefix(LAB)) as lab, of_lab(lab, options, typed, ask) as request:
        yield request


@asynccontextmanager
async def of_lab(
    lab: "LabProcess", options: Mapping[str, Any], typed: frozenset[str], ask: Ask | None
) -> AsyncGenerator[TriageRequest, None]:
    """Yield the request for a lab that runs, with the scenario's options and environment. Raises MtlsTriageError."""
    before = {name: os.environ.get(name) for name in lab.ready.env}
    os.environ.update(lab.ready.env)
    scenario = parse_options(list(lab.ready.options))
    merged = {name: options[name] if name in typed else scenario[name] for name in scenario}
    try:
        yield await _request(lab.ready.target, merged, ask)
    finally:
        _restore(before)


def _restore(before: Mapping[str, str | None]) -> None:
    # A store of roots that was the lab's own is gone with it, and the app goes on.
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


async def _request(target: str, options: Mapping[str, Any], ask: Ask | None) -> TriageRequest:
    """Return the request for a URL or a resource id, with the settings read from Azure where that was asked for."""
    if not target and not options.get("curl") and asks_azure(None, options):
        settings = await (chosen(options) if options["site_name"] is None else from_azure(None, options))
        return triage_request(probed_url(settings.configuration, options), options, ask, settings)
    target, options = with_curl(target, options)
    if options.get("read_settings") is not None:
        # The app has led through Azure already, and the user has agreed to the host.
        return triage_request(target, options, ask, options["read_settings"])
    if is_resource_id(target):
        settings = await from_azure(target, options) if asks_azure(target, options) else from_files(None, options)
        return triage_request(probed_url(settings.configuration, options), options, ask, settings)
    if not asks_azure(target, options):
        return triage_request(target, options, ask)
    url = checked_url(target)
    try:
        settings = await from_azure(url, options)
    except AzureFault as fault:
        # The wire can be measured all the same; what was not read stands in the case.
        tell(f"{fault}\nGoing on without the settings.")
        why = " ".join(str(fault).split())
        unread = Unknown(what=f"the site's settings: {why}", why="not-observable", how_to_get="mtls-triage config")
        settings = Settings(configuration=SiteConfig(), unknown=(unread,))
    return triage_request(url, options, ask, settings)


def typed_options(context: Any) -> frozenset[str]:
    """Return the names of the options that stand on the command line of a click context."""
    from click.core import ParameterSource

    return frozenset(
        name for name in context.params if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    )
