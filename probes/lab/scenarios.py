"""Finds the lab's scenarios by name."""

import difflib
from functools import cache

from probes.errors import UsageFault
from probes.lab import catalogue_app, catalogue_azure, catalogue_transport
from probes.lab.catalogue import SCENARIOS
from probes.lab.scenario import Scenario
from probes.printable import printable


@cache
def scenarios() -> dict[str, Scenario]:
    """Return all scenarios by name, in the order in which they are listed."""
    return {
        scenario.name: scenario
        for scenario in (
            *SCENARIOS,
            *catalogue_app.SCENARIOS,
            *catalogue_transport.SCENARIOS,
            *catalogue_azure.SCENARIOS,
        )
    }


def find(name: str) -> Scenario:
    """Return the scenario called ``name``; raises UsageFault with the nearest name when there is none."""
    known = scenarios()
    if name in known:
        return known[name]
    nearest = difflib.get_close_matches(name, known, 1, 0.0)[0]
    shown = printable(name, limit=80)
    raise UsageFault(f"no scenario of the lab is called {shown}; did you mean {nearest}? `mtls-triage lab --list`")
