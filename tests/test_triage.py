"""One case through its stages, on real servers: order of the stream, waves, hopeless targets, cancelling."""

import asyncio
from contextlib import aclosing
from pathlib import Path

import pytest

from probes.credential import load
from probes.plan import PlanRequest
from probes.progress import (
    CaseFinished,
    ConfigurationRead,
    ObservationMade,
    PlanMade,
    ProbesSkipped,
    ProbeStarted,
    ProbeWaiting,
    Progress,
    VerdictChanged,
)
from probes.triage import Triage, TriageRequest
from probes.wire.trust import read_ca_file
from tests.peers import badservers
from tests.peers.certs import Pki, make_pki
from tests.peers.sockets import serve
from tests.wire.test_requests import Recorder


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    return make_pki(tmp_path_factory.mktemp("pki"))


def request(pki: Pki, port: int, path: str = "/", *, trusted: Path | None = None, **more: object) -> TriageRequest:
    plan = PlanRequest(url=f"https://localhost:{port}{path}", identity="given")
    settings: dict[str, object] = {"timeout_s": 5.0} | more
    return TriageRequest(
        plan=plan,
        credential=load(pki.good.pem),
        trusted=read_ca_file(trusted or pki.ca),
        **settings,  # type: ignore[arg-type]
    )


async def stream(triage: Triage) -> list[Progress]:
    return [event async for event in triage.run()]


async def test_the_stream_tells_plan_settings_probes_and_verdict_in_order(pki: Pki) -> None:
    with serve(Recorder(), pki) as peer:
        triage = Triage(request(pki, peer.port, "/api?code=topsecret"))
        events = await stream(triage)
        expected = len(triage.plan.probes)
    assert isinstance(events[0], PlanMade)
    assert isinstance(events[1], ConfigurationRead)
    assert isinstance(events[-1], CaseFinished)
    assert isinstance(events[-2], VerdictChanged)
    made = [event.observation for event in events if isinstance(event, ObservationMade)]
    assert len(made) == expected
    started = [event.probe.id for event in events if isinstance(event, ProbeStarted)]
    assert sorted(started) == sorted(one.probe.id for one in made)
    assert any(isinstance(event, ProbeWaiting) for event in events)
    order = [
        next(n for n, probe in enumerate(triage.plan.probes) if probe.id == one.probe.id)
        for one in triage.case.observations
    ]
    assert order == sorted(order)
    assert [one.id for one in triage.case.observations] == [f"o{number + 1}" for number in order]
    assert "topsecret" not in repr(triage.case)
    assert "topsecret" not in repr(triage.plan)


async def test_waves_come_one_after_the_other(pki: Pki) -> None:
    with serve(Recorder(), pki) as peer:
        events = await stream(Triage(request(pki, peer.port)))
    waves = [event.probe.wave for event in events if isinstance(event, ProbeStarted)]
    assert waves == sorted(waves)
    assert len(set(waves)) > 1


async def test_nobody_there_ends_after_the_first_wave(pki: Pki) -> None:
    with badservers.stall() as peer:
        port = peer.port
    triage = Triage(request(pki, port))
    events = await stream(triage)
    skipped = [name for event in events if isinstance(event, ProbesSkipped) for name in event.probe_ids]
    assert {probe.id for probe in triage.plan.probes if probe.wave > 1} == set(skipped)
    assert triage.case.verdict is not None
    assert triage.case.verdict.finding == "network-unreachable"


async def test_an_unverified_server_gets_one_wave_and_no_certificate(pki: Pki) -> None:
    with badservers.modern_only(pki) as peer:
        triage = Triage(request(pki, peer.port, trusted=pki.foreign_ca))
        await stream(triage)
        assert peer.received == 0
    assert triage.case.verdict is not None
    assert triage.case.verdict.finding == "server-certificate-untrusted"


async def test_a_dropped_client_hello_is_tried_once_more_with_a_small_one(pki: Pki) -> None:
    with badservers.resets_after_client_hello() as peer:
        triage = Triage(request(pki, peer.port))
        await stream(triage)
    attempts = {one.probe.id: [] for one in triage.case.observations}  # type: ignore[var-annotated]
    for one in triage.case.observations:
        assert one.tls is not None
        attempts[one.probe.id].append((one.attempt, one.tls.client_hello_bytes))
    first, second = attempts["get-own"]
    assert (first[0], second[0]) == (1, 2)
    assert second[1] < 600 < first[1]


async def test_what_was_seen_before_a_cancel_is_kept_and_can_be_judged(pki: Pki) -> None:
    with badservers.stall(pki) as peer:
        triage = Triage(request(pki, peer.port, timeout_s=30.0))

        async def consume() -> None:
            async with aclosing(triage.run()) as events:
                async for _ in events:
                    pass

        task = asyncio.create_task(consume())
        while not peer.accepted:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 1)
    triage.conclude()
    assert triage.case.verdict is not None
    assert triage.case.verdict.finding == "inconclusive"


async def test_no_more_than_parallel_probes_at_a_time(pki: Pki) -> None:
    with serve(Recorder(), pki) as peer:
        events = await stream(Triage(request(pki, peer.port, parallel=2)))
    running, most = 0, 0
    for event in events:
        running += isinstance(event, ProbeStarted) - isinstance(event, ObservationMade)
        most = max(most, running)
    assert most == 2


async def test_one_probe_sent_again_is_a_further_attempt_and_an_own_one_stands_beside_the_plan(pki: Pki) -> None:
    import msgspec

    with serve(Recorder(), pki) as peer:
        triage = Triage(request(pki, peer.port))
        await stream(triage)
        planned = triage.plan.probes[0]
        async with aclosing(triage.send_one(planned)) as events:
            again = [event async for event in events]
        own = msgspec.structs.replace(planned, id="edited-1", path="/own?code=topsecret")
        async with aclosing(triage.send_one(own)) as events:
            beside = [event async for event in events]
    attempts = [one.attempt for one in triage.case.observations if one.probe.id == planned.id]
    assert attempts == [1, 2]
    assert isinstance(again[-1], VerdictChanged)
    made = [event.observation for event in beside if isinstance(event, ObservationMade)]
    assert [one.probe.id for one in made] == ["edited-1"]
    assert len({one.id for one in triage.case.observations}) == len(triage.case.observations)
    assert "topsecret" not in repr(triage.case)
