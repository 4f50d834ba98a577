"""A company's proxy that opens TLS, with its authority in this machine's store: nothing is said about Azure."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from probes.diagnosis import catalogue
from tests.loops.served import diagnose, patch, run, serve

PROXY = "tls-inspection-proxy"


@pytest.fixture(scope="module")
def ready() -> Iterator[dict[str, Any]]:
    with serve(PROXY) as served:
        yield served


def read(ready: dict[str, Any], *options: str) -> str:
    ended = run("diagnose", ready["target"], *ready["options"], *options, env=ready["env"])
    assert ended.returncode == 1
    return " ".join(ended.stdout.split())


def test_the_first_words_are_who_answers_and_who_made_the_certificate(ready: dict[str, Any]) -> None:
    text = read(ready)
    assert text.startswith("✗ Cause found You are not talking to the site: a proxy opens the connection")
    assert "was made by CN=Foreign root CA,O=mtls-triage lab, which only this machine trusts" in text
    assert "Nothing that was seen says anything about Azure" in text
    assert "Call from another network" in text
    assert "put on the proxy's list of hosts that are not opened" in text


def test_no_other_finding_and_no_advice_about_the_site_stands_beside_it(ready: dict[str, Any]) -> None:
    text = read(ready)
    assert "Also true" not in text
    assert "Spared" not in text
    others = {one.slug for one in catalogue()} - {PROXY}
    assert {slug for slug in others if re.search(rf"(?<![\w-]){slug}(?![\w-])", text)} == set()
    assert "az webapp" not in text
    unchecked = text.partition("Not checked")[2].partition("Reply to the customer")[0]
    assert "anything about the site itself: it was a proxy that answered" in unchecked
    assert "which proxy on the way it is" in unchecked
    assert "a proxy script (PAC) is not read" in unchecked
    assert "--allow-uploads" not in unchecked
    assert "--debug-path" not in unchecked


@pytest.mark.parametrize("settings", [{"clientCertEnabled": False}, {"clientCertExclusionPaths": "/health"}])
@pytest.mark.parametrize("symptom", ["header-missing", "upload-403"])
def test_settings_that_would_explain_it_do_not_lift_the_gate(
    ready: dict[str, Any], settings: dict[str, Any], symptom: str
) -> None:
    patch(ready, {"settings": settings})
    try:
        case = diagnose(ready["target"], (*ready["options"], "--symptom", symptom, "--insecure"), ready["env"])
    finally:
        patch(ready, {"settings": {"clientCertEnabled": True, "clientCertExclusionPaths": None}})
    assert (case["verdict"]["finding"], case["verdict"]["also"]) == (PROXY, [])
    assert sum(one["probe"]["body_bytes"] for one in case["observations"]) == 0


def test_without_the_authority_in_the_store_it_is_not_trusted_and_gets_no_certificate(ready: dict[str, Any]) -> None:
    # The proxy's authority is in the store by the lab's variable alone.
    case = diagnose(ready["target"], ready["options"])
    assert case["verdict"]["finding"] == "server-certificate-untrusted"
    assert {one["tls"]["certificate_sent"] for one in case["observations"] if one["tls"]} <= {"no", "unknown", None}
