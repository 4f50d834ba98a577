"""The edge follows a slot's own settings for the slot's host names, and production's for every other name."""

from typing import Any

import pytest

from probes.lab.client_hello import is_whole, server_name
from probes.lab.ready import LabFailed
from tests.lab.curl import Curled, curl_raw
from tests.lab.fixture import RunningLab

STAGING = "staging.localhost"


def stage(lab: RunningLab, **settings: Any) -> None:
    lab.patch(azure={"slots": [{"name": "staging", "settings": settings | {"hostNames": [STAGING]}}]})


def at(lab: RunningLab, host: str, *more: str, http: bool = False, path: str = "/") -> Curled:
    scheme, url = ("http", lab.ready.http) if http else ("https", lab.ready.front_end)
    port = url.rpartition(":")[2]
    resolve = ("--resolve", f"{host}:{port}:127.0.0.1")
    return curl_raw("--cacert", lab.ready.ca, *resolve, *more, f"{scheme}://{host}:{port}{path}")


def test_a_slot_has_its_own_certificate_rule(edge: RunningLab) -> None:
    stage(edge, clientCertEnabled=False)
    assert at(edge, "localhost").status == 403
    assert at(edge, STAGING).status == 200
    stage(edge, clientCertMode="Required")
    edge.patch(settings={"clientCertEnabled": False})
    assert at(edge, "localhost").status == 200
    assert at(edge, STAGING).status == 403


def test_a_slot_has_its_own_tls(edge: RunningLab) -> None:
    stage(edge, clientCertEnabled=False, minTlsVersion="1.3", http20Enabled=False)
    edge.patch(settings={"clientCertEnabled": False, "http20Enabled": True})
    assert at(edge, "localhost", "--tls-max", "1.2").status == 200
    assert at(edge, STAGING, "--tls-max", "1.2").exit == 35
    assert at(edge, STAGING).status == 200
    assert "h2" in at(edge, "localhost", "--http2").trace
    assert "server accepted http/1.1" in at(edge, STAGING, "--http2").trace


def test_over_http_the_host_header_decides(edge: RunningLab) -> None:
    stage(edge, httpsOnly=False, clientCertEnabled=False)
    assert at(edge, "localhost", http=True).status == 301
    assert at(edge, STAGING, http=True).status == 200


def test_stale_settings_are_those_of_production(edge: RunningLab) -> None:
    stage(edge, clientCertMode="Required")
    edge.patch(edge={"stale_settings": {"clientCertEnabled": False}})
    assert at(edge, "localhost").status == 200
    assert at(edge, STAGING).status == 403


def test_an_unbound_name_gets_the_default_certificate(edge: RunningLab) -> None:
    edge.patch(settings={"clientCertEnabled": False, "hostNames": ["localhost", STAGING]}, azure={"slots": []})
    assert at(edge, STAGING).status == 200
    edge.patch(settings={"unboundHostNames": [STAGING]})
    assert at(edge, STAGING).exit in (51, 60)
    assert at(edge, "localhost").status == 200


def test_a_slot_never_takes_the_name_of_production(edge: RunningLab) -> None:
    edge.patch(azure={"slots": [{"name": "staging", "settings": {"clientCertEnabled": False}}]})
    assert edge.get()["azure"]["slots"][0]["settings"]["hostNames"] == [STAGING]
    assert (at(edge, "localhost").status, at(edge, STAGING).status) == (403, 200)
    edge.patch(settings={"hostNames": ["localhost", STAGING]})
    assert at(edge, STAGING).status == 403


def test_a_wrong_suite_is_refused_for_a_slot_too(edge: RunningLab) -> None:
    with pytest.raises(LabFailed, match="the nearest is TLS_"):
        stage(edge, minTlsCipherSuite="TLS_NONE")


@pytest.mark.parametrize(
    "data",
    [b"", b"\x16", b"\x16\x03\x01\x00\x05\x01\x00\x00", b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x00\x02\x01\x00"],
)
def test_no_name_in_what_is_no_hello(data: bytes) -> None:
    assert server_name(data) is None
    assert is_whole(data) is (data[:1] == b"G" or len(data) == 7)
