"""What a scanner that does not send the request misses: each is a field of our observation, on real servers."""

import pytest

from probes.model import Observation
from tests.peers.apache import Apache
from tests.peers.apacheconf import Site, Tls
from tests.peers.certs import Pki
from tests.peers.nginx import Nginx
from tests.peers.ours import observe, tls_of


def _answers(seen: Observation) -> tuple[object, ...]:
    tls = tls_of(seen)
    return tls.certificate_request, tls.certificate_sent, seen.outcome, seen.status


@pytest.mark.peer("apache2")
@pytest.mark.parametrize(("tls", "when"), [("1.2", "renegotiation"), ("1.3", "post-handshake")])
@pytest.mark.parametrize("path", ["/", "/?x", "/below"])
def test_a_site_that_asks_on_every_path_is_seen_on_the_root_path_too(
    apache: Apache, pki: Pki, path: str, tls: Tls, when: str
) -> None:
    seen = tls_of(observe(pki, apache.port("root", tls), path).observation)
    assert seen.certificate_request == when
    assert [request.when for request in seen.certificate_requests] == [when]


@pytest.mark.peer("apache2")
@pytest.mark.parametrize(
    ("site", "tls", "when"),
    [
        ("first", "1.2", "handshake"),
        ("first", "1.3", "handshake"),
        ("paths", "1.2", "renegotiation"),
        ("paths", "1.3", "post-handshake"),
    ],
)
def test_two_servers_that_both_require_a_certificate_differ_in_when_they_ask(
    apache: Apache, pki: Pki, site: Site, tls: Tls, when: str
) -> None:
    seen = observe(pki, apache.port(site, tls), "/secure", holder=pki.good).observation
    assert _answers(seen) == (when, "yes", "response", 200)


@pytest.mark.peer("nginx")
def test_a_refusal_in_http_is_not_taken_for_optional(nginx: Nginx, pki: Pki) -> None:
    required = observe(pki, nginx.port("on"), "/").observation
    optional = observe(pki, nginx.port("optional"), "/").observation
    assert _answers(required) == ("handshake", "no", "response", 400)
    assert _answers(optional) == ("handshake", "no", "response", 200)


@pytest.mark.peer("apache2")
def test_a_403_after_the_request_is_not_taken_for_optional(apache: Apache, pki: Pki) -> None:
    port = apache.port("paths", "1.3")
    required = observe(pki, port, "/secure", offer_pha=False).observation
    optional = observe(pki, port, "/optional").observation
    assert _answers(required) == ("none", "no", "response", 403)
    assert _answers(optional) == ("post-handshake", "no", "response", 200)


@pytest.mark.peer("apache2")
@pytest.mark.parametrize("tls", ["1.2", "1.3"])
@pytest.mark.parametrize(
    ("site", "path"), [("paths", "/secure"), ("paths", "/optional"), ("root", "/"), ("first", "/")]
)
def test_what_a_site_asks_for_does_not_change_when_a_certificate_is_given(
    apache: Apache, pki: Pki, site: Site, path: str, tls: Tls
) -> None:
    port = apache.port(site, tls)
    without = tls_of(observe(pki, port, path).observation)
    given = tls_of(observe(pki, port, path, holder=pki.good).observation)
    assert without.certificate_request == given.certificate_request != "none"
    assert [request.answered for request in without.certificate_requests] == ["empty"]
    assert [request.answered for request in given.certificate_requests] == ["certificate"]
    assert without.certificate_requests[0].issuers == given.certificate_requests[0].issuers == (f"CN={pki.ca_name}",)
