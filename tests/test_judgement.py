"""The judgement over one observation: every sign of who answered, and what the settings let expect."""

from itertools import product
from typing import Any

import msgspec
import pytest

from probes.diagnosis.expect import expectation
from probes.diagnosis.predict import predict
from probes.judgement import judge
from probes.model import (
    AuthSettings,
    Body,
    ClientCertMode,
    Continue,
    Echo,
    ErrorFacts,
    Exchange,
    IpRestriction,
    Observation,
    Probe,
    SiteConfig,
    TlsFacts,
)
from probes.model.observation import Alert
from probes.personas import CLIENTS
from probes.plan import PlanRequest, standard_plan

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
LOGIN = AuthSettings(enabled=True, require_authentication=True, excluded_paths=("/open",))
OFFICE = (IpRestriction(who="203.0.113.0/24", action="Allow", priority=100),)


def but(configuration: SiteConfig, **more: Any) -> SiteConfig:
    return msgspec.structs.replace(configuration, **more)


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
        ({"identity": "none", "origin": "http://h:80"}, SiteConfig(https_only=False), None),
        # Which paths are exempt was not read: unknown is not "none".
        ({"identity": "none"}, but(REQUIRED, client_cert_exclusion_paths=None), None),
        ({"identity": "none"}, but(REQUIRED, client_cert_mode=None), "refused"),
        ({"identity": "none"}, but(REQUIRED, client_cert_mode="Optional"), "reached"),
        # What refuses whoever asks is no promise about one probe.
        ({"identity": "given"}, but(REQUIRED, state="Stopped"), None),
        ({"identity": "none"}, but(REQUIRED, state="Stopped"), None),
        ({"identity": "given"}, but(REQUIRED, public_network_access="Disabled"), None),
        ({"identity": "given"}, but(REQUIRED, ip_restrictions=OFFICE), None),
        ({"identity": "none"}, but(REQUIRED, ip_restrictions=OFFICE), "refused"),
        ({"identity": "given"}, but(REQUIRED, auth=LOGIN), None),
        ({"identity": "given", "path": "/open/x"}, but(REQUIRED, auth=LOGIN), "reached"),
        ({"identity": "given", "tls": "1.2", "body_bytes": 307_200}, EXCLUDING, None),
        ({"identity": "given", "tls": "1.2", "body_bytes": 307_200, "expect": "wait"}, EXCLUDING, "reached"),
        ({"identity": "given", "tls": "1.2", "body_bytes": 307_200, "head_first": True}, EXCLUDING, "reached"),
        ({"identity": "none", "tls": "1.2", "body_bytes": 307_200}, EXCLUDING, "refused"),
        ({"identity": "given", "tls": "1.2"}, but(REQUIRED, min_tls_version="1.3"), None),
    ],
)
def test_what_the_settings_let_expect(shape: dict[str, Any], configuration: SiteConfig, expected: str | None) -> None:
    assert expectation(configuration, probe(**shape)) == expected


def test_as_expected_is_not_known_where_either_side_is_not() -> None:
    assert judge(answered(403, identity="given"), NOTHING).as_expected is None
    assert judge(answered(200, identity="none"), NOTHING).as_expected is None
    assert judge(answered(200, identity="none"), REQUIRED).as_expected is False


MODES: tuple[ClientCertMode | None, ...] = ("Required", "Optional", "OptionalInteractiveUser", None)
OTHERS: tuple[dict[str, Any], ...] = (
    {},
    {"https_only": True},
    {"https_only": False, "http20_enabled": True},
    {"min_tls_version": "1.3", "http20_enabled": False},
    {"state": "Stopped"},
    {"public_network_access": "Disabled", "private_endpoints": ()},
    {"ip_restrictions": OFFICE},
    {"plan_tier": "Free"},
    {"auth": LOGIN},
)


def every_configuration() -> list[SiteConfig]:
    found = []
    for enabled, mode, paths in product((True, False, None), MODES, ((), ("/health",), None)):
        base = SiteConfig(
            source="file", client_cert_enabled=enabled, client_cert_mode=mode, client_cert_exclusion_paths=paths
        )
        found += [but(base, **more) for more in OTHERS]
    return found


def test_what_is_expected_is_always_among_what_the_settings_permit() -> None:
    request = PlanRequest(
        url="https://h/api", identity="given", debug_path="/debug", excluded_path="/health", client=CLIENTS["go"]
    )
    own, bare = standard_plan(request).probes, standard_plan(msgspec.structs.replace(request, identity="none")).probes
    promised = 0
    for configuration, one in product(every_configuration(), (*own, *bare)):
        expected = expectation(configuration, one)
        if expected is None:
            continue
        promised += 1
        allowed = {"reached": {"request:reached"}, "refused": {"request:refused", "request:redirected"}}[expected]
        about = [
            rule.permitted for rule in predict(configuration, (one,)) if rule.permitted[0].startswith("request:")
        ]
        assert all(allowed & set(permitted) for permitted in about), (configuration, one)
    assert promised > 1000


LOGIN_AT = {"location": "https://h/.auth/login/aad?post_login_redirect_uri=%2F"}
ELSEWHERE = {
    "location": "https://login.example/authorize?redirect_uri=https%3A%2F%2Fh%2F.auth%2Flogin%2Faad%2Fcallback"
}
CHALLENGE = {"www-authenticate": 'Bearer realm="h" authorization_uri="https://login.example/"', "x-powered-by": "x"}
OPEN = msgspec.structs.replace(LOGIN, unauthenticated_action="AllowAnonymous")


@pytest.mark.parametrize(
    ("seen", "auth", "reached", "by"),
    [
        (answered(302, headers=LOGIN_AT), LOGIN, "no", "edge"),
        (answered(302, headers=ELSEWHERE), LOGIN, "no", "edge"),
        # Its redirect carries a cookie of its own, which is no sign of the app.
        (answered(302, headers={**LOGIN_AT, "set-cookie": "x"}), LOGIN, "no", "edge"),
        (answered(401, headers=CHALLENGE), LOGIN, "no", "edge"),
        (answered(403, headers=CHALLENGE), LOGIN, "no", "edge"),
        (answered(302, headers=LOGIN_AT), None, "unknown", "unknown"),
        (answered(401, headers={"www-authenticate": "Bearer"}), None, "unknown", "unknown"),
        (answered(401, headers={"x-powered-by": "x"}),
         msgspec.structs.replace(LOGIN, unauthenticated_action="Return401"), "unknown", "unknown"),
        # These settings let everybody by, so that it is the app that sends people to the login.
        (answered(302, headers=LOGIN_AT), OPEN, "yes", "app"),
        (answered(302, headers=LOGIN_AT), AuthSettings(enabled=False), "yes", "app"),
        (answered(302, headers=LOGIN_AT, path="/open/x"), LOGIN, "yes", "app"),
        (answered(302, headers={"location": "/sign-in"}), LOGIN, "yes", "app"),
        (answered(200, echo=Echo()), LOGIN, "yes", "app"),
    ],
)  # fmt: skip
def test_a_login_of_the_platform_is_not_the_apps_own_answer(
    seen: Observation, auth: AuthSettings | None, reached: str, by: str
) -> None:
    told = judge(seen, SiteConfig(source="arm", auth=auth))
    assert (told.reached_app, told.by) == (reached, by)
