"""``python -m tests.bench.upload``: one upload in a fresh process; prints what the process grew by, as JSON."""

import argparse
import asyncio
import gc
import json
import re
import sys
from pathlib import Path

import msgspec

from probes.model import Probe
from probes.wire.engine import Engine, EngineSettings
from probes.wire.trust import Trust, read_ca_file
from tests.bench.peak import Peak, Unreadable

_WARM_UP_BYTES = 1024
_LIMIT_S = 120.0


def main() -> int:
    """Upload once to warm up and once for real; exit status 3 when this system does not tell the peak."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--origin", required=True)
    parser.add_argument("--ca", required=True, type=Path)
    parser.add_argument("--bytes", required=True, type=int, dest="size")
    chosen = parser.parse_args()
    try:
        print(json.dumps(asyncio.run(_upload(chosen.origin, chosen.ca, chosen.size))))
    except Unreadable as fault:
        sys.stderr.write(f"{fault}\n")
        return 3
    return 0


async def _upload(origin: str, ca: Path, size: int) -> dict[str, object]:
    probe = Probe(id="upload", question="", origin=origin, path="/open", method="POST", body_bytes=_WARM_UP_BYTES)
    settings = EngineSettings(run_id="bench", timeout_s=_LIMIT_S)
    async with Engine(settings, Trust(read_ca_file(ca), system=(), public=()), {}) as engine:
        await engine.observe(probe, "warm")
        gc.collect()
        peak = Peak()
        seen = await engine.observe(msgspec.structs.replace(probe, body_bytes=size), "o1")
        grown = peak.grown()
    received = re.search(rb"body-bytes: (\d+)", seen.body)
    return {
        "grown_bytes": grown,
        "status": seen.observation.status,
        "outcome": seen.observation.outcome,
        "received_bytes": int(received[1]) if received else None,
        "total_ms": seen.observation.timing_ms.total,
    }


if __name__ == "__main__":
    sys.exit(main())
