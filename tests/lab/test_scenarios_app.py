"""The scenarios of apps, certificates and Expect: curl sees the fault, not in the control, and not after the fix."""

from collections.abc import Callable

import pytest

from probes.lab.catalogue_app import SCENARIOS
from probes.lab.change import changed
from probes.lab.ready import LabReady
from probes.lab.scenario import Scenario
from probes.lab.scenarios import scenarios
from probes.lab.state import LabState
from tests.lab.curl import Curled, curl_raw
from tests.lab.fixture import RunningLab

FAULTY = [scenario for scenario in SCENARIOS if scenario.control]
FLAGS = {"--cert", "--ca", "--config", "--debug-path", "--as", "--header", "--symptom", "--large-bytes"}
LARGE = "x" * 300_000
# The client differs there, not the site.
SAME_SITE = {"curl-below-threshold"}


def call(lab: RunningLab, options: tuple[str, ...], path: str, *more: str, data: str | None = None) -> Curled:
    pairs = dict(zip(options[::2], options[1::2], strict=True))
    given = ["--cacert", pairs["--ca"], "--cert", pairs["--cert"]]
    given += ["-H", pairs["--header"]] if "--header" in pairs else []
    given += [] if data is None else ["--data-binary", "@-"]
    return curl_raw(*given, *more, lab.ready.front_end + path, data=None if data is None else data.encode())


def too_large(lab: RunningLab, options: tuple[str, ...]) -> bool:
    ways = [call(lab, options, "/upload", "-H", how, data=LARGE) for how in ("Expect:", "Expect: 100-continue")]
    assert call(lab, options, "/upload", data="x").status == 200
    assert len({way.status == 413 for way in ways}) == 1
    return ways[0].status == 413


def bare_401(lab: RunningLab, options: tuple[str, ...]) -> bool:
    got = call(lab, options, "/")
    assert call(lab, options, "/debug/headers").status == 200
    return (got.status, got.body) == (401, b"") and "WWW-Authenticate" not in got.trace


def one_sentence(lab: RunningLab, options: tuple[str, ...]) -> bool:
    got = [call(lab, options, path) for path in ("/", "/no-such-path")]
    said = [b"permission to view this directory or page" in one.body and one.status == 403 for one in got]
    assert len(set(said)) == 1
    return said[0]


def app_refuses(lab: RunningLab, options: tuple[str, ...]) -> bool:
    got = call(lab, options, "/")
    echo = call(lab, options, "/debug/headers").echo
    assert "X-ARR-ClientCert" in echo["headers"]
    assert "X-Powered-By" in got.trace
    return (got.status in (401, 403) and b"not accepted" in got.body) or b"RevocationStatusUnknown" in got.body


def own_library_refuses(lab: RunningLab, options: tuple[str, ...]) -> bool:
    got = call(lab, options, "/")
    assert got.exit in (0, 58)
    return got.exit == 58 and ("too small" in got.trace or "too weak" in got.trace)


def chain_word(word: bytes) -> Callable[[RunningLab, tuple[str, ...]], bool]:
    return lambda lab, options: word in call(lab, options, "/").body


def unreadable(lab: RunningLab, options: tuple[str, ...]) -> bool:
    echo = call(lab, options, "/debug/headers").echo
    assert (call(lab, options, "/").status == 500) == bool(echo["certificateError"])
    return bool(echo["certificateError"])


def waits_in_vain(lab: RunningLab, options: tuple[str, ...]) -> bool:
    got = call(lab, options, "/upload", "-H", "Expect: 100-continue", data=LARGE)
    assert got.status == 200
    if "100 Continue" in got.trace:
        return False
    # curl gives up waiting after its one second (curl, --expect100-timeout).
    assert got.reports[-1]["time_total"] >= 1
    return True


def refused_417(lab: RunningLab, options: tuple[str, ...]) -> bool:
    assert call(lab, options, "/upload", "-H", "Expect:", data=LARGE).status == 200
    return call(lab, options, "/upload", "-H", "Expect: 100-continue", data=LARGE).status == 417


def bare_large_403(lab: RunningLab, options: tuple[str, ...]) -> bool:
    return call(lab, options, "/upload", "-H", "Expect:", data=LARGE).status == 403


def only_above_the_threshold(lab: RunningLab, options: tuple[str, ...]) -> bool:
    assert call(lab, options, "/upload", data="x" * 1_048_577).status == 200
    return call(lab, options, "/upload", data=LARGE).status == 403


def only_on_a_used_connection(lab: RunningLab, options: tuple[str, ...]) -> bool:
    pairs = dict(zip(options[::2], options[1::2], strict=True))
    given = ["--cacert", pairs["--ca"], "--cert", pairs["--cert"]]
    url = f"{lab.ready.front_end}/upload"
    upload = ["-H", "Expect:", "--data-binary", "@-", url]
    used = curl_raw(*given, "--head", url, "--next", "-w", "%{stderr}%{json}\n", *given, *upload, data=LARGE.encode())
    assert [one["num_connects"] for one in used.reports] == [1, 0]
    assert used.status == 200
    return call(lab, options, "/upload", "-H", "Expect:", data=LARGE).status == 403


SHOWS: dict[str, Callable[[RunningLab, tuple[str, ...]], bool]] = {
    "app-body-limit": too_large,
    "functions-key-missing": bare_401,
    "web-config-ip-security": one_sentence,
    "certificate-expired": app_refuses,
    "certificate-not-yet-valid": app_refuses,
    "certificate-wrong-eku": app_refuses,
    "weak-certificate": own_library_refuses,
    "header-parsed-as-hex": unreadable,
    "header-damaged": unreadable,
    "header-damaged-truncated": unreadable,
    "chain-incomplete": chain_word(b"PartialChain"),
    "self-signed-refused": chain_word(b"UntrustedRoot"),
    "app-rejects-certificate": app_refuses,
    "app-rejects-certificate-revocation": app_refuses,
    "expect-blocked-on-the-way": waits_in_vain,
    "expect-refused-on-the-way": refused_417,
    "curl-above-threshold": bare_large_403,
    "curl-below-threshold": only_above_the_threshold,
    "reused-connection-hides-it": only_on_a_used_connection,
}


def test_every_faulty_scenario_is_checked_here() -> None:
    assert set(SHOWS) == {scenario.name for scenario in FAULTY}


@pytest.mark.parametrize("scenario", FAULTY, ids=lambda scenario: scenario.name)
def test_fault_is_there_and_the_fix_removes_it(lab: Callable[[str], RunningLab], scenario: Scenario) -> None:
    running, shows = lab(scenario.name), SHOWS[scenario.name]
    assert shows(running, running.ready.options)
    assert scenario.fix is not None
    options = running.ready.options
    if scenario.fix.lab is not None:
        running.patch(**scenario.fix.lab)
    else:
        assert scenario.fix.options is not None
        options = running.ready.filled(scenario.fix.options)
    assert not shows(running, options)


@pytest.mark.parametrize(
    "scenario", [s for s in FAULTY if s.name not in SAME_SITE], ids=lambda scenario: scenario.name
)
def test_fault_is_not_in_the_control(lab: Callable[[str], RunningLab], scenario: Scenario) -> None:
    assert scenario.control is not None
    running = lab(scenario.control)
    assert not SHOWS[scenario.name](running, running.ready.options)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_scenario_is_whole(scenario: Scenario) -> None:
    state = changed(LabState(), scenario.state)
    fields = set(LabReady.__struct_fields__)
    for options in (scenario.options, scenario.fix.options if scenario.fix and scenario.fix.options else ()):
        assert set(options[::2]) <= FLAGS
        assert {word[1:-1] for word in options if word.startswith("{")} <= fields
    if scenario.fix and scenario.fix.lab is not None:
        assert changed(state, scenario.fix.lab) != state
    assert (scenario.control is None) == (scenario.fix is None)
    assert scenario.control is None or scenario.control in scenarios()
    assert scenario.control or scenario.expected_finding == "healthy"
