"""The explanation: the combination table row by row, both generations of labels, and which rule frees a path."""

import msgspec
import pytest

from probes.model import BoundCertificate, SiteConfig
from probes.siteconfig.explain import explain, path_answer
from probes.siteconfig.meaning import effective

BASE = SiteConfig(source="arm", client_cert_enabled=True, client_cert_mode="Required", client_cert_exclusion_paths=())


def but(**more: object) -> SiteConfig:
    return msgspec.structs.replace(BASE, **more)


@pytest.mark.parametrize(
    ("enabled", "mode", "paths", "certificate", "asked", "label", "label_2025"),
    [
        (False, "Required", ("/a",), "ignored", "never", "Ignore", "Ignore"),
        (False, None, (), "ignored", "never", "Ignore", "Ignore"),
        (True, "Required", (), "required", "handshake", "Require", "Required"),
        (True, "Required", ("/a",), "required", "renegotiation", "Require", "Required"),
        (True, "Optional", (), "accepted", "handshake", "Allow", "Optional"),
        (True, "Optional", ("/a",), "accepted", "renegotiation", "Allow", "Optional"),
        (True, "OptionalInteractiveUser", (), "accepted", "renegotiation", "Optional", "Optional Interactive User"),
        (
            True,
            "OptionalInteractiveUser",
            ("/a",),
            "accepted",
            "renegotiation",
            "Optional",
            "Optional Interactive User",
        ),
        (True, None, (), "required", "handshake", "Require", "Required"),
        (True, "Required", None, "required", "unknown", "Require", "Required"),
        (None, "Required", (), "unknown", "unknown", None, None),
    ],
)
def test_the_combination_table(
    enabled: bool | None,
    mode: str | None,
    paths: tuple[str, ...] | None,
    certificate: str,
    asked: str,
    label: str | None,
    label_2025: str | None,
) -> None:
    row = effective(but(client_cert_enabled=enabled, client_cert_mode=mode, client_cert_exclusion_paths=paths))
    assert (row.certificate, row.asked, row.portal, row.portal_2025) == (certificate, asked, label, label_2025)


def test_each_setting_has_value_meaning_label_and_source() -> None:
    found = explain(but(client_cert_mode="OptionalInteractiveUser", https_only=None))
    settings = {one.name: one for one in found.settings}
    mode = settings["clientCertMode"]
    assert mode.value == "OptionalInteractiveUser"
    assert mode.renegotiation
    assert mode.source == "arm"
    assert mode.portal_label == "Optional (portal of 2022 to 2024), Optional Interactive User (2025)"
    assert (settings["httpsOnly"].value, settings["httpsOnly"].source) == (None, "none")
    assert all(one.means for one in found.settings)
    assert [one.name for one in found.settings if one.renegotiation] == ["clientCertMode"]


@pytest.mark.parametrize(
    ("path", "excluded", "rule"),
    [
        ("/health", True, "/health"),
        ("/HEALTH/live?x=/api", True, "/health"),
        ("/healthy", True, "/health"),
        ("/api/x", True, "/Api"),
        ("/a?p=/health", False, None),
        ("/", False, None),
    ],
)
def test_which_rule_matches_a_path(path: str, excluded: bool, rule: str | None) -> None:
    answer = path_answer(path, but(client_cert_exclusion_paths=("/health", "/Api")))
    assert (answer.excluded, answer.rule) == (excluded, rule)


def test_a_path_is_not_judged_by_a_list_that_was_not_read() -> None:
    assert path_answer("/x", but(client_cert_exclusion_paths=None)).excluded is None
    assert path_answer("/x", but(client_cert_enabled=False)).excluded is True


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"plan_tier": "Free"}, "the plan Free has none"),
        ({"client_cert_mode": "OptionalInteractiveUser", "min_tls_version": "1.3"}, "can never be obtained"),
        ({"client_cert_exclusion_paths": ("/a",), "min_tls_version": "1.3"}, "can never be obtained"),
        ({"state": "Stopped"}, "The site is Stopped"),
    ],
)
def test_what_cannot_work_together_is_named(more: dict[str, object], words: str) -> None:
    (found,) = explain(but(**more)).contradictions
    assert words in found.means


@pytest.mark.parametrize("more", [{}, {"plan_tier": "Basic", "min_tls_version": "1.3", "state": "Running"}])
def test_what_can_work_together_is_not(more: dict[str, object]) -> None:
    assert explain(but(certificates=(BoundCertificate(),), **more)).contradictions == ()


def test_uploaded_certificates_are_explained_where_there_are_any() -> None:
    found = {one.name: one for one in explain(but(public_certificates=("A" * 40,))).settings}
    assert found["publicCertificates"].value == "A" * 40
    assert "keeps nobody out" in found["publicCertificates"].means
    for none in ((), None):
        assert "publicCertificates" not in {one.name for one in explain(but(public_certificates=none)).settings}
