"""What ``config`` prints for a person: the consequence first, a table, who changed what, and what was not read."""

import json
from datetime import UTC, datetime

import click
import msgspec
import pytest

from probes.model import (
    AuthSettings,
    IpRestriction,
    SettingChange,
    SettingDifference,
    SiteConfig,
    SlotFacts,
    SlotSwap,
    Unknown,
)
from probes.siteconfig.consequence import consequence
from probes.siteconfig.explain import explain
from probes.siteconfig.parse import parse
from tests.siteconfig.azure import site_body
from tui.config_text import text

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BASE = SiteConfig(
    source="arm",
    name="shop",
    resource_group="rg-shop",
    client_cert_enabled=True,
    client_cert_mode="Required",
    client_cert_exclusion_paths=(),
    https_only=True,
    http20_enabled=False,
    min_tls_version="1.2",
    state="Running",
    public_network_access="Enabled",
    ip_restrictions=(IpRestriction(who="Any", action="Allow", priority=2147483647),),
)
OFFICE = (IpRestriction(who="203.0.113.0/24", action="Allow", priority=100),)


def but(**more: object) -> SiteConfig:
    return msgspec.structs.replace(BASE, **more)


def page(config: SiteConfig, *unknown: Unknown) -> str:
    return click.unstyle(text(explain(config, unknown), "read from Azure (az)", NOW))


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({}, "asks every client for a certificate in the TLS handshake and refuses requests without one."),
        ({"client_cert_mode": "Optional"}, "in the TLS handshake and lets requests without one through."),
        (
            {"client_cert_exclusion_paths": ("/a", "/b", "/c", "/d", "/e")},
            "after the request has arrived, except on /a, /b, /c and 2 more, and refuses requests without one.",
        ),
        (
            {"client_cert_mode": "OptionalInteractiveUser"},
            "asks for a client certificate after the request has arrived and lets requests without one through.",
        ),
        ({"client_cert_enabled": False}, "asks nobody for a client certificate, and its app gets none"),
        ({"client_cert_enabled": None}, "is not known: clientCertEnabled was not read."),
        ({"client_cert_exclusion_paths": None}, "it is not known when, and refuses requests without one."),
        ({"plan_tier": "Free"}, "asks nobody for a client certificate: its plan Free has none."),
        ({"state": "Stopped"}, "No request reaches the app of shop: the site is Stopped."),
        ({"public_network_access": "Disabled"}, "403 to everybody who does not come through a private endpoint"),
        ({"client_cert_mode": "OptionalInteractiveUser", "min_tls_version": "1.3"}, "can never get a client certif"),
    ],
)
def test_the_consequence_comes_first_in_one_sentence(more: dict[str, object], sentence: str) -> None:
    config = but(**more)
    assert sentence in consequence(config)
    assert consequence(config).count(". ") == 0
    first = page(config).split("\n  ")[0]
    assert " ".join(first.split()) == consequence(config)


def test_every_setting_is_a_row_with_both_labels_of_the_portal() -> None:
    shown = page(but(client_cert_mode="OptionalInteractiveUser"))
    assert "Setting                   Value                     In the portal" in shown
    row = next(line for line in shown.splitlines() if line.startswith("clientCertMode"))
    assert "OptionalInteractiveUser" in row
    assert "Optional (portal of 2022 to 2024), Optional Interactive User (2025)" in row
    assert "← renegotiation" in row
    assert all(line == line.rstrip() for line in shown.splitlines())


def test_what_else_stands_in_the_way_is_told() -> None:
    auth = AuthSettings(enabled=True, require_authentication=True)
    paths = ("/health",)
    more = {"auth": auth, "ip_restrictions": OFFICE, "https_only": False, "http20_enabled": True}
    shown = " ".join(page(but(**more, client_cert_exclusion_paths=paths)).split())
    for words in ("! Access restrictions refuse some", "! App Service Authentication wants a login",
                  "! A request over http is not sent on", "! HTTP/2 is offered, where"):  # fmt: skip
        assert words in shown
    assert "! " not in page(BASE)


@pytest.mark.parametrize(
    ("rules", "default", "value"),
    [
        (BASE.ip_restrictions, None, "allow all"),
        ((), None, "allow all"),
        (OFFICE, None, "Allow 203.0.113.0/24 100"),
        ((IpRestriction(who="Any", action="Deny"),), None, "Deny Any"),
    ],
)
def test_only_a_list_that_refuses_nobody_is_called_allow_all(
    rules: tuple[IpRestriction, ...], default: str | None, value: str
) -> None:
    found = explain(but(ip_restrictions=rules, ip_default_action=default))
    (setting,) = [one for one in found.settings if one.name == "ipSecurityRestrictions"]
    assert setting.value == value


def test_what_changed_says_when_who_and_from_what_to_what() -> None:
    changes = (
        SettingChange(
            at="2026-11-21T15:04:05.000Z",
            setting="clientCertExclusionPaths",
            old=None,
            new="/health",
            by="deployer@example.com",
            client="Azure Portal",
        ),
        SettingChange(at="a while ago", setting="httpsOnly", old="true", new="false"),
    )
    shown = " ".join(page(but(changes=changes)).split())
    assert (
        "2026-11-21 15:04 UTC (21 h ago) deployer@example.com, Azure Portal: "
        "clientCertExclusionPaths (none) → /health" in shown
    )
    assert "a while ago by whom is not known: httpsOnly true → false" in shown
    assert "Nothing that bears on client certificates." in page(but(changes=()))
    assert "Changed in the last 14 days" not in page(but(changes=None)), "not read is not nothing"


def test_slots_that_differ_are_a_note_and_no_fault() -> None:
    difference = SettingDifference(setting="clientCertMode", here="Required", there="Optional")
    slots = (SlotFacts(name="staging", differences=(difference,)), SlotFacts(name="test"))
    swap = SlotSwap(at="2026-11-20T12:00:00", source="staging", destination="Production")
    shown = page(but(slots=slots, last_swap=swap))
    assert "staging: clientCertMode is Optional there, Required here" in shown
    assert "test: the same settings" in shown
    assert "Last swap: staging into Production, 2026-11-20 12:00 UTC (2 days ago)" in shown
    assert "That slots differ is normal." in shown
    assert explain(but(slots=slots)).contradictions == ()
    assert "There are none." in page(but(slots=()))


def test_what_was_not_read_names_the_permission_or_the_command() -> None:
    lines = (
        Unknown(what="config/web", why="no-permission", how_to_get="the action Microsoft.Web/x/read is missing"),
        Unknown(what="the mode", why="not-observable", how_to_get="az webapp show"),
    )
    shown = " ".join(page(BASE, *lines).split())
    assert "? config/web permission missing: the action Microsoft.Web/x/read is missing" in shown
    assert "? the mode not read: az webapp show" in shown


def test_what_a_file_leaves_out_is_named_in_one_line_and_a_live_read_leaves_nothing_out() -> None:
    shown = " ".join(page(but(source="file")).split())
    assert "what the file does not say of the site: its host names, their bindings, the tier of its plan" in shown
    assert "what the file" not in page(BASE)


def test_without_effect_is_said_where_certificates_are_off() -> None:
    found = explain(but(client_cert_enabled=False, client_cert_exclusion_paths=("/a",)))
    means = {one.name: one.means for one in found.settings}
    assert means["clientCertMode"] == means["clientCertExclusionPaths"]
    assert means["clientCertMode"] == "Without effect while clientCertEnabled is false."


def test_the_json_has_the_names_that_scripts_rely_on() -> None:
    unknown = Unknown(what="x", why="no-permission", how_to_get="y")
    found = json.loads(msgspec.json.encode(explain(but(client_cert_exclusion_paths=("/health",)), (unknown,))))
    assert {"configuration", "settings", "unknown"} <= set(found)
    assert all({"name", "value", "means", "portal_label", "source"} <= set(one) for one in found["settings"])
    assert found["unknown"] == [{"what": "x", "why": "no-permission", "how_to_get": "y"}]
    configuration = found["configuration"]
    expected = {"source": "arm", "client_cert_enabled": True, "client_cert_mode": "Required"}
    expected |= {"client_cert_exclusion_paths": ["/health"], "https_only": True, "http20_enabled": False}
    assert {key: configuration[key] for key in expected} == expected
    assert configuration["min_tls_version"] == "1.2"


SWAPPED = {"timestampUtc": "2026-11-20T12:00:00Z", "sourceSlotName": "staging", "destinationSlotName": "Production"}


@pytest.mark.parametrize(
    ("status", "swap"),
    [
        (None, None),
        ({}, None),
        ("odd", None),
        (
            {
                "timestampUtc": "2026-11-20T12:00:00Z",
                "sourceSlotName": "staging",
                "destinationSlotName": "Production",
            },
            SlotSwap(at="2026-11-20T12:00:00Z", source="staging", destination="Production"),
        ),
        ({"sourceSlotName": 7, "destinationSlotName": "x"}, SlotSwap(destination="x")),
    ],
)
def test_the_last_swap_is_read_from_the_site(status: object, swap: SlotSwap | None) -> None:
    assert parse("site", site_body(slotSwapStatus=status), "site").last_swap == swap
