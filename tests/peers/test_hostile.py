"""Our probes against servers and proxies that misbehave: each has its own outcome, and none holds us up."""

from contextlib import AbstractContextManager
from typing import Any

import pytest

from tests.peers import badservers
from tests.peers.certs import Pki
from tests.peers.connectproxy import Mode, connect_proxy
from tests.peers.ours import observe, tls_of
from tests.peers.sockets import SocketServer

_SHORT = {"timeout_s": 0.5}


@pytest.mark.parametrize(
    ("peer", "outcome", "awaiting"),
    [
        (badservers.plain_http, "protocol-error", "handshake"),
        (badservers.ssh, "protocol-error", "handshake"),
        (badservers.garbage, "protocol-error", "handshake"),
        (badservers.stall, "timeout", "handshake"),
        (badservers.closes_at_once, "closed", "handshake"),
        (badservers.resets_after_client_hello, "reset", "handshake"),
    ],
)
def test_before_the_handshake_each_fault_has_its_own_outcome(
    pki: Pki, peer: "type[AbstractContextManager[SocketServer]]", outcome: str, awaiting: str
) -> None:
    with peer() as served:
        seen = observe(pki, served.port, "/", settings=_SHORT).observation
    assert (seen.outcome, seen.awaiting, seen.status) == (outcome, awaiting, None)
    assert seen.error is not None
    assert seen.error.message.isprintable()
    assert tls_of(seen).version is None


def test_what_speaks_instead_of_tls_is_named(pki: Pki) -> None:
    said = {}
    for peer in (badservers.plain_http, badservers.ssh, badservers.garbage):
        with peer() as served:
            error = observe(pki, served.port, "/", settings=_SHORT).observation.error
            assert error is not None
            said[peer.__name__] = error.message
    assert "HTTP" in said["plain_http"]
    assert "SSH" in said["ssh"]
    assert len(set(said.values())) == 3


def test_silence_after_the_handshake_is_a_time_out_while_waiting_for_the_answer(pki: Pki) -> None:
    with badservers.stall(pki) as served:
        seen = observe(pki, served.port, "/", settings=_SHORT).observation
    assert (seen.outcome, seen.awaiting) == ("timeout", "response-head")
    assert tls_of(seen).version == "TLSv1.3"


@pytest.mark.parametrize("end", ["reset", "fin"])
@pytest.mark.parametrize("size", [300_000, 8 << 20])
@pytest.mark.parametrize("after", [0, 20_000])
def test_an_early_403_is_never_lost_to_the_reset_behind_it(pki: Pki, after: int, size: int, end: str) -> None:
    with badservers.early_forbidden(after, pki, end="reset" if end == "reset" else "fin") as served:
        for _ in range(5):
            seen = observe(pki, served.port, "/", method="POST", body_bytes=size).observation
            assert (seen.outcome, seen.status) == ("response", 403)
            assert seen.exchanges[-1].body.declared == size
    assert served.accepted == 5


@pytest.mark.parametrize(
    "peer", [badservers.endless_header, badservers.endless_header_line, badservers.endless_informational]
)
def test_a_head_without_an_end_is_cut_off_long_before_the_deadline(pki: Pki, peer: Any) -> None:
    with peer(pki) as served:
        seen = observe(pki, served.port, "/").observation
    # An outcome of its own, and not the time-out that the deadline would have made of it.
    assert (seen.outcome, seen.status) == ("protocol-error", None)


def test_a_body_without_an_end_is_an_answer_that_was_cut(pki: Pki) -> None:
    with badservers.endless_body(pki) as served:
        seen = observe(pki, served.port, "/")
    assert seen.observation.status == 200
    assert seen.observation.exchanges[-1].truncated
    assert len(seen.body) < 4 << 20


def test_a_version_that_the_server_refuses_is_an_alert_of_the_server(pki: Pki) -> None:
    with badservers.modern_only(pki) as served:
        old = observe(pki, served.port, "/", tls="1.2").observation
        free = observe(pki, served.port, "/").observation
    assert old.outcome == "tls-failure"
    assert [(alert.direction, alert.name) for alert in tls_of(old).alerts] == [("received", "protocol_version")]
    assert tls_of(old).client_hello_bytes is not None
    assert (free.status, tls_of(free).version) == (200, "TLSv1.3")


@pytest.mark.peer("openssl")
@pytest.mark.parametrize(("version", "name"), [("1.0", "TLSv1"), ("1.1", "TLSv1.1")])
def test_a_legacy_server_is_reached_by_a_probe_that_is_told_to(pki: Pki, version: str, name: str) -> None:
    with badservers.legacy_only(pki, "1.0" if version == "1.0" else "1.1") as port:
        seen = observe(pki, port, "/", tls=version).observation
        refused = observe(pki, port, "/", tls="1.2").observation
    assert (seen.status, tls_of(seen).version) == (200, name)
    assert refused.outcome == "tls-failure"
    # A server that knows only older versions answers with one of them, and it is the client that refuses.
    assert [(alert.direction, alert.name) for alert in tls_of(refused).alerts] == [("sent", "protocol_version")]
    assert tls_of(refused).client_hello_bytes is not None


@pytest.mark.parametrize(
    ("mode", "outcome", "awaiting"),
    [
        ("refuse", "proxy-failure", "connect"),
        ("stall", "timeout", "connect"),
        ("stall-tunnel", "timeout", "handshake"),
    ],
)
def test_a_proxy_that_does_not_open_the_way_is_the_proxys_fault(
    pki: Pki, mode: Mode, outcome: str, awaiting: str
) -> None:
    with badservers.modern_only(pki) as served, connect_proxy(mode, status=407) as proxy:
        seen = observe(pki, served.port, "/", settings={**_SHORT, "proxy": proxy.url}).observation
    assert (seen.outcome, seen.awaiting, served.accepted) == (outcome, awaiting, 0)
    assert proxy.requests == [f"CONNECT localhost:{served.port} HTTP/1.1"]
    if mode == "refuse":
        assert seen.error is not None
        assert "407" in seen.error.message


def test_through_a_proxy_with_credentials_the_site_is_reached_and_the_password_is_nowhere(pki: Pki) -> None:
    with badservers.modern_only(pki) as served, connect_proxy(credentials="user:s3cret") as proxy:
        url = proxy.url.replace("//", "//user:s3cret@")
        seen = observe(pki, served.port, "/", settings={"proxy": url, "secrets": ("s3cret",)}).observation
    assert seen.status == 200
    assert "s3cret" not in repr(seen)
