"""The judgement over one observation: every sign of who answered, and what the settings let expect."""

from typing import Any

import pytest

from probes.judgement import expectation, judge
from probes.model import Body, Continue, Echo, ErrorFacts, Exchange, Observation, Probe, SiteConfig, TlsFacts
from probes.model.observation import Alert

NOTHING = SiteConfig()


def probe(**more: Any) -> Probe:
    return Probe(**({"id": "p", "question": "?", "origin": "https://h:443", "path": "/", "tls": "free"} | more))


def answered(
    status: int,
    *,
    headers: dict[str, str] | None = None,
    text: str = "",
    body: Body | None = None,
    echo: Echo | None = None,
    **more: Any,
) -> Observation:
    exchange = Exchange(
        method="GET",
        path="/",
        continue_=Continue(),
        body=body or Body(),
        status=status,
        headers=tuple((headers or {}).items()),
        body_excerpt=text,
    )
    return Observation(
        id="o",
        attempt=1,
        at="",
        probe=probe(**more),
        outcome="response",
        status=status,
        exchanges=(exchange,),
        echo=echo,
    )


def failed(
    outcome: Any, *, kind: str = "k", exchanges: tuple[Exchange, ...] = (), tls: TlsFacts | None = None
) -> Observation:
    return Observation(
        id="o",
        attempt=1,
        at="",
        probe=probe(),
        outcome=outcome,
        exchanges=exchanges,
        tls=tls,
        error=ErrorFacts(kind=kind, message="m"),
    )


SENT = (Exchange(method="GET", path="/", continue_=Continue(), body=Body()),)


@pytest.mark.parametrize(
    ("observation", "reached", "by"),
    [
        (answered(200), "yes", "app"),
        (answered(404), "yes", "app"),
        (answered(500), "yes", "app"),
        (answered(403, text="Error 403 - Forbidden: Client Certificate Required"), "no", "edge"),
        (answered(403, headers={"x-ms-forbidden-ip": "192.0.2.1"}), "no", "edge"),
        (answered(403, headers={"x-powered-by": "Express"}), "yes", "app"),
        (answered(403), "unknown", "unknown"),
        (answered(403, body=Body(declared=9, written=5)), "no", "edge"),
        (answered(403, body=Body(declared=9, written=9, acknowledged=5)), "no", "edge"),
        (answered(401), "unknown", "unknown"),
        (answered(413), "no", "unknown"),
        (answered(413, headers={"set-cookie": "x"}), "yes", "app"),
        (answered(400, text="<center>No required SSL certificate was sent</center>"), "no", "edge"),
        (answered(400), "yes", "app"),
        (answered(502), "unknown", "unknown"),
        (answered(200, text="this web app is stopped"), "yes", "app"),
        (answered(301, headers={"location": "https://h/"}, origin="http://h:80"), "no", "edge"),
        (answered(301, headers={"location": "/login"}), "yes", "app"),
        (answered(403, echo=Echo()), "yes", "app"),
        (failed("tls-failure"), "no", "unknown"),
        (failed("tls-failure", tls=TlsFacts(alerts=(Alert(at_ms=1, direction="received", level="fatal", name="x"),))),
         "no", "edge"),
        (failed("stream-reset", kind="HTTP_1_1_REQUIRED"), "no", "edge"),
        (failed("timeout"), "no", "unknown"),
        (failed("timeout", exchanges=SENT), "unknown", "unknown"),
        (failed("reset", exchanges=SENT), "unknown", "unknown"),
        (failed("proxy-failure"), "no", "proxy"),
        (failed("not-run"), "unknown", "unknown"),
    ],
)  # fmt: skip
def test_who_answered(observation: Observation, reached: str, by: str) -> None:
    told = judge(observation, NOTHING)
    assert (told.reached_app, told.by) == (reached, by)
    assert told.because


REQUIRED = SiteConfig(client_cert_enabled=True, client_cert_mode="Required", client_cert_exclusion_paths=())
EXCLUDING = SiteConfig(
    client_cert_enabled=True, client_cert_mode="Required", client_cert_exclusion_paths=("/health",)
)


@pytest.mark.parametrize(
    ("shape", "configuration", "expected"),
    [
        ({"identity": "given"}, NOTHING, "reached"),
        ({"identity": "none"}, NOTHING, None),
        ({"identity": "none"}, REQUIRED, "refused"),
        ({"identity": "none", "path": "/HEALTH/x"}, EXCLUDING, "reached"),
        ({"identity": "none"}, SiteConfig(client_cert_enabled=False, client_cert_mode="Required"), "reached"),
        ({"identity": "given", "tls": "1.3"}, EXCLUDING, None),
        ({"identity": "given", "tls": "1.3"}, REQUIRED, "reached"),
        ({"identity": "given", "expect": "header-only"}, REQUIRED, None),
        ({"identity": "none", "origin": "http://h:80"}, SiteConfig(https_only=True), "refused"),
    ],
)
def test_what_the_settings_let_expect(shape: dict[str, Any], configuration: SiteConfig, expected: str | None) -> None:
    assert expectation(probe(**shape), configuration) == expected


def test_as_expected_is_not_known_where_either_side_is_not() -> None:
    assert judge(answered(403, identity="given"), NOTHING).as_expected is None
    assert judge(answered(200, identity="none"), NOTHING).as_expected is None
    assert judge(answered(200, identity="none"), REQUIRED).as_expected is False
