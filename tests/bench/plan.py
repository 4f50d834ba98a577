"""The standard plan over a far site, against curl one call after the other and against its longest chain."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from probes.credential import throwaway
from probes.model import Identity, Observation, Probe
from probes.triage import Triage, TriageRequest
from probes.wire.contexts import ClientIdentity
from probes.wire.engine import Engine, EngineSettings
from probes.wire.trust import Trust
from tests.bench.curl import Curl
from tests.bench.far import FarLab, far_lab
from tests.bench.rows import BenchFailed, Row
from tests.peers.need import need

FASTER_BAR = 3.5
"""How many times faster than curl one after the other the plan must be."""
CHAIN_BAR = 1.3
"""How many times its longest dependent chain the plan may take; 1 is what no engine can beat."""
SCENARIOS = ("healthy-required", "large-body-renegotiation")
"""A site that asks in the first handshake, and one that renegotiates: two round trips more for each probe."""
DELAY_MS = 20.0


@dataclass(frozen=True)
class Round:
    """Seconds on the wall of one round: the whole plan, curl's calls that count, the chain; and how many counted."""

    plan: float
    curl: float
    chain: float
    counted: int
    probes: int


async def plan_rows(scenario: str, *, rounds: int = 5, delay_ms: float = DELAY_MS) -> tuple[Row, ...]:
    """Measure one scenario; each round runs the plan, then curl, then every probe alone.

    Raises pytest's Skipped or Failed when curl is missing.
    """
    program = need("curl")
    async with far_lab(scenario, delay_ms) as far:
        with TemporaryDirectory(prefix="mtls-triage-bench-") as folder:
            curl = curl_for(program, far, Path(folder))
            # The first run loads the catalogue and makes what a process makes once.
            first = (await run_plan(far.request()))[0]
            seen = [await _round(far, curl) for _ in range(rounds)]
    return (faster_row(scenario, seen, delay_ms), chain_row(scenario, seen, first))


def faster_row(scenario: str, seen: Sequence[Round], delay_ms: float) -> Row:
    """Compare the least time of the plan with the least time of curl's calls, of all rounds.

    What else runs on the machine only ever adds to a time, so the least is the nearest to what each costs by itself.
    """
    plan, curl = min(one.plan for one in seen), min(one.curl for one in seen)
    counted, probes = min(one.counted for one in seen), seen[0].probes
    return Row(
        name=f"plan, times faster than curl: {scenario}",
        measured=curl / plan,
        samples=tuple(one.curl / one.plan for one in seen),
        bar=FASTER_BAR,
        at_least=True,
        detail=f"least times; {plan:.3f} s against {curl:.3f} s for {probes} probes at {2 * delay_ms:g} ms round "
        f"trip; curl's time counts where it ended as the probe did ({counted} of {probes})",
    )


def chain_row(scenario: str, seen: Sequence[Round], first: float) -> Row:
    """Compare the least time of the plan with the least time of its chain; ``first`` is a cold run, only told."""
    plan, chain = min(one.plan for one in seen), min(one.chain for one in seen)
    return Row(
        name=f"plan / its longest chain: {scenario}",
        measured=plan / chain,
        samples=tuple(one.plan / one.chain for one in seen),
        bar=CHAIN_BAR,
        detail=f"least times; {plan:.3f} s against {chain:.3f} s; the first plan of the process took {first:.3f} s",
    )


async def _round(far: FarLab, curl: Curl) -> Round:
    request = far.request()
    plan, observations = await run_plan(request)
    chain = await longest_chain(request, tuple(one.probe for one in observations))
    seconds, counted = await curl_time(curl, observations)
    return Round(plan=plan, curl=seconds, chain=chain, counted=counted, probes=len(observations))


async def run_plan(request: TriageRequest) -> tuple[float, tuple[Observation, ...]]:
    """Run a case from its plan to its verdict; returns seconds on the wall and what was seen, in the plan's order.

    Raises BenchFailed when not every probe of the plan was sent once.
    """
    triage = Triage(request)
    began = time.perf_counter()
    async for _ in triage.run():
        pass
    seconds = time.perf_counter() - began
    sent = [one.probe.id for one in triage.case.observations]
    if sent != [probe.id for probe in triage.plan.probes]:
        raise BenchFailed(f"the plan has {len(triage.plan.probes)} probes, these were sent: {', '.join(sent)}")
    return seconds, triage.case.observations


async def longest_chain(request: TriageRequest, probes: Sequence[Probe]) -> float:
    """Return the sum of the longest probe of each wave in seconds, every probe sent alone.

    The engine is warm: what it makes once for a run is no part of the chain, and so weighs on the plan alone.
    """
    longest: dict[int, float] = {}
    async with _engine(request) as engine:
        for probe in probes:
            if probe.wave == probes[0].wave:
                await engine.observe(probe, "warm")
        for probe in probes:
            began = time.perf_counter()
            await engine.observe(probe, "alone")
            longest[probe.wave] = max(longest.get(probe.wave, 0.0), time.perf_counter() - began)
    return sum(longest.values())


async def curl_time(curl: Curl, observations: Sequence[Observation]) -> tuple[float, int]:
    """Send every probe with curl, one after the other; returns the seconds and the number of calls that count.

    A call that ended otherwise than its probe did (curl goes back to HTTP/1.1 where a probe stays with HTTP/2) is
    left out, which is to curl's favour. Raises BenchFailed when that hits more than one call in eight.
    """
    seconds, counted = 0.0, 0
    others: list[str] = []
    for one in observations:
        answer = await asyncio.to_thread(curl.send, one.probe)
        if answer.status == one.status:
            seconds += answer.seconds
            counted += 1
        else:
            others.append(f"{one.probe.id} {one.status}, curl {answer.status}")
    if len(others) * 8 > len(observations):
        raise BenchFailed(f"curl does not send the same: {'; '.join(others)}")
    return seconds, counted


@asynccontextmanager
async def _engine(request: TriageRequest) -> AsyncIterator[Engine]:
    settings = EngineSettings(run_id="bench", timeout_s=request.timeout_s)
    assert request.credential is not None
    identities: dict[Identity, ClientIdentity] = {"throwaway": throwaway(), "given": request.credential}
    async with Engine(settings, Trust(request.trusted), identities) as engine:
        yield engine


def curl_for(program: str, far: FarLab, folder: Path) -> Curl:
    """Return a curl that has the certificates of the plan's identities."""
    # The lab's certificate of a foreign CA stands for the throwaway one, whose key never reaches a file.
    assert far.ready.foreign is not None
    certificates: dict[Identity, str] = {"given": far.ready.certificate, "throwaway": far.ready.foreign}
    return Curl(program, far.ready.ca, certificates, folder)
