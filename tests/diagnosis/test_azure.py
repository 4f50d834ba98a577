"""Findings about the site in Azure and the predictions behind them, over synthetic cases: nothing of the wire."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from probes.diagnosis import evaluate, predict, verdict
from probes.diagnosis.facts import Facts
from probes.diagnosis.predict import contradictions, outcomes
from probes.diagnosis.walk import walk
from probes.model import (
    Answer,
    AuthSettings,
    Case,
    HostBinding,
    Observation,
    Probe,
    SettingChange,
    SettingDifference,
    SiteConfig,
    SlotFacts,
)
from probes.plan import PlanRequest, standard_plan
from tests.diagnosis.build import DISABLED, EXCLUDED, HOST, INTERACTIVE, OPTIONAL, REQUIRED, Site, make_case

NEVER = Site(when="none", insists=False)
SLOTS = (SlotFacts(name="staging", differences=(SettingDifference(setting="clientCertMode", here="a", there="b"),)),)
ON_THERE = (SlotFacts(name="x", differences=(SettingDifference(setting="clientCertEnabled", there="true"),)),)


def but(config: SiteConfig, **more: Any) -> SiteConfig:
    return msgspec.structs.replace(config, **more)


def answered(case: Case, *headers: tuple[str, str], status: int = 403, body: str = "") -> Case:
    """Return the case with every answer replaced by a refusal of the front end with these headers and words."""

    def turned(seen: Observation) -> Observation:
        if not seen.exchanges:
            return seen
        last = msgspec.structs.replace(seen.exchanges[-1], status=status, headers=headers, body_excerpt=body)
        refused = msgspec.structs.replace(seen.judged, reached_app="no", by="edge")
        return msgspec.structs.replace(seen, status=status, exchanges=(*seen.exchanges[:-1], last), judged=refused)

    return msgspec.structs.replace(case, observations=tuple(turned(seen) for seen in case.observations))


def changed(*minutes: int) -> tuple[SettingChange, ...]:
    on, off = minutes
    return (
        SettingChange(at=f"2026-11-20T10:{on:02}:00Z", setting="http20Enabled", old="false", new="true"),
        SettingChange(at=f"2026-11-20T10:{off:02}:00.123Z", setting="clientCertEnabled", old="true", new="false"),
    )


BLOCKED = "The web app you have attempted to reach has blocked your access."
FAULTY: dict[str, Callable[[], Case]] = {
    "host-name-unbound": lambda: make_case(
        Site(verification=(62,)),
        config=but(REQUIRED, host_bindings=(HostBinding(name="contoso.azurewebsites.net", ssl_state="Disabled"),)),
    ),
    "site-stopped": lambda: answered(make_case(Site(), config=REQUIRED), body="Error 403 - This web app is stopped."),
    "public-access-disabled": lambda: answered(
        make_case(Site(), config=but(REQUIRED, public_network_access="Disabled")), body=BLOCKED
    ),
    "access-restricted": lambda: answered(
        make_case(Site(), config=REQUIRED), ("x-ms-forbidden-ip", "203.0.113.7"), body=BLOCKED
    ),
    "easy-auth-refused": lambda: answered(
        make_case(Site(), config=REQUIRED), ("location", "/.auth/login/aad?post"), status=302
    ),
    "settings-not-in-effect": lambda: make_case(NEVER, config=REQUIRED),
    "plan-too-small": lambda: make_case(NEVER, config=but(DISABLED, plan_tier="Free")),
    "http2-disables-certificates": lambda: make_case(
        NEVER, config=but(DISABLED, http20_enabled=True, changes=changed(10, 12))
    ),
    "slot-differs": lambda: make_case(NEVER, config=but(DISABLED, slots=ON_THERE)),
}
CONTROLS: dict[str, Callable[[], Case]] = {
    **{slug: (lambda: make_case(Site(), config=but(REQUIRED, public_network_access="Enabled"))) for slug in FAULTY},
    "host-name-unbound": lambda: make_case(
        Site(verification=(62,)),
        config=but(REQUIRED, host_bindings=(HostBinding(name="contoso.azurewebsites.net", ssl_state="SniEnabled"),)),
    ),
    "plan-too-small": lambda: make_case(NEVER, config=but(DISABLED, plan_tier="Basic")),
    "http2-disables-certificates": lambda: make_case(
        NEVER, config=but(DISABLED, http20_enabled=True, changes=changed(10, 40))
    ),
    # Slots that differ, and a site that works: no fault.
    "slot-differs": lambda: make_case(Site(), config=but(REQUIRED, slots=SLOTS)),
}


@pytest.mark.parametrize("slug", FAULTY)
def test_the_fault_is_the_verdict_and_the_tree_leads_there(slug: str) -> None:
    case = FAULTY[slug]()
    assert verdict(case).finding == slug
    assert walk(Facts(case)).leaf == slug


@pytest.mark.parametrize("slug", CONTROLS)
def test_it_does_not_hold_in_the_nearest_state_without_it(slug: str) -> None:
    assert evaluate(slug, CONTROLS[slug]()).state == "refuted"


def test_the_page_alone_cannot_tell_a_restriction_from_public_access() -> None:
    case = answered(make_case(Site()), body=BLOCKED)
    assert verdict(case).finding == "access-restricted"
    assert verdict(case).confidence == "likely"
    assert evaluate("public-access-disabled", case).state == "unknown"


def test_the_platforms_own_name_needs_no_binding() -> None:
    own = but(
        REQUIRED,
        default_host_name="contoso.azurewebsites.net",
        host_bindings=(HostBinding(name="contoso.azurewebsites.net", ssl_state="Disabled"),),
    )
    case = make_case(Site(verification=(62,)), config=own)
    assert evaluate("host-name-unbound", case).state == "refuted"
    assert verdict(case).finding == "server-certificate-wrong-host"


def test_without_settings_another_name_is_not_called_unbound() -> None:
    assert evaluate("host-name-unbound", make_case(Site(verification=(62,)))).state == "unknown"


def test_http2_on_and_certificates_off_prove_nothing_by_themselves() -> None:
    plain = make_case(NEVER, config=but(DISABLED, http20_enabled=True))
    assert evaluate("http2-disables-certificates", plain).state == "unknown"
    assert verdict(plain).finding == "client-certs-disabled"


def test_a_record_of_one_switch_alone_leaves_open_whether_it_was_http2() -> None:
    # The record goes back 14 days, and which settings it holds is not documented.
    for changes in ((), changed(10, 12)[:1], changed(10, 12)[1:]):
        case = make_case(NEVER, config=but(DISABLED, http20_enabled=True, changes=changes))
        assert evaluate("http2-disables-certificates", case).state == "unknown"


@pytest.mark.parametrize(("said", "state"), [("they-were", "holds"), ("they were not", "refuted"), ("?", "unknown")])
def test_where_no_record_reaches_the_users_word_counts(said: str, state: str) -> None:
    case = make_case(NEVER, config=but(DISABLED, http20_enabled=True))
    case = msgspec.structs.replace(case, answers=(Answer(node="with-http2", answer=said, by="option"),))
    assert evaluate("http2-disables-certificates", case).state == state
    assert (verdict(case).finding == "http2-disables-certificates") == (state == "holds")
    recorded = msgspec.structs.replace(
        case, configuration=msgspec.structs.replace(case.configuration, changes=changed(10, 40))
    )
    assert evaluate("http2-disables-certificates", recorded).state == "refuted", "a record goes before a word"


def test_a_login_that_answers_a_bare_401_is_likely_by_the_settings() -> None:
    auth = AuthSettings(enabled=True, require_authentication=True, unauthenticated_action="Return401")
    case = make_case(Site(), config=but(REQUIRED, auth=auth))
    bare = [
        msgspec.structs.replace(seen, status=401, judged=msgspec.structs.replace(seen.judged, reached_app="unknown"))
        for seen in case.observations
    ]
    case = msgspec.structs.replace(case, observations=tuple(bare))
    found = evaluate("easy-auth-refused", case)
    assert (found.state, found.strength) == ("holds", "settings")


@pytest.mark.parametrize(
    ("site", "config"),
    [
        (Site(), REQUIRED),
        (Site(insists=False), OPTIONAL),
        (NEVER, DISABLED),
        (Site(when="renegotiation", tls13=False), EXCLUDED),
        (Site(when="renegotiation", tls13=False, insists=False), INTERACTIVE),
        (Site(when="renegotiation", tls13_asks=False, insists=False), INTERACTIVE),
        # Front ends before 2022 asked late for plain Required: reported, so that it contradicts nothing documented.
        (Site(when="renegotiation", tls13=False), REQUIRED),
    ],
)
def test_a_site_that_follows_its_settings_contradicts_no_documented_rule(site: Site, config: SiteConfig) -> None:
    case = make_case(site, config=config)
    assert evaluate("settings-not-in-effect", case).state == "refuted"
    found = [one for one in contradictions(config, case.observations) if one.prediction.certainty == "documented"]
    assert found == []


@pytest.mark.parametrize(
    ("site", "config"),
    [
        (NEVER, REQUIRED),
        (NEVER, OPTIONAL),
        (NEVER, INTERACTIVE),
        (Site(), DISABLED),
        (Site(insists=False), REQUIRED),
        (Site(), but(REQUIRED, min_tls_version="1.3")),
        (Site(), but(REQUIRED, state="Stopped")),
    ],
)
def test_a_site_that_does_something_else_is_named(site: Site, config: SiteConfig) -> None:
    assert evaluate("settings-not-in-effect", make_case(site, config=config)).holds


def test_another_name_or_a_gateway_leaves_it_open() -> None:
    other = but(REQUIRED, host_names=("fabrikam.azurewebsites.net",))
    assert evaluate("settings-not-in-effect", make_case(NEVER, config=other)).state == "unknown"
    own = but(REQUIRED, host_names=("contoso.azurewebsites.net",))
    assert evaluate("settings-not-in-effect", make_case(NEVER, config=own)).holds
    behind = make_case(NEVER, config=own)
    seen = behind.observations[0]
    front = msgspec.structs.replace(seen.exchanges[-1], headers=(("x-azure-ref", "x"),))
    seen = msgspec.structs.replace(seen, exchanges=(front,))
    behind = msgspec.structs.replace(behind, observations=(seen, *behind.observations[1:]))
    assert evaluate("settings-not-in-effect", behind).state == "unknown"


def plan() -> tuple[Probe, ...]:
    request = PlanRequest(url=f"{HOST}/api", identity="given", debug_path="/debug", excluded_path="/health")
    return standard_plan(request).probes


@pytest.mark.parametrize("config", [REQUIRED, OPTIONAL, DISABLED, EXCLUDED, INTERACTIVE, SiteConfig(source="file")])
def test_every_probe_of_the_plan_is_predicted_with_rule_and_certainty(config: SiteConfig) -> None:
    found = predict(config, plan())
    assert {one.probe for one in found} == {probe.id for probe in plan()}
    for one in found:
        assert one.permitted
        assert one.rule
        assert len({outcome.partition(":")[0] for outcome in one.permitted}) == 1
        assert ("Microsoft Learn" in one.rule) or one.certainty != "documented"


def test_without_settings_nothing_is_predicted() -> None:
    assert predict(SiteConfig(), plan()) == ()


def rules(config: SiteConfig, path: str) -> set[str]:
    probe = msgspec.structs.replace(next(one for one in plan() if one.id == "get-12"), path=path)
    return {one.certainty for one in predict(config, (probe,)) if one.permitted == ("asked:none",)}


def test_only_a_whole_segment_is_documented_as_excluded() -> None:
    assert rules(EXCLUDED, "/health") == {"documented"}
    assert rules(EXCLUDED, "/HEALTH/x?y") == {"documented"}
    assert rules(EXCLUDED, "/healthy") == {"inferred"}
    assert rules(EXCLUDED, "/other") == set()


def test_nothing_is_seen_where_nothing_was_answered() -> None:
    case = make_case(Site(), config=REQUIRED)
    lost = msgspec.structs.replace(case.observations[0], outcome="timeout", tls=None, exchanges=(), status=None)
    unknown = msgspec.structs.replace(lost, judged=msgspec.structs.replace(lost.judged, reached_app="unknown"))
    assert outcomes(unknown) == frozenset()
