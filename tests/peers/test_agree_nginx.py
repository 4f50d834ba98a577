"""Our probes and ``curl -v`` see the same of nginx, and nginx's own log says the same."""

import secrets

import pytest

from tests.peers.certs import Pki
from tests.peers.curltrace import curl_trace
from tests.peers.nginx import Nginx, Site
from tests.peers.ours import curl_summary, observe, summary, tls_of

pytestmark = [pytest.mark.peer("nginx"), pytest.mark.peer("curl")]

_TLS = {"1.2": ("--tls-max", "1.2"), "1.3": ("--tlsv1.3",), "free": ()}
_BODIES = [(0, "none"), (2_000, "none"), (300_000, "none"), (300_000, "wait")]


@pytest.mark.parametrize(("size", "expect"), _BODIES, ids=["get", "small", "large", "large-expect"])
@pytest.mark.parametrize("holder", ["none", "good", "foreign", "expired", "server_only"])
@pytest.mark.parametrize("tls", ["1.2", "1.3", "free"])
@pytest.mark.parametrize("site", ["on", "optional", "off"])
def test_the_same_request_is_seen_the_same(
    nginx: Nginx, pki: Pki, site: Site, tls: str, holder: str, size: int, expect: str
) -> None:
    given = None if holder == "none" else getattr(pki, holder)
    token, curl_token = secrets.token_hex(4), secrets.token_hex(4)
    method = "POST" if size else "GET"
    ours = observe(
        pki, nginx.port(site), f"/?{token}", holder=given, method=method, body_bytes=size, expect=expect, tls=tls
    ).observation
    options = [*_TLS[tls], *(given.curl if given else ())]
    options += ["-H", "Expect: 100-continue" if expect == "wait" else "Expect:"]
    url = nginx.url(site, f"/?{curl_token}")
    curl = curl_trace("--http1.1", "--cacert", pki.ca, *options, url, body=bytes(size) if size else None)
    assert summary(ours) == curl_summary(curl), f"{ours.outcome} {ours.error}\n{curl.text}"
    logged, seen = nginx.one_access(token), tls_of(ours)
    assert (logged.status, logged.protocol) == (ours.status, seen.version)
    assert (logged.verify != "NONE") is (seen.certificate_sent == "yes")


def test_over_http2_the_answer_is_the_same(nginx: Nginx, pki: Pki) -> None:
    for holder, status in ((None, 400), (pki.good, 200)):
        token = secrets.token_hex(4)
        seen = observe(pki, nginx.port("h2"), f"/?{token}", holder=holder, http="free").observation
        assert (seen.status, tls_of(seen).alpn, tls_of(seen).certificate_request) == (status, "h2", "handshake")
        assert nginx.one_access(token).http == "HTTP/2.0"


def test_http2_where_there_is_none_is_a_fact_and_not_an_alert_of_the_site(nginx: Nginx, pki: Pki) -> None:
    seen = observe(pki, nginx.port("off"), "/", http="2").observation
    assert seen.outcome == "protocol-error"
    assert seen.error is not None
    assert seen.error.kind == "http2-not-offered"


def test_a_body_limit_without_a_certificate_looks_the_same_with_one(nginx: Nginx, pki: Pki) -> None:
    for holder in (None, pki.good):
        for size, status in ((102_400, 200), (102_401, 413)):
            seen = observe(pki, nginx.port("optional"), "/limit", holder=holder, method="POST", body_bytes=size)
            assert seen.observation.status == status
