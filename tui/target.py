"""Opens a target: a URL as it is, or a scenario of the lab, which runs for the length of the command."""

import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from probes.errors import UsageFault
from probes.triage import TriageRequest
from tui.commands.options import parse_options
from tui.request import Ask, triage_request

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
    if target.startswith("/subscriptions/"):
        raise UsageFault(
            "Reading a site from Azure by its resource id is not built yet. Give its URL, and its settings with "
            "--config FILE (az webapp show)."
        )
    if not is_lab(target):
        yield triage_request(target, options, ask)
        return
    from probes.lab.child import LabProcess

    async with LabProcess.start(target.removeprefix(LAB)) as lab:
        os.environ.update(lab.ready.env)
        scenario = parse_options(list(lab.ready.options))
        merged = {name: options[name] if name in typed else scenario[name] for name in scenario}
        yield triage_request(lab.ready.target, merged, ask)


def typed_options(context: Any) -> frozenset[str]:
    """Return the names of the options that stand on the command line of a click context."""
    from click.core import ParameterSource

    return frozenset(
        name for name in context.params if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    )
