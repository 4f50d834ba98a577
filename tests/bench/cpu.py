"""CPU time of one probe against a bare httpx request, over the same TLS to the same server."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from typing import Literal

import httpx

from probes.credential import load
from probes.lab.child import LabProcess
from probes.lab.ready import LabReady
from probes.model import Observation, Probe
from probes.openssl import version_text
from probes.wire.engine import Engine, EngineSettings
from probes.wire.trust import Trust, read_ca_file
from tests.bench.ratio import Pair, interleaved
from tests.bench.rows import BenchFailed, Row

BAR = 1.0
"""A probe may cost as much as the request that it replaces, although it records every step of it."""
SITE = "healthy-required"
"""The lab's site that asks for the certificate in the first handshake, and refuses a request without one."""
Version = Literal["1.2", "1.3"]
_MS = 1000.0


async def cpu_rows(*, rounds: int = 9, repetitions: int = 20) -> tuple[Row, ...]:
    """Measure TLS 1.2 and 1.3; ``repetitions`` requests of each side make one round.

    Raises BenchFailed when the two do not do the same, LabFailed when there is no lab.
    """
    async with LabProcess.start(SITE) as lab:
        return (
            await _row(lab.ready, "1.2", rounds, repetitions),
            await _row(lab.ready, "1.3", rounds, repetitions),
        )


async def _row(ready: LabReady, tls: Version, rounds: int, repetitions: int) -> Row:
    context = prepared_context(ready, tls)

    async def bare() -> object:
        return await bare_request(ready, context)

    async with _engine(ready) as engine:
        probe = Probe(id="bench", question="", origin=ready.front_end, path="/", identity="given", tls=tls)

        async def ours() -> Observation:
            return _answered((await engine.observe(probe, "o1")).observation)

        same = _same_tls(await ours(), await bare_request(ready, context))
        pairs = await interleaved(ours, bare, rounds=rounds, repetitions=repetitions)
    ratios = tuple(pair.ratio for pair in pairs)
    return Row(
        name=f"CPU of a probe / an httpx request, TLS {tls}",
        measured=median(ratios),
        samples=ratios,
        bar=BAR,
        detail=f"the median ratio; {_costs(pairs)}, {repetitions} of each a round; {same}",
    )


def _costs(pairs: tuple[Pair, ...]) -> str:
    ours = median(pair.ours for pair in pairs) * _MS
    theirs = median(pair.theirs for pair in pairs) * _MS
    return f"{ours:.2f} ms against {theirs:.2f} ms"


@asynccontextmanager
async def _engine(ready: LabReady) -> AsyncIterator[Engine]:
    trust = Trust(read_ca_file(Path(ready.ca)))
    async with Engine(EngineSettings(run_id="bench"), trust, {"given": load(Path(ready.certificate))}) as engine:
        yield engine


def prepared_context(ready: LabReady, tls: Version) -> ssl.SSLContext:
    """Return an ssl context for httpx with the client certificate loaded and only this TLS version."""
    context = ssl.create_default_context(cafile=ready.ca)
    context.load_cert_chain(ready.certificate)
    version = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}[tls]
    context.minimum_version = context.maximum_version = version
    return context


async def bare_request(ready: LabReady, context: ssl.SSLContext) -> tuple[str, str]:
    """Send one GET on a new client, as a script would; returns TLS version and cipher as Python names them.

    Raises BenchFailed when the site refuses it.
    """
    # Without the look at the proxies of the environment, which we do not take here either.
    async with (
        httpx.AsyncClient(verify=context, trust_env=False) as client,
        client.stream("GET", f"{ready.front_end}/") as response,
    ):
        await response.aread()
        if response.status_code != 200:
            raise BenchFailed(f"httpx was answered {response.status_code}")
        session = response.extensions["network_stream"].get_extra_info("ssl_object")
        return str(session.version()), str(session.cipher()[0])


def _answered(observation: Observation) -> Observation:
    if observation.status != 200 or observation.tls is None or observation.tls.certificate_sent != "yes":
        raise BenchFailed(f"the probe ended as {observation.outcome} {observation.status}: {observation.error}")
    return observation


def _same_tls(observation: Observation, bare: tuple[str, str]) -> str:
    assert observation.tls is not None
    ours = (observation.tls.version, observation.tls.cipher)
    if ours != bare:
        raise BenchFailed(f"not the same TLS: the probe has {ours}, httpx has {bare}")
    # Each brings its own OpenSSL, and a newer one may agree on a dearer key exchange (X25519MLKEM768 on TLS 1.3).
    return f"both {bare[0]} {bare[1]}, the probe on {version_text()}, httpx on {ssl.OPENSSL_VERSION}"
