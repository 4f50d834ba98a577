"""Apache, asked by curl: when it wants the certificate, how much body it keeps meanwhile, and how it refuses."""

import secrets

import pytest

from tests.peers.apache import Apache
from tests.peers.apacheconf import Site, Tls
from tests.peers.certs import Pki
from tests.peers.curltrace import Alert, CurlTrace, When, curl_trace

pytestmark = pytest.mark.peer("apache2")

_HANDSHAKE_FAILURE, _UNSUPPORTED, _EXPIRED, _UNKNOWN_CA, _CERTIFICATE_REQUIRED = 40, 43, 45, 48, 116
_WAIT = ("-H", "Expect: 100-continue")


def _send(
    apache: Apache, pki: Pki, site: Site, path: str, tls: Tls, *options: str, body: bytes | None = None
) -> CurlTrace:
    return curl_trace("--http1.1", "--cacert", str(pki.ca), *options, apache.url(site, path, tls), body=body)


@pytest.mark.parametrize(
    ("site", "path", "tls", "when"),
    [
        ("paths", "/open", "1.2", "none"),
        ("paths", "/open", "1.3", "none"),
        ("paths", "/secure", "1.2", "renegotiation"),
        ("paths", "/secure", "1.3", "post-handshake"),
        ("paths", "/optional", "1.2", "renegotiation"),
        ("paths", "/optional", "1.3", "post-handshake"),
        ("root", "/", "1.2", "renegotiation"),
        ("root", "/", "1.3", "post-handshake"),
        ("root", "/", "both", "post-handshake"),
        ("first", "/", "1.2", "handshake"),
        ("first", "/", "1.3", "handshake"),
    ],
)
def test_it_asks_at_the_moment_that_the_site_is_named_for(
    apache: Apache, pki: Pki, site: Site, path: str, tls: Tls, when: When
) -> None:
    token = secrets.token_hex(4)
    seen = _send(apache, pki, site, f"{path}?{token}", tls, *pki.good.curl)
    logged = apache.one_access(token)
    assert (seen.status, seen.certificate_request) == (200, when)
    assert apache.asked(logged) == when
    assert seen.certificate_sent is (when != "none")
    assert logged.common_name == ("-" if when == "none" else pki.good.name)
    assert logged.protocol == ("TLSv1.2" if tls == "1.2" else "TLSv1.3")


@pytest.mark.parametrize(
    ("site", "path", "tls", "code"),
    [
        ("paths", "/secure", "1.2", _HANDSHAKE_FAILURE),
        ("paths", "/secure", "1.3", _CERTIFICATE_REQUIRED),
        ("root", "/", "1.2", _HANDSHAKE_FAILURE),
        ("first", "/", "1.2", _HANDSHAKE_FAILURE),
        ("first", "/", "1.3", _CERTIFICATE_REQUIRED),
    ],
)
def test_without_a_certificate_it_ends_in_an_alert_and_no_answer(
    apache: Apache, pki: Pki, site: Site, path: str, tls: Tls, code: int
) -> None:
    seen = _send(apache, pki, site, path, tls)
    assert seen.status is None
    assert Alert("received", "fatal", code) in seen.alerts
    assert seen.certificate_request != "none"
    assert not seen.certificate_sent


@pytest.mark.parametrize("tls", ["1.2", "1.3"])
@pytest.mark.parametrize(
    ("holder", "code"), [("foreign", _UNKNOWN_CA), ("expired", _EXPIRED), ("server_only", _UNSUPPORTED)]
)
def test_a_wrong_certificate_is_named_by_its_alert(
    apache: Apache, pki: Pki, holder: str, code: int, tls: Tls
) -> None:
    seen = _send(apache, pki, "paths", "/secure", tls, *getattr(pki, holder).curl)
    assert seen.certificate_sent
    assert seen.status is None
    assert Alert("received", "fatal", code) in seen.alerts


@pytest.mark.parametrize("tls", ["1.2", "1.3"])
@pytest.mark.parametrize(
    ("path", "limit"), [("/secure", 131_072), ("/limit", 102_400), ("/small", 49_152), ("/nobuf", 0)]
)
def test_a_body_above_the_buffer_is_refused_unless_it_is_held_back(
    apache: Apache, pki: Pki, path: str, limit: int, tls: Tls
) -> None:
    fits = _send(apache, pki, "paths", path, tls, *pki.good.curl, "-H", "Expect:", body=bytes(limit))
    over = _send(apache, pki, "paths", path, tls, *pki.good.curl, "-H", "Expect:", body=bytes(limit + 1))
    held = _send(apache, pki, "paths", path, tls, *pki.good.curl, *_WAIT, body=bytes(limit + 1))
    assert (fits.status, over.status, held.status) == (200, 413, 200)
    assert over.certificate_request == "none"  # decided by Content-Length, before a certificate is asked for
    assert held.continued
    assert f"body-bytes: {limit + 1}\n".encode() in held.body


@pytest.mark.parametrize(("size", "status"), [(1_048_576, 413), (1_048_577, 200)])
def test_curl_waits_by_itself_only_above_one_mebibyte(apache: Apache, pki: Pki, size: int, status: int) -> None:
    seen = _send(apache, pki, "paths", "/limit", "1.2", *pki.good.curl, body=bytes(size))
    assert seen.status == status


@pytest.mark.parametrize("path", ["/open/missing", "/open/mtls-triage-1"])
def test_an_upload_to_a_path_that_does_not_exist_is_a_404(apache: Apache, pki: Pki, path: str) -> None:
    seen = _send(apache, pki, "paths", path, "both", body=bytes(2000))
    assert seen.status == 404
    assert b"body-bytes: 2000\n" in seen.body


def test_over_http2_it_resets_the_stream_and_curl_comes_back_with_http1(apache: Apache, pki: Pki) -> None:
    opened = curl_trace("--cacert", str(pki.ca), apache.url("h2", "/open"))
    assert (opened.status, opened.alpn, opened.connections) == (200, "h2", 1)
    seen = curl_trace("--cacert", str(pki.ca), *pki.good.curl, apache.url("h2", "/secure"))
    assert (seen.status, seen.alpn, seen.connections) == (200, "http/1.1", 2)
    assert "HTTP_1_1_REQUIRED" in seen.text
    assert seen.certificate_request == "post-handshake"


def test_the_app_receives_the_certificate_that_was_sent_and_no_forged_one(apache: Apache, pki: Pki) -> None:
    forged = ("-H", "X-ARR-ClientCert: forged")
    sent = _send(apache, pki, "paths", "/secure/echo", "1.2", *pki.good.curl, *forged)
    pem = pki.good.certificate.read_text().splitlines()
    assert f"X-ARR-CLIENTCERT: {''.join(pem[1:-1])}\n".encode() in sent.body
    none = _send(apache, pki, "paths", "/open/echo", "1.2", *pki.good.curl, *forged)
    assert none.status == 200
    assert b"X-ARR" not in none.body
