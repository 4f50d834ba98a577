"""Fixtures of the wire tests: one PKI a session, and probes that are sent through a real engine."""

from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from probes.credential import load
from probes.model import Observation, Probe
from probes.wire.engine import Engine, EngineSettings
from probes.wire.trust import Trust, read_ca_file
from tests.peers.certs import Pki, make_pki

Send = Callable[..., Coroutine[Any, Any, Observation]]


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    return make_pki(tmp_path_factory.mktemp("pki"))


@pytest.fixture
def send(pki: Pki) -> Send:
    """Send one probe to ``https://localhost:port`` (or ``http://``) and return what was seen."""

    async def sender(
        port: int,
        *,
        scheme: str = "https",
        timeout_s: float = 10.0,
        settings: dict[str, Any] | None = None,
        trust: Trust | None = None,
        small_hello: bool = False,
        **shape: Any,
    ) -> Observation:
        shape.setdefault("origin", f"{scheme}://localhost:{port}")
        probe = Probe(**({"id": "p", "question": "?", "path": "/"} | shape))
        chosen = EngineSettings(run_id="r0", timeout_s=timeout_s, **(settings or {}))
        identities = {"given": load(pki.good.pem), "throwaway": load(pki.foreign.pem)}
        async with Engine(chosen, trust or Trust(read_ca_file(pki.ca), system=(), public=()), identities) as engine:  # type: ignore[arg-type]
            return (await engine.observe(probe, "o1", small_hello=small_hello)).observation

    return sender
