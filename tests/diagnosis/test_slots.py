"""Slots that differ: named only where another slot's settings explain what the user's own request met."""

from typing import Any

import msgspec
import pytest

from probes.diagnosis import evaluate, verdict
from probes.diagnosis.facts import Facts
from probes.diagnosis.predicates_slots import settings_of
from probes.diagnosis.walk import walk
from probes.model import Case, CredentialFacts, SettingDifference, SiteConfig, SlotFacts, SlotSwap
from probes.siteconfig import parts
from tests.diagnosis.build import DISABLED, EXCLUDED, REQUIRED, Site, make_case

SLUG = "slot-differs"
NEVER = Site(when="none", insists=False)
LATE = Site(when="renegotiation", tls13=False)
NOBODY = CredentialFacts(kind="none")


def slot(**differences: tuple[str, str]) -> SlotFacts:
    found = [SettingDifference(setting=name, here=here, there=there) for name, (here, there) in differences.items()]
    return SlotFacts(name="staging", differences=tuple(found))


def but(config: SiteConfig, *slots: SlotFacts, **more: Any) -> SiteConfig:
    return msgspec.structs.replace(config, slots=slots, **more)


ON_THERE = slot(clientCertEnabled=("false", "true"))
OPEN_THERE = slot(clientCertMode=("Required", "Optional"))
FREE_THERE = slot(clientCertExclusionPaths=("/health", "none"))


def state(case: Case) -> str:
    return evaluate(SLUG, case).state


def test_certificates_that_are_on_in_another_slot_explain_that_nobody_is_asked_here() -> None:
    case = make_case(NEVER, config=but(DISABLED, ON_THERE))
    assert verdict(case).finding == SLUG
    assert verdict(case).confidence == "likely"
    assert {one.finding for one in verdict(case).also} == {"client-certs-disabled"}
    assert walk(Facts(case)).leaf == SLUG


@pytest.mark.parametrize("there", [OPEN_THERE, FREE_THERE, slot(httpsOnly=("true", "false"))])
def test_a_site_that_works_is_healthy_whatever_another_slot_has(there: SlotFacts) -> None:
    case = make_case(Site(), config=but(REQUIRED, there, min_tls_version="1.2", https_only=True))
    assert state(case) == "refuted"
    assert verdict(case).finding == "healthy"


def test_certificates_off_everywhere_are_no_matter_of_slots() -> None:
    case = make_case(NEVER, config=but(DISABLED, slot(httpsOnly=("true", "false"))))
    assert state(case) == "refuted"
    assert verdict(case).finding == "client-certs-disabled"


def test_what_another_slot_would_let_through_stands_beside_the_cause() -> None:
    case = make_case(LATE, config=but(EXCLUDED, FREE_THERE))
    found = verdict(case)
    assert found.finding == "large-body-renegotiation"
    assert SLUG in {one.finding for one in found.also}
    nobody = make_case(Site(), config=but(REQUIRED, OPEN_THERE), credential=NOBODY)
    assert verdict(nobody).finding == "certificate-missing"
    assert SLUG in {one.finding for one in verdict(nobody).also}


def test_another_slot_that_refuses_as_well_explains_nothing() -> None:
    other = slot(**{"siteConfig.http20Enabled": ("false", "true")})
    assert state(make_case(LATE, config=but(EXCLUDED, other))) == "refuted"


def test_after_a_swap_it_is_enough_that_the_other_slot_asks_in_another_way() -> None:
    other = slot(clientCertMode=("Required", "OptionalInteractiveUser"))
    swapped = {"last_swap": SlotSwap(at="2025-12-30T10:00:00", source="staging", destination="Production")}
    long_ago = {"last_swap": SlotSwap(at="2025-10-30T10:00:00Z", source="staging", destination="Production")}
    odd = {"last_swap": SlotSwap(at="yesterday")}
    found = evaluate(SLUG, make_case(LATE, config=but(REQUIRED, other, **swapped)))
    assert (found.state, found.strength) == ("holds", "hint")
    assert "config:last_swap" in found.evidence
    for more in (long_ago, odd, {}):
        assert state(make_case(LATE, config=but(REQUIRED, other, **more))) == "refuted"
    assert state(make_case(Site(), config=but(REQUIRED, other, **swapped))) == "refuted", "nothing failed"


def test_slots_that_were_not_read_leave_it_open() -> None:
    assert state(make_case(NEVER, config=DISABLED)) == "unknown"
    assert state(make_case(LATE, config=EXCLUDED)) == "unknown"


def test_the_settings_of_a_slot_come_back_from_its_differences() -> None:
    here = msgspec.structs.replace(
        REQUIRED, https_only=True, http20_enabled=False, min_tls_version="1.2", public_network_access="Enabled"
    )
    there = msgspec.structs.replace(
        here,
        client_cert_enabled=False,
        client_cert_mode="Optional",
        client_cert_exclusion_paths=("/a", "/b"),
        https_only=False,
        http20_enabled=True,
        min_tls_version="1.3",
        public_network_access="Disabled",
    )
    assert settings_of(parts.slot_facts("staging", here, there), here) == there
    assert settings_of(parts.slot_facts("production", there, here), there) == here
