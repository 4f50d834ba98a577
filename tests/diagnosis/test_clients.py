"""What the same observations say of each client, from its properties alone."""

import msgspec

from probes.diagnosis import verdict
from probes.model import Case, Continue, CredentialFacts, Observation
from probes.personas import CLIENTS
from tests.diagnosis.build import DISABLED, EXCLUDED, REQUIRED, Site, make_case
from tui.commands.options import CLIENTS as NAMES

LATE = Site(when="renegotiation", tls13=False)


def results(case: Case) -> dict[str, str]:
    return {line.name: line.result for line in verdict(case).clients}


LATE_RESULTS = {
    "curl": "works-if",
    "curl-7.68": "works",
    "postman": "fails",
    "dotnet-framework": "works",
    "dotnet": "works-if",
    "java": "works-if",
    "go": "fails-at-any-size",
    "node": "fails",
    "axios": "fails",
    "requests": "fails",
    "httpx": "fails",
    "aiohttp": "works-if",
    "browser": "fails",
    "envoy": "fails-at-any-size",
    "rustls": "fails-at-any-size",
}


def test_a_late_front_end_hits_each_client_in_its_own_way() -> None:
    assert results(make_case(LATE, config=EXCLUDED)) == LATE_RESULTS


def test_a_client_with_its_own_threshold_is_spared_only_where_smaller_bodies_get_through() -> None:
    only = ["get-own", "get-12", "post-large", "post-large-wait", "post-large-own"]
    not_tried = results(make_case(LATE, config=EXCLUDED, only=only))
    assert not_tried["curl-7.68"] == "works-if"
    assert not_tried["dotnet-framework"] == "works"


def test_expect_is_never_advised_to_a_client_that_does_not_wait() -> None:
    for line in verdict(make_case(LATE, config=EXCLUDED)).clients:
        if not CLIENTS[line.name].waits and CLIENTS[line.name].renegotiates:
            assert "send Expect: 100-continue" not in line.because
            assert "HEAD" in line.because
            asked = CLIENTS[line.name].expect_on_request
            assert line.finding == ("expect-not-awaited" if asked else "large-body-renegotiation")


def test_a_client_of_little_patience_is_not_spared_by_a_slow_site() -> None:
    case = make_case(LATE, config=EXCLUDED)
    slow = tuple(_answered_late(seen, 400.0) for seen in case.observations)
    found = results(msgspec.structs.replace(case, observations=slow))
    assert found["dotnet-framework"] == "works-if"
    assert found["dotnet"] == "works-if"
    lines = {line.name: line for line in verdict(msgspec.structs.replace(case, observations=slow)).clients}
    assert "350 ms" in lines["dotnet-framework"].because
    assert "must be told" in lines["dotnet"].because


def _answered_late(seen: Observation, waited_ms: float) -> Observation:
    if seen.probe.expect != "wait" or not seen.exchanges:
        return seen
    turn = msgspec.structs.replace(seen.exchanges[-1], continue_=Continue(state="received", waited_ms=waited_ms))
    return msgspec.structs.replace(seen, exchanges=(turn,))


def test_where_waiting_does_not_help_nobody_is_told_to_wait() -> None:
    lines = verdict(make_case(Site(when="renegotiation", tls13=False, waits_help=False), config=EXCLUDED)).clients
    assert all("told to send" not in line.because for line in lines)


def test_asked_in_the_handshake_every_client_works() -> None:
    assert set(results(make_case(Site(), config=REQUIRED)).values()) == {"works"}


def test_post_handshake_fails_clients_that_do_not_offer_it() -> None:
    found = results(make_case(Site(when="renegotiation")))
    hit = {name for name, one in CLIENTS.items() if not one.offers_pha and one.tls != "1.2"}
    assert {name for name, result in found.items() if result == "fails-at-any-size"} == hit
    assert {"httpx", "java", "browser"} <= hit
    assert {"curl", "requests", "dotnet"} & hit == set()


def test_a_site_that_never_asks_fails_all() -> None:
    assert set(results(make_case(Site(when="none", insists=False), config=DISABLED)).values()) == {
        "fails-at-any-size"
    }


def test_without_observations_or_certificate_nothing_is_said_of_clients() -> None:
    assert set(results(make_case(Site(), only=())).values()) == {"unknown"}
    assert set(results(make_case(Site(), config=REQUIRED, credential=CredentialFacts())).values()) == {"unknown"}


def test_tls13_alone_fails_all_that_speak_it_and_says_what_would_help() -> None:
    case = make_case(Site(when="renegotiation", tls13_asks=False, insists=False))
    lines = {line.name: line for line in verdict(case).clients}
    framework = lines.pop("dotnet-framework")
    assert {line.finding for line in lines.values()} == {"renegotiation-impossible-tls13"}
    assert all("TLS 1.2" in line.because for line in lines.values())
    assert framework.finding != "renegotiation-impossible-tls13"


def test_authorities_that_the_site_names_hit_those_that_obey_the_list() -> None:
    case = make_case(Site(), config=REQUIRED, credential=CredentialFacts(kind="pem", issuers=("CN=ours",)))
    seen = tuple(_naming(one, ("CN=theirs",)) for one in case.observations)
    found = results(msgspec.structs.replace(case, observations=seen))
    hit = {name for name, result in found.items() if result == "fails-at-any-size"}
    assert hit == {name for name, one in CLIENTS.items() if one.obeys_ca_list}
    assert "java" in hit
    assert "curl" not in hit


def _naming(seen: Observation, issuers: tuple[str, ...]) -> Observation:
    if seen.tls is None:
        return seen
    requests = tuple(msgspec.structs.replace(one, issuers=issuers) for one in seen.tls.certificate_requests)
    return msgspec.structs.replace(seen, tls=msgspec.structs.replace(seen.tls, certificate_requests=requests))


def test_the_command_line_offers_every_client_that_is_known() -> None:
    assert list(CLIENTS) == list(NAMES)
