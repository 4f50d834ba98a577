"""Our probes and ``curl -v`` see the same of Apache, and Apache's own logs say the same."""

import secrets
import subprocess

import pytest

from probes.model import Observation
from tests.peers.apache import Apache
from tests.peers.apacheconf import Site, Tls
from tests.peers.certs import Pki
from tests.peers.curltrace import curl_trace
from tests.peers.daemon import until
from tests.peers.need import need
from tests.peers.ours import curl_summary, observe, summary, tls_of

pytestmark = [pytest.mark.peer("apache2"), pytest.mark.peer("curl")]

_PLACES: list[tuple[Site, str]] = [
    ("paths", "/open"),
    ("paths", "/secure"),
    ("paths", "/optional"),
    ("root", "/"),
    ("root", "/below"),
    ("first", "/"),
]
_BODIES = [(0, "none"), (2_000, "none"), (300_000, "none"), (300_000, "wait")]


@pytest.mark.parametrize(("size", "expect"), _BODIES, ids=["get", "small", "large", "large-expect"])
@pytest.mark.parametrize("holder", ["none", "good", "foreign", "expired", "server_only"])
@pytest.mark.parametrize("tls", ["1.2", "1.3"])
@pytest.mark.parametrize(("site", "path"), _PLACES)
def test_the_same_request_is_seen_the_same(
    apache: Apache, pki: Pki, site: Site, path: str, tls: Tls, holder: str, size: int, expect: str
) -> None:
    given = None if holder == "none" else getattr(pki, holder)
    token, curl_token = secrets.token_hex(4), secrets.token_hex(4)
    method = "POST" if size else "GET"
    ours = observe(
        pki, apache.port(site, tls), f"{path}?{token}", holder=given, method=method, body_bytes=size, expect=expect
    ).observation
    options = [*(given.curl if given else ()), "-H", "Expect: 100-continue" if expect == "wait" else "Expect:"]
    url = apache.url(site, f"{path}?{curl_token}", tls)
    curl = curl_trace("--http1.1", "--cacert", pki.ca, *options, url, body=bytes(size) if size else None)
    assert summary(ours) == curl_summary(curl), f"{ours.outcome} {ours.error}\n{curl.text}"
    _agrees_with_the_logs(apache, ours, token)


@pytest.mark.parametrize("holder", ["none", "good", "foreign"])
@pytest.mark.parametrize("tls", ["1.2", "1.3"])
@pytest.mark.parametrize(("site", "path"), _PLACES)
def test_without_the_message_callback_nothing_is_said_that_curl_does_not_say(
    apache: Apache, pki: Pki, site: Site, path: str, tls: Tls, holder: str
) -> None:
    given = None if holder == "none" else getattr(pki, holder)
    ours = observe(pki, apache.port(site, tls), path, holder=given, settings={"use_messages": False}).observation
    options = given.curl if given else []
    curl = curl_summary(curl_trace("--http1.1", "--cacert", pki.ca, *options, apache.url(site, path, tls)))
    assert tls_of(ours).seen_by == "state-callback"
    assert summary(ours) == curl, f"{ours.outcome} {ours.error}"


def _agrees_with_the_logs(apache: Apache, ours: Observation, token: str) -> None:
    tls = tls_of(ours)
    if ours.status is None and tls.certificate_request == "handshake":
        assert apache.access(token) == []  # refused before the request was read
        return
    logged = apache.one_access(token)
    assert apache.asked(logged) == tls.certificate_request
    if ours.status is None:
        # The log has an answer, which TLS kept from leaving.
        assert logged.ended == "X"
        return
    assert (logged.status, logged.protocol) == (ours.status, tls.version)
    assert (logged.verify == "SUCCESS") is (tls.certificate_sent == "yes")
    if ours.status == 200:
        assert logged.received > ours.exchanges[-1].body.written == ours.probe.body_bytes


@pytest.mark.parametrize("tls", ["1.2", "1.3"])
@pytest.mark.parametrize(("path", "limit"), [("/limit", 102_400), ("/small", 49_152), ("/secure", 131_072)])
def test_the_edge_of_the_buffer_is_seen_to_the_byte(
    apache: Apache, pki: Pki, path: str, limit: int, tls: Tls
) -> None:
    port = apache.port("paths", tls)
    fits = observe(pki, port, path, holder=pki.good, method="POST", body_bytes=limit).observation
    over = observe(pki, port, path, holder=pki.good, method="POST", body_bytes=limit + 1).observation
    assert (fits.status, over.status) == (200, 413)
    assert tls_of(over).certificate_request == "none"


@pytest.mark.parametrize("tls", ["1.2", "1.3"])
def test_a_head_first_takes_the_certificate_along_for_the_upload(apache: Apache, pki: Pki, tls: Tls) -> None:
    token = secrets.token_hex(4)
    port = apache.port("paths", tls)
    seen = observe(
        pki, port, f"/limit?{token}", holder=pki.good, method="POST", body_bytes=300_000, head_first=True
    ).observation
    apache.one_access(token)
    until(lambda: len(apache.access(token)) == 2 or None, "both requests in the log")
    first, second = apache.access(token)
    assert [exchange.status for exchange in seen.exchanges] == [200, 200] == [first.status, second.status]
    assert [first.method, second.method] == ["HEAD", "POST"]
    assert first.client_port == second.client_port
    assert len(tls_of(seen).certificate_requests) == 1


@pytest.mark.parametrize("tls", ["1.2", "1.3"])
@pytest.mark.parametrize(
    ("size", "writes", "status"), [(300_000, "separate", 403), (2_000, "separate", 403), (2_000, "together", 200)]
)
def test_an_expect_that_is_not_awaited_is_refused_unless_the_body_rides_in_the_same_record(
    apache: Apache, pki: Pki, size: int, writes: str, status: int, tls: Tls
) -> None:
    token = secrets.token_hex(4)
    port = apache.port("paths", tls)
    seen = observe(
        pki,
        port,
        f"/secure?{token}",
        holder=pki.good,
        method="POST",
        body_bytes=size,
        expect="header-only",
        writes=writes,
    ).observation
    assert seen.status == status == apache.one_access(token).status
    assert seen.exchanges[-1].continue_.state == "not-awaited"


def test_a_refused_renegotiation_is_two_alerts_and_no_certificate_request(apache: Apache, pki: Pki) -> None:
    token = secrets.token_hex(4)
    seen = observe(
        pki, apache.port("paths", "1.2"), f"/secure?{token}", holder=pki.good, renegotiate=False
    ).observation
    tls = tls_of(seen)
    assert (tls.renegotiation, tls.certificate_request, tls.certificate_sent) == ("refused", "none", "no")
    assert [(alert.direction, alert.level, alert.name) for alert in tls.alerts] == [
        ("sent", "warning", "no_renegotiation"),
        ("received", "fatal", "handshake_failure"),
    ]
    logged = apache.one_access(token)
    assert logged.status == 403
    assert any("AH02226: Awaiting re-negotiation" in line for line in apache.errors(logged))


def test_without_the_offer_of_post_handshake_authentication_it_is_a_403(apache: Apache, pki: Pki) -> None:
    token = secrets.token_hex(4)
    seen = observe(pki, apache.port("paths", "1.3"), f"/secure?{token}", holder=pki.good, offer_pha=False)
    tls = tls_of(seen.observation)
    assert (seen.observation.status, tls.certificate_request, tls.alerts) == (403, "none", ())
    assert b"Cannot perform Post-Handshake Authentication" in seen.body
    logged = apache.one_access(token)
    assert logged.status == 403
    assert any("AH10158" in line for line in apache.errors(logged))


@pytest.mark.parametrize("tls", ["1.2", "1.3"])
@pytest.mark.parametrize("size", [0, 300_000])
def test_over_http2_the_stream_is_reset_with_http_1_1_required(apache: Apache, pki: Pki, size: int, tls: Tls) -> None:
    port = apache.port("h2", tls)
    method = "POST" if size else "GET"
    opened = observe(pki, port, "/open", http="2", method=method, body_bytes=size).observation
    assert (opened.status, tls_of(opened).alpn) == (200, "h2")
    seen = observe(pki, port, "/secure", http="2", holder=pki.good, method=method, body_bytes=size).observation
    assert (seen.outcome, seen.status) == ("stream-reset", None)
    assert seen.error is not None
    assert "HTTP_1_1_REQUIRED" in seen.error.message
    assert tls_of(seen).certificate_request == "none"


def test_the_names_of_the_acceptable_cas_are_those_that_openssl_reads(apache: Apache, pki: Pki) -> None:
    port = apache.port("first", "1.2")
    seen = tls_of(observe(pki, port, "/", holder=pki.good).observation)
    assert [list(request.issuers) for request in seen.certificate_requests] == [[f"CN={pki.ca_name}"]]
    command = [need("openssl"), "s_client", "-connect", f"127.0.0.1:{port}"]
    done = subprocess.run(command, input=b"", capture_output=True, timeout=10, check=False)
    names = done.stdout.decode().partition("Acceptable client certificate CA names\n")[2].splitlines()
    assert names[0].replace(" ", "") == f"CN={pki.ca_name}".replace(" ", "")


def test_the_script_behind_received_the_certificate_that_was_sent(apache: Apache, pki: Pki) -> None:
    seen = observe(pki, apache.port("paths", "1.2"), "/secure/echo", holder=pki.good)
    pem = pki.good.certificate.read_text().splitlines()
    assert f"X-ARR-CLIENTCERT: {''.join(pem[1:-1])}\n".encode() in seen.body
