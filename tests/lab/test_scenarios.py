"""Every scenario has its fault on the wire, its control has it not, and its fix takes it away."""

from collections.abc import Callable
from typing import Any

import pytest

from probes.errors import UsageFault
from probes.lab.catalogue import SCENARIOS
from probes.lab.change import changed
from probes.lab.ready import LabReady
from probes.lab.scenario import Scenario
from probes.lab.scenarios import find, scenarios
from probes.lab.state import LabState
from tests.lab.curl import Curled, curl_raw
from tests.lab.fixture import RunningLab

FAULTY = [scenario for scenario in SCENARIOS if scenario.control]
FLAGS = {"--cert", "--ca", "--config", "--debug-path", "--as", "--cert-password-env"}


def call(lab: RunningLab, options: tuple[str, ...], url: str, *more: str) -> Curled:
    """Call curl with the certificates that the options of a scenario name."""
    pairs = dict(zip(options[::2], options[1::2], strict=True))
    given = ["--cacert", pairs["--ca"]] if "--ca" in pairs else []
    if "--cert" in pairs:
        given += ["--cert", pairs["--cert"]]
    return curl_raw(*given, *more, url)


def echo_of(lab: RunningLab, options: tuple[str, ...], *more: str) -> dict[str, str]:
    headers: dict[str, str] = call(lab, options, f"{origin(lab)}/debug/headers", *more).echo["headers"]
    return headers


def origin(lab: RunningLab) -> str:
    return lab.ready.target.removesuffix(lab.ready.path)


def large(lab: RunningLab, options: tuple[str, ...], *more: str) -> Curled:
    return call(lab, options, f"{origin(lab)}/upload", "-H", "Expect:", *more, "--data", "x" * 120_000)


def header_missing(lab: RunningLab, options: tuple[str, ...]) -> bool:
    got = call(lab, options, f"{origin(lab)}/debug/headers")
    return got.status == 200 and "X-ARR-ClientCert" not in got.echo["headers"]


def path_not_asked(lab: RunningLab, options: tuple[str, ...]) -> bool:
    assert "Request CERT" in call(lab, options, f"{origin(lab)}/elsewhere", "--tls-max", "1.2").trace
    got = call(lab, options, lab.ready.target, "--tls-max", "1.2")
    assert got.status == 200
    return "Request CERT" not in got.trace


def http_answered(lab: RunningLab, options: tuple[str, ...]) -> bool:
    return call(lab, options, lab.ready.http).status == 200


def always_403(lab: RunningLab, options: tuple[str, ...]) -> bool:
    return call(lab, options, lab.ready.target).status == 403


def no_key(lab: RunningLab, options: tuple[str, ...]) -> bool:
    return call(lab, options, lab.ready.target).exit == 58


def server_refused(lab: RunningLab, options: tuple[str, ...]) -> bool:
    return call(lab, options, lab.ready.target).exit in (51, 60)


def large_403(lab: RunningLab, options: tuple[str, ...]) -> bool:
    return large(lab, options).status == 403


def no_certificate_on_tls13(lab: RunningLab, options: tuple[str, ...]) -> bool:
    assert "X-ARR-ClientCert" in echo_of(lab, options, "--tls-max", "1.2")
    return "X-ARR-ClientCert" not in echo_of(lab, options, "--tlsv1.3")


def hangs(lab: RunningLab, options: tuple[str, ...]) -> bool:
    got = large(lab, options)
    return got.status == 403 and got.reports[-1]["time_total"] >= lab.get()["edge"]["hang_seconds"]


def unreadable(lab: RunningLab, options: tuple[str, ...]) -> bool:
    got = call(lab, options, f"{origin(lab)}/debug/headers").echo
    assert "X-ARR-ClientCert" in got["headers"]
    assert (call(lab, options, lab.ready.target).status == 500) == bool(got["certificateError"])
    return bool(got["certificateError"])


SHOWS: dict[str, Callable[[RunningLab, tuple[str, ...]], bool]] = {
    "client-certs-disabled": header_missing,
    "path-excluded": path_not_asked,
    "plain-http-request": http_answered,
    "client-sent-no-certificate": header_missing,
    "certificate-without-key": no_key,
    "server-certificate-expired": server_refused,
    "server-certificate-wrong-host": server_refused,
    "server-certificate-untrusted": server_refused,
    "renegotiation-impossible-tls13": no_certificate_on_tls13,
    "certificate-missing": always_403,
    "large-body-renegotiation": large_403,
    "large-body-renegotiation-interactive": large_403,
    "required-excluded-elsewhere": large_403,
    "large-body-legacy-edge": hangs,
    "header-parsed-as-pem": unreadable,
    "expect-not-awaited": large_403,
    "expect-awaited": large_403,
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
    if scenario.fix.target is not None:
        # The address was wrong, not the site: at the right one the header arrives.
        echo = call(running, options, f"{running.ready.front_end}/debug/headers").echo
        assert "X-ARR-ClientCert" in echo["headers"]
        return
    assert not shows(running, options)


# A control whose client or path differs has the site's fault all the same; the tree tells them apart, curl cannot.
SAME_SITE = {"expect-not-awaited"}


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


def test_listed_fields() -> None:
    listed: dict[str, Any] = find("large-body-renegotiation").listed()
    assert set(listed) == {"name", "title", "expected_finding", "options", "control", "fix"}
    assert listed["fix"] == {"lab": {"settings": {"clientCertExclusionPaths": None}}}
    assert set(find("certificate-missing").listed()["fix"]) == {"options"}


def test_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(UsageFault, match="did you mean large-body-renegotiation"):
        find("large-body-renegotation")
    with pytest.raises(UsageFault) as caught:
        find("\x1b[31m" + "x" * 500)
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 250
