"""Every real client on the lab gets what its persona gets when our own engine plays it."""

import asyncio
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest

from probes.credential import load
from probes.personas import CLIENTS
from probes.plan import PlanRequest, standard_plan
from probes.wire.engine import Engine, EngineSettings
from probes.wire.trust import Trust, read_ca_file
from tests.clients.order import Got, order_for
from tests.clients.real import REAL
from tests.lab.fixture import RENEGOTIATES, RunningLab

LARGE = 307_200
STATES: dict[str, tuple[dict[str, Any], Literal["1.2", "1.3"]]] = {
    "in the handshake": ({}, "1.3"),
    "by renegotiation": ({"settings": RENEGOTIATES}, "1.2"),
    "after the handshake": (
        {"settings": RENEGOTIATES, "edge": {"renegotiating_edge": "post-handshake"}},
        "1.3",
    ),
}
SIZES = {"small": (1024, False), "large": (LARGE, False), "large-expect": (LARGE, True)}


def real(lab: RunningLab, name: str, tls: Literal["1.2", "1.3"], size: int, **more: Any) -> Got:
    return REAL[name](order_for(lab.ready, size=size, tls=tls, seconds=8.0, **more))


async def played(lab: RunningLab, name: str, tls: Literal["1.2", "1.3"]) -> dict[str, int | None]:
    """Send the probes of the plan that play this client, and return the status of each that was answered."""
    trust = Trust(read_ca_file(Path(lab.ready.ca)))
    given = load(Path(lab.ready.certificate), None, None)
    request = PlanRequest(
        url=f"{lab.ready.front_end}/", identity="given", upload_path="/upload", client=CLIENTS[name]
    )
    probes = [one for one in standard_plan(request).probes if one.persona and one.body_bytes]
    found = {}
    async with Engine(EngineSettings(run_id="r", timeout_s=8.0), trust, {"given": given}) as engine:
        for probe in probes:
            held = msgspec.structs.replace(probe, tls=tls, http="1.1")
            seen = (await engine.observe(held, "o1")).observation
            found[probe.id.removeprefix(f"as-{name}-")] = seen.status
    return found


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", REAL)
def test_the_real_client_gets_what_its_persona_gets(edge: RunningLab, name: str, state: str) -> None:
    parts, tls = STATES[state]
    edge.reset(**parts)
    wanted = asyncio.run(played(edge, name, tls))
    assert "large" in wanted
    for probe, status in wanted.items():
        size, expect = SIZES[probe]
        before = edge.seen()["renegotiations"]
        got = real(edge, name, tls, size, expect=expect)
        assert got.status in (status, None), (probe, got)
        # A client that hides the refusal behind an error of its own must at least not have got through.
        assert got.status is not None or status != 200, (probe, got)
        if got.status == 200:
            assert (edge.seen()["renegotiations"] > before) is (state != "in the handshake")


@pytest.mark.parametrize("name", REAL)
def test_a_hello_request_is_answered_where_the_persona_says_so(edge: RunningLab, name: str) -> None:
    edge.reset(settings=RENEGOTIATES)
    got = real(edge, name, "1.2", 1024)
    assert (got.status == 200) is CLIENTS[name].renegotiates, got.error


@pytest.mark.parametrize("name", REAL)
def test_post_handshake_authentication_is_offered_where_the_persona_says_so(edge: RunningLab, name: str) -> None:
    edge.reset(**STATES["after the handshake"][0])
    assert (real(edge, name, "1.3", 1024).status == 200) is CLIENTS[name].offers_pha


@pytest.mark.parametrize("name", [name for name in REAL if CLIENTS[name].renegotiates])
def test_head_first_helps_where_the_persona_reuses_the_connection(edge: RunningLab, name: str) -> None:
    edge.reset(settings=RENEGOTIATES)
    assert real(edge, name, "1.2", LARGE).status == 403
    got = real(edge, name, "1.2", LARGE, head_first=True)
    assert (got.status == 200) is CLIENTS[name].reuses_after_head, got.error


@pytest.mark.parametrize("name", REAL)
def test_the_certificate_is_kept_back_where_the_persona_obeys_the_list(edge: RunningLab, name: str) -> None:
    edge.reset(edge={"ca_names": ["lab"]})
    assert real(edge, name, "1.2", 1024).status == 200
    edge.reset(edge={"ca_names": ["foreign"]})
    got = real(edge, name, "1.2", 1024)
    assert (got.status == 403) is CLIENTS[name].obeys_ca_list, got


@pytest.mark.parametrize("name", [name for name in REAL if CLIENTS[name].needs_rfc5746 is not None])
def test_a_server_without_rfc5746_is_refused_where_the_persona_says_so(edge: RunningLab, name: str) -> None:
    edge.reset(edge={"secure_renegotiation": False})
    got = real(edge, name, "1.2", 1024)
    assert (got.status != 200) is CLIENTS[name].needs_rfc5746, got
    # Whoever connects all the same refuses to be asked later, when that could be abused (RFC 5746 section 4.1).
    edge.patch(settings=RENEGOTIATES)
    assert real(edge, name, "1.2", 1024).status != 200
