"""``python -m tests.bench``: measures every bar once, prints the table, exit status 1 when a bar is missed."""

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

import pytest

from probes.errors import MtlsTriageError
from tests.bench.app import app_rows
from tests.bench.azure import azure_rows
from tests.bench.case_open import case_rows
from tests.bench.cpu import cpu_rows
from tests.bench.memory import memory_rows
from tests.bench.plan import SCENARIOS, plan_rows
from tests.bench.rows import BenchFailed, NotMeasured, Result, exit_status, table
from tests.peers.daemon import PeerFailed


@dataclass(frozen=True)
class Bench:
    """One measurement; ``part`` is its name on the command line."""

    part: str
    title: str
    measure: Callable[[], Awaitable[Sequence[Result]]]


BENCHES = (
    Bench("memory", "memory of a large upload", memory_rows),
    Bench("cpu", "CPU of a probe / an httpx request", cpu_rows),
    Bench("case", "opening a large case", case_rows),
    Bench("app", "the app: first paint, keys", app_rows),
    Bench("azure", "reading a site from Azure / httpx", azure_rows),
    *(Bench("plan", f"plan at a far site: {name}", partial(plan_rows, name)) for name in SCENARIOS),
)


async def results_of(bench: Bench) -> Sequence[Result]:
    """Run one measurement; what cannot be measured is a row of its own, with the reason."""
    try:
        return await bench.measure()
    except pytest.skip.Exception as missing:
        return (NotMeasured(name=bench.title, why=str(missing), fault=False),)
    except (BenchFailed, PeerFailed, MtlsTriageError, pytest.fail.Exception) as fault:
        return (NotMeasured(name=bench.title, why=str(fault)),)


def main() -> int:
    """Measure what was asked for, all without an argument; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parts = tuple(dict.fromkeys(bench.part for bench in BENCHES))
    parser.add_argument("only", nargs="*", metavar="PART", help=f"any of {', '.join(parts)}; all without")
    chosen = parser.parse_args().only
    for word in chosen:
        if word not in parts:
            parser.error(f"no part {word!r}; there are {', '.join(parts)}")
    results: list[Result] = []
    for bench in BENCHES:
        if not chosen or bench.part in chosen:
            sys.stderr.write(f"measuring {bench.title} …\n")
            results += asyncio.run(results_of(bench))
    print(table(results))
    if hasattr(os, "getloadavg"):
        print(f"machine: {os.cpu_count()} processors, load average {os.getloadavg()[0]:.1f} at the end")
    return exit_status(results)


if __name__ == "__main__":
    sys.exit(main())
