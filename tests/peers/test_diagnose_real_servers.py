"""The public ``diagnose`` against servers that we did not write: the verdict is what is true of each."""

import json
from typing import Any

import pytest

from tests.loops.served import run
from tests.peers.apache import Apache
from tests.peers.apacheconf import Site, Tls
from tests.peers.certs import Pki
from tests.peers.nginx import Nginx


def verdict(pki: Pki, url: str, *options: str) -> tuple[int, dict[str, Any]]:
    ended = run("diagnose", url, "--ca", str(pki.ca), "--json", *options)
    assert ended.stdout, ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout)["verdict"]
    return ended.returncode, found


@pytest.mark.parametrize("tls", ["1.2", "1.3", "both"])
@pytest.mark.parametrize(
    ("site", "path", "options", "finding", "confidence"),
    [
        ("paths", "/limit", [], "large-body-renegotiation", "confirmed"),
        ("root", "/", [], "large-body-renegotiation", "confirmed"),
        ("paths", "/limit", ["--as", "requests"], "expect-not-awaited", "confirmed"),
        ("first", "/", [], "healthy", "confirmed"),
    ],
)
def test_apache_with_a_good_certificate(
    pki: Pki, apache: Apache, site: Site, path: str, options: list[str], finding: str, confidence: str, tls: Tls
) -> None:
    status, found = verdict(pki, apache.url(site, path, tls), "--cert", str(pki.good.pem), *options)
    assert (found["finding"], found["confidence"]) == (finding, confidence)
    assert status == (0 if finding == "healthy" else 1)


@pytest.mark.parametrize(
    ("tls", "finding"),
    [
        ("1.2", "expect-not-awaited"),
        ("1.3", "renegotiation-impossible-tls13"),
        ("both", "renegotiation-impossible-tls13"),
    ],
)
def test_a_client_without_post_handshake_authentication_is_stuck_on_tls13(
    pki: Pki, apache: Apache, tls: Tls, finding: str
) -> None:
    _, found = verdict(pki, apache.url("paths", "/limit", tls), "--cert", str(pki.good.pem), "--as", "httpx")
    assert (found["finding"], found["confidence"]) == (finding, "confirmed")
    of = {one["name"]: one["result"] for one in found["clients"]}
    assert of["httpx"] == ("fails" if tls == "1.2" else "fails-at-any-size")
    assert of["requests"] == "fails", "it offers post-handshake authentication, and does not wait"
    assert of["curl"] == "works-if"


def test_apache_lets_a_client_pass_that_sends_nothing(pki: Pki, apache: Apache) -> None:
    _, found = verdict(pki, apache.url("paths", "/optional"))
    assert found["finding"] == "client-sent-no-certificate"


def test_a_certificate_of_a_foreign_ca_is_never_called_healthy(pki: Pki, apache: Apache) -> None:
    status, found = verdict(pki, apache.url("first", "/"), "--cert", str(pki.foreign.pem))
    assert found["finding"] != "healthy"
    assert status != 0


@pytest.mark.parametrize(
    ("site", "holder", "finding"),
    [
        ("on", "good", "healthy"),
        ("on", None, "certificate-missing"),
        ("optional", "good", "healthy"),
        ("optional", None, "client-sent-no-certificate"),
        ("off", "good", "client-certs-disabled"),
        ("h2", "good", "healthy"),
    ],
)
def test_nginx(pki: Pki, nginx: Nginx, site: str, holder: str | None, finding: str) -> None:
    options = ["--cert", str(getattr(pki, holder).pem)] if holder else []
    _, found = verdict(pki, nginx.url(site, "/"), *options)  # type: ignore[arg-type]
    assert found["finding"] == finding


def test_a_server_that_nobody_trusts_is_the_verdict_and_gets_no_certificate(pki: Pki, apache: Apache) -> None:
    ended = run("diagnose", apache.url("first", "/"), "--json", "--cert", str(pki.good.pem))
    case = json.loads(ended.stdout)
    assert case["verdict"]["finding"] == "server-certificate-untrusted"
    assert {one["tls"]["certificate_sent"] for one in case["observations"] if one["tls"]} <= {"no", "unknown"}
