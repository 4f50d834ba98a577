"""Scenarios of the way, the handshake and the asking: the fault as curl and s_client see it, gone with the fix."""

import base64
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from probes.lab.catalogue_transport import SCENARIOS
from probes.lab.change import changed
from probes.lab.ready import LabReady
from probes.lab.scenario import Scenario
from probes.lab.scenarios import scenarios
from probes.lab.state import LabState
from tests.lab.curl import curl, curl_raw
from tests.lab.fixture import RunningLab
from tests.lab.s_client import s_client

FAULTY = [scenario for scenario in SCENARIOS if scenario.control]
REACHED_BY = {"network-refused": 7, "network-silent": 28, "network-no-name": 6}
"""Scenario and the exit status by which curl tells them apart: 7 no connection, 28 timed out, 6 no name."""


def no_connection(lab: RunningLab) -> bool:
    return curl_raw("--connect-timeout", "2", lab.ready.target).exit == REACHED_BY.get(lab.ready.scenario)


def other_authority(lab: RunningLab) -> bool:
    foreign = curl_raw("--cacert", str(lab.ready.foreign_ca), "--cert", lab.ready.certificate, lab.ready.target)
    asked = "Request CERT" in foreign.trace
    assert curl(lab, "/").exit == (60 if foreign.exit == 0 else 0)
    return foreign.exit == 0 and foreign.status == 403 and not asked


def post_becomes_get(lab: RunningLab) -> bool:
    given = ("--cacert", lab.ready.ca, "--location", "--data", "x")
    got = curl_raw(*given, f"{lab.ready.http}/upload")
    return (got.reports[-1]["method"], got.reports[-1]["num_redirects"]) == ("GET", 1)


def refused_at_12(lab: RunningLab) -> bool:
    got = curl(lab, "/", "--tls-max", "1.2")
    return got.exit == 35 and "protocol version" in got.trace


def suite_refused(lab: RunningLab) -> bool:
    got = curl(lab, "/", "--tls-max", "1.2", "--ciphers", "ECDHE-RSA-AES128-GCM-SHA256")
    return got.exit == 35 and "handshake failure" in got.trace


def openssl_goes_away(lab: RunningLab) -> bool:
    # The server is whole: a client that is told to put up with it gets its answer.
    told = s_client(lab, "/", "-tls1_2", "-legacy_server_connect")
    assert "HTTP/1.1 200" in told.text
    got = curl(lab, "/")
    assert (got.exit == 35) == ("Secure Renegotiation IS NOT supported" in told.text)
    return got.exit == 35 and "unsafe legacy renegotiation disabled" in got.trace


def tls_refuses(lab: RunningLab) -> bool:
    got = curl(lab, "/", certificate="foreign")
    return got.exit != 0 and "unknown ca" in got.trace


def lists_foreign(lab: RunningLab) -> bool:
    # OpenSSL prints the list, and sends the certificate all the same.
    dialled = s_client(lab, "/", "-tls1_2")
    assert "HTTP/1.1 200" in dialled.text
    return "Foreign root CA" in dialled.text.partition("Acceptable client certificate CA names")[2]


def go_refuses(lab: RunningLab) -> bool:
    dialled = s_client(lab, "/", "-tls1_2", "-no_renegotiation")
    return "no_renegotiation" in dialled.messages(">>>") or "no_renegotiation" in dialled.text


def h2_gets_none(lab: RunningLab) -> bool:
    over_h1 = curl(lab, "/debug/headers", "--http1.1", "--tls-max", "1.2")
    assert "X-ARR-ClientCert" in over_h1.echo["headers"]
    over_h2 = curl(lab, "/debug/headers", "--http2", "--tls-max", "1.2")
    assert over_h2.reports[-1]["http_version"] == "2"
    return over_h2.status == 403 or "X-ARR-ClientCert" not in over_h2.echo["headers"]


def asked_late(lab: RunningLab) -> bool:
    trace = curl(lab, "/", "--tls-max", "1.2").trace
    assert "Request CERT" in trace
    return trace.index("> GET /") < trace.index("Request CERT")


def app_sees_none(lab: RunningLab) -> bool:
    body = curl(lab, "/debug/headers").body.decode()
    assert "ClientCert" in body or "CLIENTCERT" in body
    return '"certificate": null' in body or "certificate: none" in body


def claimed_gets_through(lab: RunningLab) -> bool:
    der = ssl.PEM_cert_to_DER_cert(Path(str(lab.ready.public)).read_text(encoding="ascii"))
    claim = f"X-ARR-ClientCert: {base64.b64encode(der).decode()}"
    got = curl(lab, "/debug/headers", "--header", claim, certificate=None)
    return got.status == 200 and "X-ARR-ClientCert" in got.echo["headers"]


SHOWS: dict[str, Callable[[RunningLab], bool]] = {
    "tls-inspection-proxy": other_authority,
    "http-redirected": post_becomes_get,
    "tls-version-refused": refused_at_12,
    "tls-version-refused-held": refused_at_12,
    "cipher-refused": suite_refused,
    "unsafe-legacy-renegotiation": openssl_goes_away,
    "certificate-required-alert": tls_refuses,
    "issuer-not-acceptable": lists_foreign,
    "renegotiation-refused-by-client": go_refuses,
    "renegotiation-impossible-http2": h2_gets_none,
    "interactive-mode-not-prompted": asked_late,
    "app-reads-wrong-header": app_sees_none,
    "app-reads-wrong-header-django": app_sees_none,
    "header-forgeable": claimed_gets_through,
}
# What curl cannot do: HTTP/2 over TLS 1.3 with post-handshake authentication over HTTP/1.1 is in the closed loops.
ELSEWHERE = {"renegotiation-impossible-http2-on-tls13", *REACHED_BY}
# The site is the same in the control, or the fix is on the client's side: what changes is the call.
SAME_SITE = {"http-redirected", "renegotiation-refused-by-client"}


def test_every_faulty_scenario_is_checked() -> None:
    assert set(SHOWS) | ELSEWHERE == {scenario.name for scenario in FAULTY}


@pytest.mark.parametrize("name", SHOWS)
def test_fault_is_there_and_a_fix_of_the_site_removes_it(lab: Callable[[str], RunningLab], name: str) -> None:
    running, scenario = lab(name), scenarios()[name]
    assert SHOWS[name](running)
    assert scenario.fix is not None
    if scenario.fix.lab is not None:
        running.patch(**scenario.fix.lab)
        assert not SHOWS[name](running)


@pytest.mark.parametrize("name", sorted(set(SHOWS) - SAME_SITE))
def test_fault_is_not_in_the_control(lab: Callable[[str], RunningLab], name: str) -> None:
    control = scenarios()[name].control
    assert control is not None
    assert not SHOWS[name](lab(control))


@pytest.mark.parametrize("name", REACHED_BY)
def test_nobody_answers_in_three_ways(lab: Callable[[str], RunningLab], name: str) -> None:
    assert no_connection(lab(name))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_scenario_is_whole(scenario: Scenario) -> None:
    state = changed(LabState(), scenario.state)
    fields = set(LabReady.__struct_fields__)
    for options in (scenario.options, scenario.fix.options if scenario.fix and scenario.fix.options else ()):
        assert {word[1:-1] for word in options if word.startswith("{")} <= fields
    if scenario.fix and scenario.fix.lab is not None:
        assert changed(state, scenario.fix.lab) != state
    assert (scenario.control is None) == (scenario.fix is None)
    assert scenario.control is None or scenario.control in scenarios()
    assert scenario.control or scenario.expected_finding == "healthy"
