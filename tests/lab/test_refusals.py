"""What the edge answers itself: the pages, their distinguishing headers, and plain http."""

import pytest

from tests.lab.curl import curl, curl_raw
from tests.lab.fixture import RENEGOTIATES, RunningLab


def test_missing_certificate_page(edge: RunningLab) -> None:
    got = curl(edge, "/", certificate=None)
    assert got.status == 403
    assert b"<title>Web App - Unavailable</title>" in got.body
    assert b"Error 403 - Forbidden: Client Certificate Required" in got.body
    assert not {"server:", "set-cookie:", "x-powered-by:"} & {w.lower() for w in got.trace.split()}


def test_app_answers_carry_affinity(edge: RunningLab) -> None:
    got = curl(edge, "/")
    assert "< Set-Cookie: ARRAffinity=" in got.trace
    assert "< X-Powered-By: ASP.NET" in got.trace


def test_ip_forbidden(edge: RunningLab) -> None:
    deny = {"ipAddress": "10.0.0.0/8", "action": "Allow", "priority": 100}
    edge.patch(settings={"ipSecurityRestrictions": [deny]})
    got = curl(edge, "/", "-4")
    assert (got.status, got.body.count(b"blocked your access")) == (403, 1)
    assert "Ip Forbidden" in got.trace
    assert "x-ms-forbidden-ip: 127.0.0.1" in got.trace
    edge.patch(settings={"ipSecurityRestrictions": [deny, {"action": "Allow", "priority": 200}]})
    assert curl(edge, "/").status == 200


def test_public_access_and_stopped_site(edge: RunningLab) -> None:
    edge.patch(settings={"publicNetworkAccess": "Disabled"})
    got = curl(edge, "/")
    assert b"blocked your access" in got.body
    edge.reset(settings={"state": "Stopped"})
    got = curl(edge, "/")
    assert "403 Site Disabled" in got.trace
    assert b"Error 403 - This web app is stopped." in got.body


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_https_only_redirects(edge: RunningLab, method: str) -> None:
    got = curl_raw("-X", method, f"{edge.ready.http}/a?b=c")
    assert got.status == 301
    assert got.reports[-1]["redirect_url"] == f"{edge.ready.front_end}/a?b=c"


def test_plain_http_passes_without_certificate(edge: RunningLab) -> None:
    edge.patch(settings={"httpsOnly": False})
    headers = curl_raw(f"{edge.ready.http}/debug/headers").echo["headers"]
    assert headers["X-Forwarded-Proto"] == "http"
    assert not {"X-ARR-ClientCert", "X-ARR-SSL", "X-Forwarded-TlsVersion"} & set(headers)
    edge.patch(edge={"plain_http": "refuse"})
    assert curl_raw(f"{edge.ready.http}/debug/headers").status == 403


def test_headers_that_a_caller_cannot_set(edge: RunningLab) -> None:
    forged = [
        o for name in ("CLIENT-IP", "X-Client-IP", "X-ARR-SSL", "disguised-host") for o in ("-H", f"{name}: forged")
    ]
    echo = curl(edge, "/debug/headers", *forged, "-H", "X-Forwarded-For: 192.0.2.1").echo["headers"]
    assert "forged" not in echo.values()
    assert echo["X-Forwarded-For"].startswith("192.0.2.1, ")
    assert echo["X-Forwarded-TlsVersion"] == "1.3"
    for name in ("X-ARR-LOG-ID", "WAS-DEFAULT-HOSTNAME", "DISGUISED-HOST", "X-SITE-DEPLOYMENT-ID"):
        assert echo[name]


def test_stale_edge_ignores_the_settings(edge: RunningLab) -> None:
    edge.patch(edge={"stale_settings": {"clientCertEnabled": False}})
    assert curl(edge, "/", certificate=None).status == 200


def test_connection_stays_usable_after_answers_of_the_app(edge: RunningLab) -> None:
    edge.patch(settings=RENEGOTIATES)
    before = edge.seen()["connections"]
    url = edge.ready.front_end
    given = ["--cacert", edge.ready.ca, "--cert", edge.ready.certificate]
    got = curl_raw(*given, f"{url}/", f"{url}/health", f"{url}/nothing", "-o", "/dev/null", "-o", "/dev/null")
    assert [report["http_code"] for report in got.reports] == [200, 404, 404]
    assert edge.seen()["connections"] == before + 1
