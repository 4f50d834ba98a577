"""What it costs to read one site from Azure, against the same GETs by plain httpx with one client."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from typing import Any
from unittest import mock

import httpx

from probes.lab.child import LabProcess
from probes.lab.ready import LabReady
from probes.siteconfig.arm import SiteReader
from probes.siteconfig.clouds import Access, access
from probes.siteconfig.siteid import site_id
from tests.bench.ratio import Step, interleaved
from tests.bench.rows import BenchFailed, Row

BAR = 1.3
ROUNDS = 9
REPETITIONS = 10
_MS = 1000


async def azure_rows() -> Sequence[Row]:
    """Return the row of the read; both sides are signed in and connected before the clock runs."""
    async with LabProcess.start("healthy-required") as lab:
        variables = {
            "AZURE_TENANT_ID": lab.ready.azure_tenant_id or "",
            "AZURE_CLIENT_ID": lab.ready.azure_client_id or "",
            "AZURE_CLIENT_SECRET": lab.ready.azure_client_secret or "",
        }
        with mock.patch.dict(os.environ, variables):
            return (await _row(lab.ready),)


async def _row(ready: LabReady) -> Row:
    reach = access(arm_endpoint=ready.arm, authority=ready.entra, ca=Path(ready.ca))
    async with _ours(reach, ready) as (read, token, asked), _theirs(ready, token, asked) as get_all:
        pairs = await interleaved(read, get_all, rounds=ROUNDS, repetitions=REPETITIONS, clock=time.perf_counter)
    ratios = tuple(pair.ratio for pair in pairs)
    ours, theirs = (median(getattr(pair, side) for pair in pairs) * _MS for side in ("ours", "theirs"))
    return Row(
        name="reading a site from Azure / httpx",
        measured=median(ratios),
        samples=ratios,
        bar=BAR,
        detail=f"the median ratio; {ours:.1f} ms against {theirs:.1f} ms for {len(asked)} GETs, connections kept",
    )


@asynccontextmanager
async def _ours(reach: Access, ready: LabReady) -> AsyncIterator[tuple[Step, str, list[str]]]:
    from probes.siteconfig.client import Arm
    from probes.siteconfig.signin import sign_in
    from probes.siteconfig.transport import ReadOnlyTransport, session

    where = site_id(ready.site_id or "")
    asked: list[str] = []
    send = ReadOnlyTransport.send

    async def noted(self: ReadOnlyTransport, request: Any, **more: Any) -> Any:
        asked.append(request.url)
        return await send(self, request, **more)

    async with session(reach.arm_ca) as http, await sign_in(reach, http, lambda _line: None) as who:
        token = (await who.get_token_info(reach.cloud.scope)).token
        arm = Arm(reach, who, http, where.subscription)

        async def read() -> None:
            reader = SiteReader(arm, where)
            await reader.read()
            if reader.unknown:
                raise BenchFailed(f"not all was read: {reader.unknown[0]}")

        with mock.patch.object(ReadOnlyTransport, "send", noted):
            await read()
        yield read, token, asked


@asynccontextmanager
async def _theirs(ready: LabReady, token: str, asked: list[str]) -> AsyncIterator[Step]:
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(verify=ready.ca, trust_env=False, headers=headers) as client:

        async def get_all() -> None:
            answers = await asyncio.gather(*(client.get(url) for url in asked))
            for answer in answers:
                if answer.status_code != 200:
                    raise BenchFailed(f"httpx was answered {answer.status_code}")
                answer.json()

        yield get_all
