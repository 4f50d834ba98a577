"""Runs ``config``: reads the configuration, explains it, prints it; the exit status says whether it can work."""

import json
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import click
import msgspec

from probes.errors import UsageFault
from probes.printable import printable
from probes.siteconfig.explain import Explanation, explain
from tui.choosing import chosen
from tui.config_text import text
from tui.site import Settings, from_azure, from_files, host_of, is_resource_id
from tui.url import checked_url


@dataclass(frozen=True, kw_only=True)
class How:
    """How the result is wanted; ``paths`` are tested against the exclusion list."""

    as_json: bool = False
    paths: tuple[str, ...] = ()


def schema() -> str:
    """Return the JSON Schema of ``config --json``."""
    return json.dumps(msgspec.json.schema(Explanation), indent=2)


def exit_status(found: Explanation) -> int:
    """Return 1 where settings cannot work together, 3 where the switch itself is not known, 0 otherwise."""
    if found.contradictions:
        return 1
    return 3 if found.configuration.client_cert_enabled is None else 0


async def show(target: str | None, options: Mapping[str, Any], typed: frozenset[str], how: How) -> int:
    """Read, explain and print; returns the exit status. Raises MtlsTriageError."""
    async with AsyncExitStack() as stack:
        target, options = await _opened(stack, target, options, typed)
        settings = await _settings(target, options)
    paths = (*([urlsplit(target or "").path or "/"] if host_of(target) else []), *how.paths)
    shown = tuple(printable(path, limit=300) for path in dict.fromkeys(paths))
    found = explain(settings.configuration, settings.unknown, shown)
    if how.as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode("utf-8"))
    else:
        click.echo(text(found, settings.told))
    return exit_status(found)


async def _opened(
    stack: AsyncExitStack, target: str | None, options: Mapping[str, Any], typed: frozenset[str]
) -> tuple[str | None, Mapping[str, Any]]:
    """Start the lab where TARGET names a scenario, and take its options."""
    if target is None or not target.startswith("lab:"):
        return target, options
    import os

    from probes.lab.child import LabProcess
    from tui.commands.options import parse_options

    lab = await stack.enter_async_context(LabProcess.start(target.removeprefix("lab:")))
    os.environ.update(lab.ready.env)
    scenario = parse_options(list(lab.ready.options))
    return lab.ready.target, {name: options[name] if name in typed else scenario[name] for name in scenario}


async def _settings(target: str | None, options: Mapping[str, Any]) -> Settings:
    if target is not None and not is_resource_id(target) and host_of(target) is None:
        shown = printable(target, limit=120)
        raise UsageFault(f"TARGET {shown!r} is neither a URL nor a resource id. Write it as https://host/path.")
    if target is not None and not is_resource_id(target):
        target = checked_url(target)
    if options["config_files"]:
        return from_files(target, options)
    if target is None and options["site_name"] is None:
        return await chosen(options)
    return await from_azure(target, options)
