"""Runs one example: puts the lab into its state and drives the real diagnosis over real TLS, in this process."""

import asyncio
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from probes.lab.change import as_json
from probes.lab.child import ask_control
from probes.model import Case
from probes.triage import Triage
from tests.random_states.example import Example
from tui.commands.options import parse_options
from tui.target import opened


def diagnosed(example: Example, ready: dict[str, Any]) -> Case:
    """Return the case of ``example`` in the lab whose ready line is ``ready``."""
    ask_control(ready["control"], "PATCH", "/", as_json(example.lab))
    with _environment(example.environment(ready)):
        case = asyncio.run(_run(ready[example.origin] + example.path, example.options(ready)))
    internal = [one.error for one in case.observations if one.error and one.error.kind == "internal"]
    assert internal == []
    return case


async def _run(target: str, options: list[str]) -> Case:
    async with opened(target, parse_options(options), frozenset(), None) as request:
        triage = Triage(request)
        async for _ in triage.run():
            continue
    return triage.case


@contextmanager
def _environment(more: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in more}
    os.environ.update(more)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
