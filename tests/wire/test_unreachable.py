"""Connections that do not come about: what is known of the addresses, and this machine's own roots."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from probes.lab.nobody import Nobody
from probes.lab.pki import Pki
from probes.model import Observation, Probe
from probes.wire.engine import Engine, EngineSettings
from probes.wire.roots import machine_roots
from probes.wire.trust import Trust


async def seen(origin: str, timeout_s: float = 5.0) -> Observation:
    probe = Probe(id="p", question="?", origin=origin, path="/")
    async with Engine(EngineSettings(run_id="r", timeout_s=timeout_s), Trust(), {}) as engine:
        return (await engine.observe(probe, "o1")).observation


@pytest.fixture
def nobody() -> Iterator[Nobody]:
    held = Nobody()
    held.start()
    yield held
    held.stop()


async def test_a_port_that_refuses_keeps_its_addresses(nobody: Nobody) -> None:
    one = await seen(f"https://localhost:{nobody.refusing}")
    assert (one.outcome, one.error and one.error.kind) == ("connect-failure", "refused")
    assert one.connection is not None
    assert one.connection.ip is None
    assert one.connection.ended_by is None
    assert "127.0.0.1" in one.connection.addresses
    assert one.error
    assert all(address in one.error.message for address in one.connection.addresses)


@pytest.mark.skipif(not hasattr(socket, "TCP_DEFER_ACCEPT"), reason="only Linux drops SYNs at a full queue")
async def test_a_port_that_stays_silent_times_out_while_connecting(nobody: Nobody) -> None:
    one = await seen(f"https://127.0.0.1:{nobody.silent}", timeout_s=1.0)
    assert (one.outcome, one.awaiting, one.tls) == ("timeout", "connect", None)
    assert one.connection is not None
    assert one.connection.addresses == ("127.0.0.1",)


async def test_a_name_that_is_never_in_the_dns() -> None:
    one = await seen("https://lab-site.invalid:443")
    assert (one.outcome, one.connection) == ("dns-failure", None)


def test_another_store_in_the_environment_is_read_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    root = Pki().foreign_root.certificate
    bundle = tmp_path / "roots.pem"
    bundle.write_bytes(root.public_bytes(Encoding.PEM))
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    assert machine_roots() == (root,)
    monkeypatch.delenv("SSL_CERT_FILE")
    assert root not in machine_roots()
