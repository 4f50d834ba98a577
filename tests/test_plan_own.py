"""The plan for a client that speaks less than others, and the canaries that are sent only when asked for."""

import msgspec
import pytest

from probes.adapt import adapted
from probes.model import Observation, Probe, Symptom, TlsFacts
from probes.personas import CLIENTS
from probes.plan import PlanRequest, standard_plan
from probes.wire.request import build

URL = "https://contoso.azurewebsites.net/x"
OWN = ("get-own", "debug", "post-large-own")


def plan(**more: object) -> dict[str, Probe]:
    request = msgspec.convert({"url": URL, "identity": "given", "debug_path": "/debug", **more}, PlanRequest)
    return {probe.id: probe for probe in standard_plan(request).probes}


def test_the_users_own_requests_speak_as_the_users_client_does() -> None:
    probes = plan(own_tls="1.2", own_ciphers="AES128-SHA", own_http="1.1")
    for name in OWN:
        assert (probes[name].tls, probes[name].ciphers, probes[name].http) == ("1.2", "AES128-SHA", "1.1")
    others = [probe for name, probe in probes.items() if name not in OWN]
    assert {probe.ciphers for probe in others} == {None}
    assert probes["get-13"].tls == "1.3"


def test_a_client_that_is_named_is_held_too() -> None:
    request = PlanRequest(url=URL, identity="given", client=CLIENTS["go"], own_tls="1.2", own_http="1.1")
    as_go = [probe for probe in standard_plan(request).probes if probe.persona == "go"]
    assert as_go
    assert {(probe.tls, probe.http) for probe in as_go} == {("1.2", "1.1")}


def test_left_alone_the_own_requests_are_free() -> None:
    probes = plan()
    assert {(probes[name].tls, probes[name].ciphers, probes[name].http) for name in OWN} == {("free", None, "free")}


def test_what_a_client_sends_is_not_bent_to_what_the_server_likes() -> None:
    refused = Observation(
        id="o1",
        attempt=1,
        at="2026-01-01T00:00:00.000Z",
        probe=plan()["get-12"],
        outcome="tls-failure",
        tls=TlsFacts(),
    )
    answered = msgspec.structs.replace(refused, probe=plan()["get-13"], outcome="response")
    seen = (refused, answered)
    assert adapted(plan()["post-small"], seen).tls == "free"
    as_client = msgspec.structs.replace(plan()["post-small"], persona="dotnet-framework")
    assert adapted(as_client, seen).tls == "1.2"


def test_a_canary_is_never_sent_unasked() -> None:
    assert not any(probe.canary for probe in plan(excluded_path="/health").values())
    symptoms: tuple[Symptom, ...] = ("unknown", "header-missing", "upload-403")
    for symptom in symptoms:
        assert not any(probe.canary for probe in standard_plan(PlanRequest(url=URL), symptom).probes)


def test_canaries_go_to_the_path_an_excluded_path_and_plain_http_without_a_certificate() -> None:
    canaries = [probe for probe in plan(check_forgery=True, excluded_path="/health").values() if probe.canary]
    assert {(probe.origin.partition(":")[0], probe.path) for probe in canaries} == {
        ("https", "/x"),
        ("https", "/debug"),
        ("https", "/health"),
        ("http", "/debug"),
    }
    assert {(probe.identity, probe.method, probe.body_bytes) for probe in canaries} == {("none", "GET", 0)}


@pytest.mark.parametrize("canary", [True, False])
def test_only_a_canary_claims_a_certificate(canary: bool) -> None:
    probe = msgspec.structs.replace(plan()["get-own"], canary=canary)
    sent = build(probe, run_id="r1", path="/x", canary="MIIB").headers
    assert sent.get("x-arr-clientcert") == ("MIIB" if canary else None)
