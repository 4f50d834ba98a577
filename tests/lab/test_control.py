"""The control endpoint and the file that is kept in step with it."""

import http.client
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.lab.fixture import RunningLab


def ask(lab: RunningLab, method: str, path: str = "/", body: bytes | None = None, **headers: str) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(lab.ready.control).port, timeout=10)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def config_of(lab: RunningLab) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(Path(lab.ready.config).read_text())
    return read


def test_get_shows_all_parts(edge: RunningLab) -> None:
    status, state = ask(edge, "GET")
    assert status == 200
    assert set(state) == {"settings", "edge", "app", "faults", "azure"}
    assert state["settings"]["clientCertMode"] == "Required"
    assert state["edge"]["buffer_bytes"] == 102_400


def test_patch_merges_deeply(edge: RunningLab) -> None:
    before = ask(edge, "GET")[1]
    status, after = ask(edge, "PATCH", body=b'{"settings": {"clientCertMode": "Optional"}}')
    assert status == 200
    before["settings"]["clientCertMode"] = "Optional"
    assert after == before


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"setings": {}}', "setings is unknown; did you mean settings?"),
        (b'{"settings": {"client_cert_enabled": true}}', "did you mean clientCertEnabled?"),
        (b'{"edge": {"bufferBytes": 1}}', "did you mean buffer_bytes?"),
        (b'{"app": {"validator": {"role": "dates"}}}', "app.validator.role is unknown; did you mean rule?"),
        (b'{"settings": {"clientCertMode": "required"}}', "clientCertMode"),
        (b'{"settings": {"minTlsCipherSuite": "TLS_RSA"}}', "the nearest is TLS_"),
        (b'{"edge": {"hang_seconds": -1}}', "hang_seconds"),
        (b"[]", "no JSON object"),
        (b"{", "no JSON"),
        (b"\xff", "no JSON"),
        (b"[" * 100_000, "no JSON"),
    ],
)
def test_wrong_change_is_refused_and_changes_nothing(edge: RunningLab, body: bytes, said: str) -> None:
    before = ask(edge, "GET")[1]
    status, answer = ask(edge, "PATCH", body=body)
    assert status == 400
    assert said in answer["error"]
    assert ask(edge, "GET")[1] == before


def test_other_calls(edge: RunningLab) -> None:
    assert ask(edge, "DELETE")[0] == 405
    assert ask(edge, "GET", "/nothing")[0] == 404
    assert ask(edge, "PATCH", body=b" " * 2_000_000)[0] == 400
    assert ask(edge, "GET", Host="rebound.test:80")[0] == 403


def test_config_file_follows_the_settings(edge: RunningLab) -> None:
    assert config_of(edge)["clientCertExclusionPaths"] is None
    edge.patch(
        settings={
            "clientCertExclusionPaths": "/a;/b",
            "http20Enabled": True,
            "minTlsVersion": "1.3",
            "ipSecurityRestrictions": [{"ipAddress": "10.0.0.0/8", "action": "Allow", "name": "office"}],
        }
    )
    config = config_of(edge)
    assert config["type"] == "Microsoft.Web/sites"
    assert config["clientCertExclusionPaths"] == "/a;/b"
    assert config["siteConfig"]["http20Enabled"] is True
    assert config["siteConfig"]["minTlsVersion"] == "1.3"
    assert config["siteConfig"]["ipSecurityRestrictions"][0]["ipAddress"] == "10.0.0.0/8"


def test_config_file_shows_the_settings_when_the_edge_does_not_follow(edge: RunningLab) -> None:
    edge.patch(edge={"stale_settings": {"clientCertEnabled": False}})
    assert config_of(edge)["clientCertEnabled"] is True
    assert edge.get()["edge"]["stale_settings"]["clientCertEnabled"] is False
