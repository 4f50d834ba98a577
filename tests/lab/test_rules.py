"""The rules on client certificates, as a table."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.lab.change import changed
from probes.lab.rules import negotiates_down, rules_of
from probes.lab.state import LabState


def rules(**settings: Any) -> Any:
    return rules_of(changed(LabState(), {"settings": settings}))


@pytest.mark.parametrize(
    ("enabled", "mode", "paths", "asks", "renegotiates", "insists"),
    [
        (False, "Required", None, False, False, False),
        (False, "OptionalInteractiveUser", "/a", False, False, False),
        (True, "Required", None, True, False, True),
        (True, None, None, True, False, True),
        (True, "Required", " ;, ", True, False, True),
        (True, "Required", "/a", False, True, True),
        (True, "Optional", None, True, False, False),
        (True, "Optional", "/a", False, True, False),
        (True, "OptionalInteractiveUser", None, False, True, False),
        (True, "OptionalInteractiveUser", "/a", False, True, False),
    ],
)
def test_combinations(
    enabled: bool, mode: str | None, paths: str | None, asks: bool, renegotiates: bool, insists: bool
) -> None:
    found = rules(clientCertEnabled=enabled, clientCertMode=mode, clientCertExclusionPaths=paths)
    assert (found.asks_in_handshake, found.renegotiates, found.insists("/")) == (asks, renegotiates, insists)


@pytest.mark.parametrize(
    ("target", "excluded"),
    [
        ("/api", True),
        ("/API/x", True),
        ("/apiv2", True),
        ("/health?x=1", True),
        ("/", False),
        ("/ap", False),
        ("/x?/api", False),
        ("/x/api", False),
    ],
)
@pytest.mark.parametrize("paths", ["/api;/health", "/Api, /HEALTH", "/health,;/api;"])
def test_exclusions(paths: str, target: str, excluded: bool) -> None:
    found = rules(clientCertExclusionPaths=paths)
    assert found.excludes(target) == excluded
    assert found.wants_certificate(target) == (not excluded)


@given(st.text(max_size=40))
def test_any_string_of_exclusions_is_taken(paths: str) -> None:
    found = rules(clientCertExclusionPaths=paths)
    assert all(entry and entry == entry.strip() for entry in found.exclusions)
    assert found.renegotiates == bool(found.exclusions)


def test_nothing_to_go_down_to() -> None:
    state = changed(LabState(), {"settings": {"clientCertMode": "OptionalInteractiveUser"}})
    assert negotiates_down(state)
    assert not negotiates_down(changed(state, {"settings": {"minTlsVersion": "1.3"}}))
    assert not negotiates_down(changed(state, {"settings": {"minTlsCipherSuite": "TLS_AES_128_GCM_SHA256"}}))
    assert not negotiates_down(LabState())
