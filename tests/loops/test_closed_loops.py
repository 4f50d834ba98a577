"""Every finding in a closed loop over the public commands: reproduced, named, quiet on its control, fixed, green."""

import json
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import msgspec
import pytest

from probes.diagnosis import catalogue
from probes.diagnosis import finding as by_slug
from probes.model import Symptom
from tests.loops.quality import PROPERTY, Row, stored, updating
from tests.loops.replaying import as_case, judged_with, sent_with
from tests.loops.served import diagnose, filled, patch, run, serve

# Four to six runs of the command each, on machines that may be busy with other tests.
pytestmark = pytest.mark.timeout(300)

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
    "slot-differs": {"client-certs-disabled"},
}
OUTCOMES = {"healthy", "inconclusive"}
# Where a run with the symptom is made too, to hold the replay of all the others to the wire.
LIVE: dict[str, Symptom] = {
    "path-excluded": "header-missing",
    "tls-version-refused": "handshake-fails",
    "expect-not-awaited": "upload-403",
    "access-restricted": "always-403",
    "certificate-expired": "app-refuses",
    "large-body-renegotiation": "sometimes",
    "expect-refused-on-the-way": "slow",
    "server-certificate-expired": "gateway-500",
    "renegotiation-impossible-tls13": "http2-tls13",
}
Keep = Callable[[str, object], None]


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


def row_of(name: str, case: dict[str, Any], whole: dict[str, Any]) -> Row:
    """What was said of a scenario; ``whole`` is the case of a run without a symptom."""
    finding = scenarios()[name]["expected_finding"]
    sent = {} if finding in OUTCOMES else sent_for(finding, case, whole)
    verdict = case["verdict"]
    return Row(
        scenario=name,
        true=(finding, *sorted(ALSO.get(finding, set()))),
        named=verdict["finding"],
        beside=tuple(also["finding"] for also in verdict["also"]),
        probes=len(probes_of(whole)),
        with_symptom=sent,
    )


def sent_for(finding: str, case: dict[str, Any], whole: dict[str, Any]) -> dict[str, int]:
    """How many probes a run sends with each symptom that ``finding`` explains, and its verdict is no worse."""
    seen, own, sent = as_case(whole), case["run"]["symptom"], dict[str, int]()
    for symptom in by_slug(finding).explains:
        chosen, verdict = sent_with(seen, symptom)
        everything = judged_with(seen, symptom)
        assert (verdict.finding, verdict.confidence) == (everything.finding, everything.confidence), symptom
        sent[symptom] = len(probes_of(case) if symptom == own else chosen)
    return sent


def probes_of(case: dict[str, Any]) -> list[str]:
    """The probes that were sent, in their order; a further attempt is no further probe."""
    return list(dict.fromkeys(one["probe"]["id"] for one in case["observations"]))


def without_symptom(options: Sequence[str]) -> list[str]:
    """The options without ``--symptom``, which takes a value; the whole plan has uploads, also for other hosts."""
    at = options.index("--symptom")
    return [*options[:at], *options[at + 2 :], "--allow-uploads"]


def as_stored(row: Row, record_property: Keep) -> None:
    """Hand the row to the summary of the run, and hold it to the one that the README is made of."""
    record_property(PROPERTY, msgspec.to_builtins(row))
    if not updating():
        assert stored().get(row.scenario) == row, (
            "the figures have changed; UPDATE_GOLDEN=1 with tests/loops keeps them"
        )


@pytest.mark.parametrize("name", FAULTS)
def test_reproduced_named_quiet_on_its_control_fixed_and_verified(name: str, record_property: Keep) -> None:
    scenario = scenarios()[name]
    finding = scenario["expected_finding"]
    with serve(name) as ready:
        broken = whole = diagnose(ready["target"], ready["options"], ready["env"])
        if "--symptom" in ready["options"]:
            whole = diagnose(ready["target"], without_symptom(ready["options"]), ready["env"])
        as_stored(row_of(name, broken, whole), record_property)
        if name in LIVE:
            narrow = diagnose(ready["target"], (*ready["options"], "--symptom", LIVE[name]), ready["env"])
            assert narrow["verdict"]["finding"] == judged_with(as_case(whole), LIVE[name]).finding
            assert set(probes_of(narrow)) == set(sent_with(as_case(whole), LIVE[name])[0])
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
def test_a_control_shows_what_it_says_it_has_and_nothing_else(name: str, record_property: Keep) -> None:
    finding, case = scenarios()[name]["expected_finding"], control_case(name)
    assert case["verdict"]["finding"] == finding
    assert named(case) == {finding} | ALSO.get(finding, set())
    if name not in FAULTS:
        as_stored(row_of(name, case, case), record_property)


def test_every_finding_has_a_loop() -> None:
    assert {one.slug for one in catalogue()} - OUTCOMES == {scenarios()[name]["expected_finding"] for name in FAULTS}
