"""The standard plan: what it covers, what it costs, and what never changes about it."""

import msgspec
import pytest

from probes.adapt import adapted
from probes.model import Observation, Probe, TlsFacts
from probes.personas import CLIENTS
from probes.plan import ABOVE_LIMIT_BYTES, BELOW_LIMIT_BYTES, PlanRequest, standard_plan, upload_path_below

REQUEST = PlanRequest(url="https://site.example/api", identity="given", debug_path="/debug", excluded_path="/health")


def shapes(request: PlanRequest = REQUEST) -> list[tuple[object, ...]]:
    fields = [name for name in Probe.__struct_fields__ if name not in ("id", "question", "wave")]
    return [tuple(getattr(probe, name) for name in fields) for probe in standard_plan(request).probes]


def test_no_two_probes_send_the_same() -> None:
    assert len(set(shapes())) == len(shapes())


def test_ids_are_unique_also_when_repeated() -> None:
    plan = standard_plan(msgspec.structs.replace(REQUEST, repeat=5))
    ids = [probe.id for probe in plan.probes]
    assert len(set(ids)) == len(ids)
    assert {"get-own-5", "post-large-2"} <= set(ids)


def test_the_large_body_is_sent_in_every_way_that_tells_causes_apart() -> None:
    large = [probe for probe in standard_plan(REQUEST).probes if probe.body_bytes == REQUEST.large_bytes]
    assert {probe.expect for probe in large} == {"none", "wait", "header-only"}
    assert any(probe.head_first for probe in large)
    assert {probe.identity for probe in large} == {"given", "none"}
    sizes = {probe.body_bytes for probe in standard_plan(REQUEST).probes}
    assert BELOW_LIMIT_BYTES < 100_000 < 102_400 < ABOVE_LIMIT_BYTES
    assert {BELOW_LIMIT_BYTES, ABOVE_LIMIT_BYTES} <= sizes


def test_uploads_go_below_the_target_to_a_path_that_nobody_serves() -> None:
    plan = standard_plan(REQUEST)
    assert plan.upload_path.startswith("/api/mtls-triage-")
    assert {probe.path for probe in plan.uploads} == {plan.upload_path}
    assert upload_path_below("/x?code=1").startswith("/x/mtls-triage-")
    real = standard_plan(msgspec.structs.replace(REQUEST, real_path=True))
    assert {probe.path for probe in real.uploads} == {"/api"}


def test_without_a_certificate_nothing_is_sent_twice() -> None:
    bare = msgspec.structs.replace(REQUEST, identity="none")
    assert len(set(shapes(bare))) == len(shapes(bare))
    assert {probe.identity for probe in standard_plan(bare).probes} == {"none", "throwaway"}


def test_nothing_above_one_mebibyte_unasked() -> None:
    assert max(probe.body_bytes for probe in standard_plan(REQUEST).probes) <= 1_048_576


@pytest.mark.parametrize("symptom", ["header-missing", "handshake-fails", "always-403", "http2-tls13"])
def test_symptoms_that_size_cannot_explain_send_no_large_body(symptom: str) -> None:
    plan = standard_plan(REQUEST, symptom)  # type: ignore[arg-type]
    assert max((probe.body_bytes for probe in plan.probes), default=0) <= 1024


@pytest.mark.parametrize("name", sorted(CLIENTS))
def test_the_plan_runs_as_the_client_would(name: str) -> None:
    client = CLIENTS[name]
    probes = [
        probe for probe in standard_plan(msgspec.structs.replace(REQUEST, client=client)).probes if probe.persona
    ]
    assert {probe.renegotiate for probe in probes} == {client.renegotiates}
    assert {probe.offer_pha for probe in probes} == {client.offers_pha}
    assert {probe.tls for probe in probes} == {client.tls}
    told = [probe for probe in probes if probe.id.endswith("-large-expect")]
    itself = next(probe for probe in probes if probe.id.endswith("-large"))
    assert bool(told) is (client.expect_on_request and not client.expects(itself.body_bytes))
    assert {probe.expect for probe in told} <= {"wait" if client.waits else "header-only"}
    assert itself.expect == ("wait" if client.expects(itself.body_bytes) else "none")
    assert all(probe.wait_ms == client.waits_ms for probe in probes if probe.expect == "wait")


def test_tls_is_left_free_where_the_server_refused_1_2() -> None:
    first, upload = standard_plan(REQUEST).probes[0], standard_plan(REQUEST).uploads[0]
    refused = Observation(
        id="o1",
        attempt=1,
        at="",
        probe=msgspec.structs.replace(first, tls="1.2"),
        outcome="tls-failure",
        tls=TlsFacts(),
    )
    answered = Observation(
        id="o2", attempt=1, at="", probe=first, outcome="response", tls=TlsFacts(version="TLSv1.3")
    )
    assert upload.tls == "1.2"
    assert adapted(upload, [refused, answered]).tls == "free"
    assert adapted(upload, [refused]) == upload
    assert adapted(upload, [answered]) == upload
