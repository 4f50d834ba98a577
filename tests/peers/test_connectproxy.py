"""The proxy passes, refuses, stalls and swallows, seen by curl."""

import pytest

from tests.peers.apache import Apache
from tests.peers.certs import Pki
from tests.peers.connectproxy import connect_proxy
from tests.peers.curltrace import CurlTrace, curl_trace

pytestmark = pytest.mark.peer("apache2")

_WAIT = ("-H", "Expect: 100-continue")


def _send(apache: Apache, pki: Pki, proxy: str, *options: str, body: bytes | None = None) -> CurlTrace:
    url = apache.url("paths", "/secure", "1.2")
    return curl_trace("--http1.1", "--cacert", str(pki.ca), "-x", proxy, *options, url, body=body)


def test_it_passes_a_tunnel_and_tells_who_asked(apache: Apache, pki: Pki) -> None:
    with connect_proxy() as proxy:
        seen = _send(apache, pki, proxy.url, *pki.good.curl)
    assert (seen.statuses, seen.certificate_request) == ([200, 200], "renegotiation")  # the proxy's and Apache's
    assert proxy.requests == [f"CONNECT localhost:{apache.port('paths', '1.2')} HTTP/1.1"]


@pytest.mark.parametrize("status", [403, 407, 502])
def test_it_refuses(apache: Apache, pki: Pki, status: int) -> None:
    with connect_proxy("refuse", status=status) as proxy:
        seen = _send(apache, pki, proxy.url)
    assert (seen.exit_code, seen.status) == (56, status)
    assert seen.version is None


def test_it_demands_credentials_and_takes_the_right_ones(apache: Apache, pki: Pki) -> None:
    with connect_proxy(credentials="user:secret") as proxy:
        assert _send(apache, pki, proxy.url).status == 407
        assert _send(apache, pki, proxy.url, "-U", "user:wrong").status == 407
        assert _send(apache, pki, proxy.url, "-U", "user:secret", *pki.good.curl).statuses == [200, 200]


@pytest.mark.parametrize("mode", ["stall", "stall-tunnel"])
def test_it_stalls(apache: Apache, pki: Pki, mode: str) -> None:
    with connect_proxy("stall" if mode == "stall" else "stall-tunnel") as proxy:
        seen = _send(apache, pki, proxy.url, "--max-time", "0.5")
    assert seen.exit_code == 28
    assert seen.statuses == ([] if mode == "stall" else [200])


def test_it_drops_an_open_tunnel(apache: Apache, pki: Pki) -> None:
    with connect_proxy("drop-tunnel") as proxy:
        seen = _send(apache, pki, proxy.url)
    assert (seen.exit_code, seen.version) == (35, None)


def test_it_never_leaves_this_machine() -> None:
    with connect_proxy() as proxy:
        assert curl_trace("-x", proxy.url, "https://example.invalid/").statuses == [502]


def test_inspecting_it_swallows_the_interim_answer(apache: Apache, pki: Pki) -> None:
    with connect_proxy(inspect=pki, identity=pki.good) as proxy:
        seen = _send(apache, pki, proxy.url, *_WAIT, "--expect100-timeout", "0.5", body=bytes(300_000))
    assert seen.status == 200
    assert proxy.swallowed == 1
    assert not seen.continued
    assert b"body-bytes: 300000\n" in seen.body


def test_inspecting_it_takes_the_client_certificate_away(apache: Apache, pki: Pki) -> None:
    with connect_proxy(inspect=pki) as proxy:
        seen = _send(apache, pki, proxy.url, *pki.good.curl)
    assert (seen.certificate_request, seen.certificate_sent) == ("none", False)
    assert seen.statuses == [200]  # the proxy's own word for the open tunnel; Apache refused the proxy
    assert seen.exit_code != 0
