"""What the same observations say of each client, from its properties alone."""

from probes.diagnosis import verdict
from probes.model import Case, CredentialFacts
from tests.diagnosis.build import DISABLED, EXCLUDED, REQUIRED, Site, make_case

LATE = Site(when="renegotiation", tls13=False)


def results(case: Case) -> dict[str, str]:
    return {line.name: line.result for line in verdict(case).clients}


def test_a_late_front_end_hits_each_client_in_its_own_way() -> None:
    assert results(make_case(LATE, config=EXCLUDED)) == {
        "curl": "works-if",
        "postman": "fails",
        "httpx": "fails",
        "go": "fails-at-any-size",
        "dotnet": "works-if",
    }


def test_expect_is_never_advised_to_a_client_that_does_not_wait() -> None:
    for line in verdict(make_case(LATE, config=EXCLUDED)).clients:
        if line.name in ("postman", "httpx"):
            assert "send Expect" not in line.because
            assert line.finding == "expect-not-awaited"
            assert "HEAD" in line.because


def test_where_waiting_does_not_help_nobody_is_told_to_wait() -> None:
    lines = verdict(make_case(Site(when="renegotiation", tls13=False, waits_help=False), config=EXCLUDED)).clients
    assert all("told to send" not in line.because for line in lines)


def test_asked_in_the_handshake_every_client_works() -> None:
    assert set(results(make_case(Site(), config=REQUIRED)).values()) == {"works"}


def test_post_handshake_fails_clients_that_do_not_offer_it() -> None:
    found = results(make_case(Site(when="post-handshake")))
    assert {name for name, result in found.items() if result == "fails-at-any-size"} == {"postman", "httpx", "go"}


def test_a_site_that_never_asks_fails_all() -> None:
    assert set(results(make_case(Site(when="none", insists=False), config=DISABLED)).values()) == {
        "fails-at-any-size"
    }


def test_without_observations_or_certificate_nothing_is_said_of_clients() -> None:
    assert set(results(make_case(Site(), only=())).values()) == {"unknown"}
    assert set(results(make_case(Site(), config=REQUIRED, credential=CredentialFacts())).values()) == {"unknown"}


def test_tls13_alone_fails_all_and_says_what_would_help() -> None:
    case = make_case(Site(when="renegotiation", tls13_asks=False, insists=False))
    lines = verdict(case).clients
    assert {line.finding for line in lines} == {"renegotiation-impossible-tls13"}
    assert all("TLS 1.2" in line.because for line in lines)
