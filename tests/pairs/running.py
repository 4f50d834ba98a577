"""Runs the whole plan against one lab that is put from state to state, and returns the case."""

from contextlib import aclosing
from types import SimpleNamespace
from typing import Any, cast

import msgspec

from probes.lab.change import as_json, changed
from probes.lab.child import LabProcess
from probes.lab.ready import fill
from probes.lab.state import LabState
from probes.model import Case
from probes.triage import Triage
from tests.pairs.joining import Joined
from tui.target import of_lab


async def diagnosed(lab: LabProcess, joined: Joined) -> Case:
    """Put the lab into the joined state, send every probe of the plan over real TLS, and return the case."""
    await lab.patch(as_json(changed(LabState(), joined.state)))
    fields: dict[str, Any] = msgspec.to_builtins(lab.ready)
    ready = msgspec.structs.replace(
        lab.ready,
        scenario=joined.name,
        target=fill(joined.target, fields),
        options=lab.ready.filled(joined.options),
        env={name: fill(value, fields) for name, value in joined.env.items()},
    )
    served = cast(LabProcess, SimpleNamespace(ready=ready))
    async with of_lab(served, {}, frozenset(), None) as request:
        triage = Triage(request)
        async with aclosing(triage.run()) as happenings:
            async for _ in happenings:
                pass
    internal = [one.error for one in triage.case.observations if one.error and one.error.kind == "internal"]
    assert internal == []
    return triage.case
