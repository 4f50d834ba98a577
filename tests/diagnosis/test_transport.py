"""Findings about the way, the handshake and the asking: what makes each hold, refuted or unknown.

The cases are imagined; that a server really does so is shown by the closed loops.
"""

from typing import Any

import msgspec
import pytest

from probes.diagnosis import evaluate, render, unknowns, verdict
from probes.model import (
    Alert,
    Answer,
    Case,
    CertificateRequest,
    Connection,
    CredentialFacts,
    Echo,
    ErrorFacts,
    ForwardedCertificate,
    Judged,
    Observation,
    SiteConfig,
    TlsFacts,
)
from probes.model.observation import ServerCertificate, Verification
from probes.model.siteconfig import HostBinding
from probes.plan import PlanRequest, standard_plan
from tests.diagnosis.build import EXCLUDED, GIVEN, INTERACTIVE, OPTIONAL, REQUIRED, Site, make_case, observe

LATE = Site(when="renegotiation", tls13=False)
CUSTOM = "https://shop.contoso.example"
PRIVATE_LINK = "contoso.privatelink.azurewebsites.net"
OURS = msgspec.structs.replace(GIVEN, issuers=("CN=ours",))


def changed(case: Case, probe: str, **more: Any) -> Case:
    """Return the case with the observations of one probe changed."""
    seen = tuple(msgspec.structs.replace(one, **more) if one.probe.id == probe else one for one in case.observations)
    return msgspec.structs.replace(case, observations=seen)


def with_tls(case: Case, **more: Any) -> Case:
    """Return the case with the TLS facts of every observation changed."""
    seen = tuple(
        msgspec.structs.replace(one, tls=msgspec.structs.replace(one.tls, **more)) if one.tls else one
        for one in case.observations
    )
    return msgspec.structs.replace(case, observations=seen)


def told(case: Case, node: str, answer: str) -> Case:
    return msgspec.structs.replace(case, answers=(Answer(node=node, answer=answer, by="option"),))


def dead(outcome: str, connection: Connection | None = None, kind: str = "refused") -> Case:
    case = make_case(Site(), config=REQUIRED)
    gone = {"outcome": outcome, "tls": None, "status": None, "exchanges": (), "echo": None, "judged": Judged()}
    error = ErrorFacts(kind=kind, message="what was said")
    seen = tuple(
        msgspec.structs.replace(one, **gone, error=error, connection=connection, awaiting="connect")
        for one in case.observations
    )
    return msgspec.structs.replace(case, observations=seen)


@pytest.mark.parametrize("outcome", ["dns-failure", "connect-failure", "timeout"])
def test_nobody_answers(outcome: str) -> None:
    found = verdict(dead(outcome))
    assert (found.finding, found.also) == ("network-unreachable", ())
    assert {line.result for line in found.clients} == {"unknown"}


def test_one_connection_is_enough_to_say_that_somebody_answers() -> None:
    case = dead("connect-failure")
    seen = (make_case(Site()).observations[0], *case.observations[1:])
    assert evaluate("network-unreachable", msgspec.structs.replace(case, observations=seen)).state == "refuted"
    assert evaluate("network-unreachable", msgspec.structs.replace(case, observations=())).state == "unknown"


def test_a_silence_after_the_connection_is_not_the_network() -> None:
    case = make_case(Site(), only=["get-own"])
    assert evaluate("network-unreachable", changed(case, "get-own", outcome="timeout")).state == "refuted"


@pytest.mark.parametrize(
    ("connection", "kind", "words"),
    [
        (
            Connection(addresses=("10.1.2.3",), canonical_name=PRIVATE_LINK),
            "x",
            "private address",
        ),
        (
            Connection(addresses=("20.1.2.3",), canonical_name=PRIVATE_LINK),
            "x",
            "zone is not used",
        ),
        (Connection(addresses=("10.1.2.3",)), "x", "over a VPN"),
        (Connection(addresses=("127.0.0.1",)), "refused", "nobody listens"),
        (Connection(addresses=("20.1.2.3",)), "deadline", "a firewall or a route"),
    ],
)
def test_the_text_says_what_the_address_itself_says(connection: Connection, kind: str, words: str) -> None:
    cause = render("network-unreachable", dead("connect-failure", connection, kind)).cause
    assert words in cause
    assert connection.addresses[0] in cause


def trusted_here(host: str, config: SiteConfig = REQUIRED, leaf: ServerCertificate | None = None) -> Case:
    case = make_case(Site(), config=config, scheme_host=host)
    return with_tls(case, verification=Verification(ok=True, trusted_by="system"), server_certificate=leaf)


def test_a_default_host_has_a_public_certificate_or_somebody_stands_between() -> None:
    found = verdict(trusted_here("https://contoso.azurewebsites.net"))
    assert (found.finding, found.confidence, found.also) == ("tls-inspection-proxy", "confirmed", ())
    assert {line.result for line in found.clients} == {"unknown"}


def test_it_suspends_everything_also_when_told_to_go_on() -> None:
    case = with_tls(
        make_case(LATE, config=EXCLUDED, insecure=True), verification=Verification(ok=True, trusted_by="system")
    )
    assert verdict(case).finding == "tls-inspection-proxy"
    assert verdict(case).also == ()


def test_on_a_custom_domain_the_user_is_asked() -> None:
    case = trusted_here(CUSTOM)
    assert evaluate("tls-inspection-proxy", case).state == "unknown"
    assert verdict(case).finding == "healthy"
    assert any("who-answers" in line.how_to_get for line in unknowns(case))
    assert verdict(told(case, "who-answers", "a proxy that opens TLS")).finding == "tls-inspection-proxy"
    assert verdict(told(case, "who-answers", "a proxy that opens TLS")).confidence == "likely"
    assert evaluate("tls-inspection-proxy", told(case, "who-answers", "it is")).state == "refuted"


@pytest.mark.parametrize(("bound", "state"), [("AB12", "refuted"), ("CD34", "holds")])
def test_the_binding_in_the_settings_decides(bound: str, state: str) -> None:
    binding = HostBinding(name="shop.contoso.example", ssl_state="SniEnabled", thumbprint=bound)
    config = msgspec.structs.replace(REQUIRED, host_bindings=(binding,))
    leaf = ServerCertificate(subject="CN=shop", issuer="CN=somebody", thumbprint_sha1="AB12")
    assert evaluate("tls-inspection-proxy", trusted_here(CUSTOM, config, leaf)).state == state


@pytest.mark.parametrize("by", ["given", "public", "none"])
def test_other_roots_are_no_proxy(by: str) -> None:
    case = with_tls(make_case(Site()), verification=Verification(ok=True, trusted_by=by))  # type: ignore[arg-type]
    assert evaluate("tls-inspection-proxy", case).state == "refuted"


def held(tls: str = "1.2", ciphers: str | None = None, **refusal: Any) -> Case:
    """Return a case whose own request was refused at its ClientHello; all else went through."""
    site = Site()
    request = PlanRequest(
        url="https://contoso.azurewebsites.net/",
        identity="given",
        own_tls=tls,  # type: ignore[arg-type]
        own_ciphers=ciphers,
    )
    base = make_case(site, config=REQUIRED)
    seen = [observe(site, probe, number) for number, probe in enumerate(standard_plan(request).probes, 1)]
    facts = {"client_hello_bytes": 200, "alerts": (received("protocol_version"),), **refusal}
    refused: dict[str, Any] = {"outcome": "tls-failure", "tls": TlsFacts(**facts), "status": None, "exchanges": ()}
    own = [one.probe.tls == tls and ciphers in (None, one.probe.ciphers) for one in seen]
    run = msgspec.structs.replace(base.run, own_tls=tls, own_ciphers=ciphers)
    seen = [msgspec.structs.replace(one, **refused) if mine else one for one, mine in zip(seen, own, strict=True)]
    return msgspec.structs.replace(base, run=run, observations=tuple(seen))


def received(name: str) -> Alert:
    return Alert(at_ms=1.0, direction="received", level="fatal", name=name)


def test_a_version_that_is_refused_while_a_newer_one_works() -> None:
    assert verdict(held()).finding == "tls-version-refused"
    assert verdict(held()).confidence == "confirmed"
    assert evaluate("tls-version-refused", held(alerts=())).strength == "settings"
    assert "TLS 1.2" in render("tls-version-refused", held()).cause


@pytest.mark.parametrize("local", [{"client_hello_bytes": None}, {"version": "TLSv1.2"}])
def test_what_this_machine_refuses_is_not_the_sites(local: dict[str, Any]) -> None:
    assert evaluate("tls-version-refused", held(**local)).state == "refuted"


def test_without_a_newer_version_that_works_it_is_not_known() -> None:
    case = held()
    only = tuple(one for one in case.observations if one.tls and one.tls.version is None)
    assert evaluate("tls-version-refused", msgspec.structs.replace(case, observations=only)).state == "unknown"


def test_a_client_left_free_is_never_refused_for_its_version() -> None:
    assert evaluate("tls-version-refused", make_case(Site())).state == "refuted"


def test_a_suite_that_is_refused_while_others_work_on_that_version() -> None:
    case = held(ciphers="AES128-SHA", alerts=(received("handshake_failure"),))
    assert verdict(case).finding == "cipher-refused"
    assert evaluate("tls-version-refused", case).state == "refuted"
    version = held(ciphers="AES128-SHA")
    assert evaluate("cipher-refused", version).state != "holds"


def test_a_client_that_sends_nothing_special_has_no_refused_suites() -> None:
    assert evaluate("cipher-refused", make_case(Site())).state == "refuted"


def refusing_tls(name: str, *, asked: bool) -> Case:
    requests = (CertificateRequest(when="handshake", answered="certificate"),) if asked else ()
    tls = TlsFacts(version="TLSv1.3", certificate_requests=requests, alerts=(received(name),))
    return changed(make_case(Site(), config=REQUIRED), "get-own", outcome="tls-failure", tls=tls, status=None)


@pytest.mark.parametrize("name", ["unknown_ca", "certificate_required", "handshake_failure", "certificate_expired"])
def test_an_alert_after_the_certificate_was_asked_for(name: str) -> None:
    assert verdict(refusing_tls(name, asked=True)).finding == "certificate-required-alert"
    assert evaluate("certificate-required-alert", refusing_tls(name, asked=False)).state == "unknown"
    assert evaluate("certificate-required-alert", refusing_tls("internal_error", asked=True)).state == "unknown"


def test_a_client_that_refuses_to_be_asked_late() -> None:
    case = make_case(LATE, config=EXCLUDED, client="go")
    assert verdict(case).finding == "renegotiation-refused-by-client"
    assert [other.finding for other in verdict(case).also] == ["large-body-renegotiation"]
    assert evaluate("renegotiation-refused-by-client", make_case(LATE, config=EXCLUDED)).state == "unknown"
    assert evaluate("renegotiation-refused-by-client", make_case(LATE, config=EXCLUDED, client="curl")).state == (
        "refuted"
    )


def over_h2(case: Case, **more: Any) -> Case:
    own = next(one for one in case.observations if one.probe.id == "get-own")
    assert own.tls
    tls = msgspec.structs.replace(own.tls, alpn="h2", certificate_request="none", certificate_requests=())
    return changed(case, "get-own", tls=tls, **more)


def test_never_asked_on_http2_and_asked_on_http11() -> None:
    case = over_h2(make_case(LATE, config=EXCLUDED))
    assert evaluate("renegotiation-impossible-http2", case).holds
    assert evaluate("renegotiation-impossible-http2", make_case(LATE, config=EXCLUDED)).state == "refuted"
    assert evaluate("renegotiation-impossible-http2", over_h2(make_case(Site(tls13=False)))).state == "refuted"


def test_a_client_that_goes_back_to_http11_is_not_hit_by_the_demand() -> None:
    demand = ErrorFacts(kind="HTTP_1_1_REQUIRED", message="use HTTP/1.1")
    for client, state in (("go", "holds"), ("curl", "refuted"), (None, "holds")):
        case = over_h2(
            make_case(LATE, config=EXCLUDED, client=client), outcome="stream-reset", status=None, error=demand
        )
        assert evaluate("renegotiation-impossible-http2", case).state == state


def listing(names: tuple[str, ...], client: str | None, credential: CredentialFacts = OURS) -> Case:
    case = make_case(Site(), config=REQUIRED, client=client, credential=credential)
    return with_tls(
        case, certificate_requests=(CertificateRequest(when="handshake", issuers=names, answered="certificate"),)
    )


def test_a_list_without_our_authority_stops_a_client_that_obeys_it() -> None:
    case = listing(("CN=theirs",), "dotnet")
    assert (verdict(case).finding, verdict(case).confidence) == ("issuer-not-acceptable", "likely")
    assert "CN=theirs" in render("issuer-not-acceptable", case).cause
    hit = {line.name for line in verdict(case).clients if line.finding == "issuer-not-acceptable"}
    assert {"dotnet", "java", "go"} <= hit
    assert not {"curl", "node"} & hit


@pytest.mark.parametrize(
    ("case", "state"),
    [
        (listing(("CN=theirs", "CN=ours"), "dotnet"), "refuted"),
        (listing((), "dotnet"), "refuted"),
        (listing(("CN=theirs",), "curl"), "refuted"),
        (listing(("CN=theirs",), None), "unknown"),
        (listing(tuple(f"CN={number}" for number in range(200)), "dotnet"), "unknown"),
        (listing(("CN=theirs",), "dotnet", GIVEN), "unknown"),
    ],
)
def test_other_lists_stop_nobody_that_is_known(case: Case, state: str) -> None:
    assert evaluate("issuer-not-acceptable", case).state == state


def test_a_browser_that_asked_nobody() -> None:
    site = Site(when="renegotiation", tls13=False, insists=False)
    case = make_case(site, config=INTERACTIVE, client="browser")
    assert evaluate("interactive-mode-not-prompted", case).state == "unknown"
    assert verdict(told(case, "prompted", "it did not")).finding == "interactive-mode-not-prompted"
    assert evaluate("interactive-mode-not-prompted", told(case, "prompted", "it did")).state == "refuted"
    other = make_case(Site(insists=False), config=OPTIONAL, client="browser")
    assert evaluate("interactive-mode-not-prompted", told(other, "prompted", "it did not")).state == "refuted"


@pytest.mark.parametrize(("says", "state"), [(True, "holds"), (False, "refuted"), (None, "unknown")])
def test_an_app_that_says_that_it_has_none(says: bool | None, state: str) -> None:
    echo = Echo(certificate=ForwardedCertificate(encoding="base64-der"), says_none=says)
    case = changed(make_case(Site(), config=REQUIRED), "debug", echo=echo)
    assert evaluate("app-reads-wrong-header", case).state == state


def test_an_app_that_really_has_none_is_right_to_say_so() -> None:
    case = changed(make_case(Site(), config=REQUIRED), "debug", echo=Echo(says_none=True))
    assert evaluate("app-reads-wrong-header", case).state == "refuted"


def forging(*, reached: bool | None) -> Case:
    site = Site(insists=False)
    base = make_case(site, config=OPTIONAL)
    request = PlanRequest(url="https://contoso.azurewebsites.net/", debug_path="/debug/headers", check_forgery=True)
    seen: list[Observation] = list(base.observations)
    for number, probe in enumerate((one for one in standard_plan(request).probes if one.canary), 100):
        certificate = ForwardedCertificate(matches_sent=True) if reached else None
        echo = None if reached is None else Echo(certificate=certificate)
        seen.append(msgspec.structs.replace(observe(site, probe, number), echo=echo))
    return msgspec.structs.replace(base, observations=tuple(seen))


@pytest.mark.parametrize(("reached", "state"), [(True, "holds"), (False, "refuted"), (None, "unknown")])
def test_a_claimed_certificate(reached: bool | None, state: str) -> None:
    case = forging(reached=reached)
    assert evaluate("header-forgeable", case).state == state
    assert (verdict(case).finding == "header-forgeable") == (state == "holds")
    assert evaluate("header-forgeable", make_case(Site())).state == "unknown"


def test_what_was_claimed_and_could_not_be_followed_is_said() -> None:
    assert any("claimed" in line.what for line in unknowns(forging(reached=None)))
    assert not any("claimed" in line.what for line in unknowns(forging(reached=False)))
