"""nginx, asked by curl: the handshake goes well and the refusal is an HTTP answer."""

import secrets

import pytest

from tests.peers.certs import Pki
from tests.peers.curltrace import CurlTrace, curl_trace
from tests.peers.nginx import Nginx, Site

pytestmark = pytest.mark.peer("nginx")

_TLS = {"1.2": ("--tls-max", "1.2"), "1.3": ("--tlsv1.3",)}


def _send(nginx: Nginx, pki: Pki, site: Site, path: str, *options: str, body: bytes | None = None) -> CurlTrace:
    return curl_trace("--http1.1", "--cacert", str(pki.ca), *options, nginx.url(site, path), body=body)


@pytest.mark.parametrize("tls", ["1.2", "1.3"])
@pytest.mark.parametrize("body", [None, bytes(300_000)])
def test_without_a_certificate_it_answers_400_after_a_good_handshake(
    nginx: Nginx, pki: Pki, tls: str, body: bytes | None
) -> None:
    token = secrets.token_hex(4)
    seen = _send(nginx, pki, "on", f"/?{token}", *_TLS[tls], body=body)
    assert (seen.status, seen.certificate_request, seen.alerts) == (400, "handshake", [])
    assert not seen.certificate_sent
    assert b"No required SSL certificate was sent" in seen.body
    logged = nginx.one_access(token)
    assert (logged.verify, logged.status, logged.protocol) == ("NONE", 400, f"TLSv{tls}")


@pytest.mark.parametrize("tls", ["1.2", "1.3"])
@pytest.mark.parametrize("site", ["on", "optional"])
@pytest.mark.parametrize("holder", ["foreign", "expired", "server_only"])
def test_a_wrong_certificate_is_a_400_too(nginx: Nginx, pki: Pki, holder: str, site: Site, tls: str) -> None:
    token = secrets.token_hex(4)
    seen = _send(nginx, pki, site, f"/?{token}", *_TLS[tls], *getattr(pki, holder).curl)
    assert (seen.status, seen.certificate_sent, seen.alerts) == (400, True, [])
    assert b"The SSL certificate error" in seen.body
    assert nginx.one_access(token).verify.startswith("FAILED:")


@pytest.mark.parametrize("site", ["on", "optional"])
@pytest.mark.parametrize("tls", ["1.2", "1.3"])
def test_a_good_certificate_is_verified_and_forwarded(nginx: Nginx, pki: Pki, site: Site, tls: str) -> None:
    token = secrets.token_hex(4)
    seen = _send(nginx, pki, site, f"/?{token}", *_TLS[tls], *pki.good.curl)
    assert (seen.status, seen.certificate_request, seen.certificate_sent) == (200, "handshake", True)
    assert b"X-ARR-ClientCert: -----BEGIN%20CERTIFICATE-----" in seen.body
    logged = nginx.one_access(token)
    assert (logged.verify, logged.subject) == ("SUCCESS", f"CN={pki.good.name}")


def test_optional_lets_a_client_pass_that_has_no_certificate(nginx: Nginx, pki: Pki) -> None:
    token = secrets.token_hex(4)
    seen = _send(nginx, pki, "optional", f"/?{token}")
    assert (seen.status, seen.certificate_request, seen.certificate_sent) == (200, "handshake", False)
    assert nginx.one_access(token).verify == "NONE"


def test_off_never_asks(nginx: Nginx, pki: Pki) -> None:
    seen = _send(nginx, pki, "off", "/", *pki.good.curl)
    assert (seen.status, seen.certificate_request, seen.certificate_sent) == (200, "none", False)


def test_a_body_limit_of_its_own_refuses_with_413_with_and_without_expect(nginx: Nginx, pki: Pki) -> None:
    assert _send(nginx, pki, "off", "/limit", "-H", "Expect:", body=bytes(102_400)).status == 200
    assert _send(nginx, pki, "off", "/limit", "-H", "Expect:", body=bytes(102_401)).status == 413
    assert _send(nginx, pki, "off", "/limit", "-H", "Expect: 100-continue", body=bytes(102_401)).status == 413


def test_an_upload_is_read_to_its_end_and_answered(nginx: Nginx, pki: Pki) -> None:
    token = secrets.token_hex(4)
    seen = _send(nginx, pki, "on", f"/{token}", *pki.good.curl, "-H", "Expect: 100-continue", body=bytes(300_000))
    assert (seen.status, seen.continued) == (200, True)
    assert b"body-bytes: 300000\n" in seen.body
    assert nginx.one_access(token).received > 300_000


def test_an_upload_to_a_path_that_does_not_exist_is_a_404(nginx: Nginx, pki: Pki) -> None:
    assert _send(nginx, pki, "off", "/x/mtls-triage-1", body=bytes(2000)).status == 404


def test_it_speaks_http2_on_its_own_port(nginx: Nginx, pki: Pki) -> None:
    token = secrets.token_hex(4)
    seen = curl_trace("--cacert", str(pki.ca), *pki.good.curl, nginx.url("h2", f"/?{token}"))
    assert (seen.status, seen.alpn) == (200, "h2")
    assert nginx.one_access(token).http == "HTTP/2.0"
