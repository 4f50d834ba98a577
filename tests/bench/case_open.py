"""Opening a large case against a bare JSON parse of the same lines in the same run."""

import json
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import msgspec

from probes.case import Journal, open_case
from probes.lab.child import LabProcess
from probes.model import Case, Observation
from probes.plan import Plan
from probes.triage import Triage
from tests.bench.ratio import Pair, interleaved
from tests.bench.rows import BenchFailed, Row
from tui.commands.options import parse_options
from tui.request import triage_request

BAR = 2.0
SITE = "large-body-renegotiation"
OBSERVATIONS = 10_000
NAME = "opening a case of {count:,} observations / json.loads of its lines"


async def case_rows(*, rounds: int = 5, count: int = OBSERVATIONS) -> tuple[Row, ...]:
    """Measure in CPU time; opening reads, checks and decodes every line."""
    case = await _real_case()
    with TemporaryDirectory(prefix="mtls-triage-bench-") as folder:
        file = Path(folder) / "case.jsonl"
        _store(_grown(case, count), file)
        if len(open_case(file).case.observations) != count:
            raise BenchFailed("the case was not read back whole")

        async def ours() -> object:
            return open_case(file)

        async def bare() -> object:
            return [json.loads(line) for line in file.read_bytes().splitlines()]

        pairs = await interleaved(ours, bare, rounds=rounds, repetitions=1)
        size = file.stat().st_size
    ratios = tuple(pair.ratio for pair in pairs)
    return (
        Row(
            name=NAME.format(count=count),
            measured=median(ratios),
            samples=ratios,
            bar=BAR,
            detail=f"the median ratio; {size / 1_048_576:.0f} MiB, a real run of the lab repeated; {_costs(pairs)}",
        ),
    )


def _costs(pairs: tuple[Pair, ...]) -> str:
    ours, theirs = median(pair.ours for pair in pairs), median(pair.theirs for pair in pairs)
    return f"{ours:.2f} s against {theirs:.2f} s"


async def _real_case() -> Case:
    async with LabProcess.start(SITE) as lab:
        triage = Triage(triage_request(lab.ready.target, parse_options(list(lab.ready.options))))
        async for _ in triage.run():
            pass
    return triage.case


def _grown(case: Case, count: int) -> Case:
    seen = case.observations
    grown = tuple(_renamed(seen[place % len(seen)], place // len(seen) + 1, place) for place in range(count))
    return msgspec.structs.replace(case, observations=grown)


def _renamed(seen: Observation, round_: int, place: int) -> Observation:
    probe = msgspec.structs.replace(seen.probe, id=f"{seen.probe.id}-{round_}" if round_ > 1 else seen.probe.id)
    return msgspec.structs.replace(seen, id=f"o{place + 1}", probe=probe)


def _store(case: Case, file: Path) -> None:
    journal = Journal.create(file)
    journal.begin(msgspec.structs.replace(case, unknown=()), Plan(probes=(), upload_path="/"))
    # One write and one sync for all: how fast a disk is does not matter here.
    journal.append([("observation", seen) for seen in case.observations])
    journal.end(case)
    journal.close()
