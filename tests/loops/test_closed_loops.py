"""Every finding in a closed loop over the public commands: reproduced, named, quiet on its control, fixed, green."""

import json
from functools import cache
from typing import Any

import pytest

from probes.diagnosis import catalogue
from tests.loops.served import diagnose, filled, patch, run, serve

# What else is true in a scenario's state, beside its verdict.
ALSO = {
    "expect-not-awaited": {"large-body-renegotiation"},
    "curl-below-threshold": {"large-body-renegotiation"},
    "reused-connection-hides-it": {"large-body-renegotiation"},
    # Why the certificate is no good is one thing, that the app refuses it another; both are true.
    "certificate-expired": {"app-rejects-certificate"},
    "certificate-not-yet-valid": {"app-rejects-certificate"},
    "certificate-wrong-eku": {"app-rejects-certificate"},
    "weak-certificate": {"app-rejects-certificate"},
    "chain-incomplete": {"app-rejects-certificate"},
    "self-signed-refused": {"app-rejects-certificate"},
    "renegotiation-refused-by-client": {"large-body-renegotiation"},
    "interactive-mode-not-prompted": {"large-body-renegotiation"},
    "host-name-unbound": {"server-certificate-wrong-host"},
    "plan-too-small": {"client-certs-disabled"},
    "http2-disables-certificates": {"client-certs-disabled"},
}
OUTCOMES = {"healthy", "inconclusive"}


@cache
def scenarios() -> dict[str, dict[str, Any]]:
    listed = json.loads(run("lab", "--list", "--json").stdout)
    return {one["name"]: one for one in listed}


FAULTS = [name for name, one in scenarios().items() if one["control"]]
CONTROLS = sorted({str(one["control"]) for one in scenarios().values() if one["control"]})


@cache
def control_case(name: str) -> dict[str, Any]:
    return diagnose(f"lab:{name}")


def named(case: dict[str, Any]) -> set[str]:
    return {case["verdict"]["finding"], *(also["finding"] for also in case["verdict"]["also"])}


def own_requests(case: dict[str, Any]) -> dict[str, str]:
    """The user's own requests by probe, and whether they reached the app."""
    client = case["run"]["client"]
    wanted = {"get-own", "post-large-own"} if client is None else {"get-own", f"as-{client}-small"}
    return {
        one["probe"]["id"]: one["judged"]["reached_app"]
        for one in case["observations"]
        if one["probe"]["id"] in wanted
    }


@pytest.mark.parametrize("name", FAULTS)
def test_reproduced_named_quiet_on_its_control_fixed_and_verified(name: str) -> None:
    scenario = scenarios()[name]
    finding = scenario["expected_finding"]
    with serve(name) as ready:
        broken = diagnose(ready["target"], ready["options"], ready["env"])
        assert broken["verdict"]["finding"] == finding
        assert {also["finding"] for also in broken["verdict"]["also"]} == ALSO.get(finding, set())
        assert broken["exit"] == 1
        evidence = [piece for step in broken["verdict"]["path"] for piece in step["evidence"]]
        assert any(piece.startswith(("obs:", "credential:")) for piece in evidence)

        assert finding not in named(control_case(scenario["control"])), "the control has the fault too"

        if "lab" in scenario["fix"]:
            patch(ready, scenario["fix"]["lab"])
        options = filled(scenario["fix"].get("options") or ready["options"], ready)
        target = filled([scenario["fix"].get("target") or ready["target"]], ready)[0]
        fixed = diagnose(target, options, ready["env"])
    assert named(fixed) & {finding} == set()
    assert fixed["verdict"]["finding"] == "healthy" or fixed["verdict"]["finding"] in ALSO.get(finding, set())
    assert set(own_requests(fixed).values()) == {"yes"}
    if fixed["credential"]["kind"] != "none" and "/debug/headers" in options:
        echoes = [one["echo"] for one in fixed["observations"] if one["probe"]["id"] == "debug"]
        assert [echo["certificate"]["matches_sent"] for echo in echoes] == [True]


@pytest.mark.parametrize("name", CONTROLS)
def test_a_control_shows_what_it_says_it_has(name: str) -> None:
    assert control_case(name)["verdict"]["finding"] == scenarios()[name]["expected_finding"]


def test_every_finding_has_a_loop() -> None:
    assert {one.slug for one in catalogue()} - OUTCOMES == {scenarios()[name]["expected_finding"] for name in FAULTS}
