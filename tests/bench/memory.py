"""Resident memory while a large body is sent over TLS to a server that takes it."""

import asyncio
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.rows import BenchFailed, NotMeasured, Result, Row
from tests.peers.apache import Apache, apache_server
from tests.peers.certs import Pki, make_pki

MIB = 1024 * 1024
BODY_BYTES = 64 * MIB
BAR_MIB = 16.0
NAME = "memory grown by a {size:g} MiB upload"
_ROOT = Path(__file__).parents[2]


async def memory_rows(*, rounds: int = 3, size: int = BODY_BYTES) -> tuple[Result, ...]:
    """Upload ``size`` bytes ``rounds`` times, each time in a fresh process; needs Apache.

    A fresh process has no free heap of earlier work in which growth could hide.
    """
    name = NAME.format(size=size / MIB)
    with TemporaryDirectory(prefix="mtls-triage-bench-") as folder:
        pki = make_pki(Path(folder))
        with apache_server(pki) as apache:
            seen = [await _upload(apache, pki, size) for _ in range(rounds)]
    unreadable = [one for one in seen if isinstance(one, str)]
    if unreadable:
        return (NotMeasured(name=name, why=unreadable[0], fault=False),)
    grown = tuple(one[0] / MIB for one in seen if not isinstance(one, str))
    slowest = max(one[1] for one in seen if not isinstance(one, str))
    detail = f"the highest peak above what was resident before; {size:,} bytes arrived, within {slowest:.0f} ms"
    return (Row(name=name, measured=max(grown), samples=grown, bar=BAR_MIB, unit="MiB", detail=detail),)


async def _upload(apache: Apache, pki: Pki, size: int) -> tuple[int, float] | str:
    """Return bytes grown and milliseconds taken, or why the system does not tell.

    Raises BenchFailed when the body did not arrive whole.
    """
    origin = f"https://localhost:{apache.port('paths')}"
    command = (sys.executable, "-m", "tests.bench.upload", "--origin", origin, "--ca", str(pki.ca))
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command, "--bytes", str(size), stdout=pipe, stderr=pipe, cwd=_ROOT
    )
    out, err = await process.communicate()
    if process.returncode == 3:
        return err.decode().strip()
    if process.returncode != 0:
        raise BenchFailed(f"the upload ended with {process.returncode}: {err.decode()[-300:]}")
    said = json.loads(out)
    if said["received_bytes"] != size:
        raise BenchFailed(f"of {size:,} bytes {said['received_bytes']} arrived ({said['outcome']} {said['status']})")
    return int(said["grown_bytes"]), float(said["total_ms"])
