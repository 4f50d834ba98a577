"""Each fault of the lab's Azure, part by part and all at once: a clear message in time, and Ctrl-C works."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.loops.served import COMMAND, patch, run, serve
from tests.siteconfig.lab_azure import asked, live, signed_in


@pytest.fixture(scope="module")
def lab() -> Iterator[dict[str, Any]]:
    with serve("healthy-azure") as ready:
        yield ready


@contextmanager
def faulty(lab: dict[str, Any], *faults: dict[str, Any]) -> Iterator[None]:
    patch(lab, {"azure": {"faults": list(faults)}})
    try:
        yield
    finally:
        patch(lab, {"azure": {"faults": []}})


def told(lab: dict[str, Any], faults: dict[str, dict[str, Any]]) -> tuple[dict[str, Any], float]:
    """Return what ``config --json`` says where each path has its fault, and how long it took in seconds."""
    with faulty(lab, *({"path": path} | fault for path, fault in faults.items())):
        begun = time.monotonic()
        ended = run("config", lab["site_id"], *live(lab), "--json", env=signed_in(lab))
        took = time.monotonic() - begun
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    found: dict[str, Any] = json.loads(ended.stdout)
    return found, took


def why(found: dict[str, Any], part: str) -> str:
    (one,) = [one for one in found["unknown"] if part in one["what"]]
    return f"{one['why']}: {one['what']}: {one['how_to_get']}"


QUICK = {
    "*/config/web": ({"kind": "forbidden"}, "config/web", "no-permission", "Microsoft.Web/sites/config/read"),
    "*/config/authsettingsv2*": ({"kind": "expired-token"}, "authsettingsV2", "401", "sign in again"),
    "*/hostnamebindings": (
        {"kind": "not-registered"},
        "host name bindings",
        "409",
        "MissingSubscriptionRegistration",
    ),
    "*/privateendpointconnections": ({"kind": "throttled", "seconds": 600}, "private endpoint", "429", "in 600 s"),
    "*/publiccertificates": ({"kind": "malformed"}, "public certificates", "not-observable", "no JSON"),
    "*/certificates": ({"kind": "truncated"}, "server certificates", "not-observable", "before the answer was whole"),
    "*/slots": ({"kind": "next-link-other-host"}, "other slots", "not-observable", "another host"),
    "*/changes": ({"kind": "not-found"}, "last 14 days", "404", "not-observable"),
    "*/serverfarms/*": ({"kind": "server-error"}, "tier of the App Service plan", "500", "InternalServerError"),
}
SLOW = {
    "*/config/web": ({"kind": "silent"}, "config/web", "not-observable", "did not answer in time"),
    "*/config/authsettingsv2*": (
        {"kind": "dripping", "seconds": 0.2},
        "authsettingsV2",
        "not-observable",
        "did not answer in time",
    ),
    "*/privateendpointconnections": (
        {"kind": "slow", "seconds": 600},
        "private endpoint",
        "not-observable",
        "did not answer in time",
    ),
    "*/publiccertificates": ({"kind": "endless-body"}, "public certificates", "not-observable", "larger than 16 MiB"),
    "*/certificates": ({"kind": "reset"}, "server certificates", "not-observable", "onnection"),
    "*/slots": ({"kind": "next-link-http"}, "other slots", "not-observable", "another host"),
    "*/changes": ({"kind": "unavailable"}, "last 14 days", "503", "not-observable"),
    "*/serverfarms/*": ({"kind": "deep"}, "tier of the App Service plan", "not-observable", "not what it documents"),
}


@pytest.mark.parametrize("faults", [QUICK, SLOW], ids=["quick", "slow"])
def test_a_fault_of_one_part_takes_only_that_part_and_says_what_it_was(
    lab: dict[str, Any], faults: dict[str, tuple[dict[str, Any], str, str, str]]
) -> None:
    before = len(asked(lab))
    found, took = told(lab, {path: fault for path, (fault, *_) in faults.items()})
    assert took < 40
    for part, *words in (rest for _, *rest in faults.values()):
        for word in words:
            assert word in why(found, part)
    assert len(found["unknown"]) == len(faults)
    assert found["configuration"]["client_cert_mode"] == "Required"
    assert {one["method"] for one in asked(lab)[before:]} == {"GET"}
    assert {one["host"] for one in asked(lab)[before:]} == {lab["arm"].removeprefix("https://")}


def test_paging_without_end_is_cut_off_and_what_was_read_is_kept(lab: dict[str, Any]) -> None:
    before = len(asked(lab))
    found, took = told(lab, {"*/hostnamebindings": {"kind": "next-link-for-ever"}})
    assert took < 30
    assert [one["name"] for one in found["configuration"]["host_bindings"]] == ["localhost"]
    pages = [one for one in asked(lab)[before:] if one["path"].lower().endswith("/hostnamebindings")]
    assert 1 < len(pages) <= 20


def test_a_claims_challenge_is_answered_once_and_a_lasting_one_is_told(lab: dict[str, Any]) -> None:
    found, _ = told(lab, {"*": {"kind": "claims-challenge"}})
    assert found["unknown"] == []
    with faulty(lab, {"kind": "claims-challenge-for-ever"}):
        ended = run("config", lab["site_id"], *live(lab), env=signed_in(lab))
    assert ended.returncode == 3
    assert "Azure answered 401 TokenCreatedWithOutdatedPolicies" in ended.stderr
    assert "sign in again" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


WHOLE = {
    "not-found": (2, "404", "Check the subscription"),
    "not-registered": (3, "409 MissingSubscriptionRegistration", "--config FILE"),
    "expired-token": (3, "401 ExpiredAuthenticationToken", "sign in again"),
    "unavailable": (3, "503", "Try again"),
    "redirect-other-host": (3, "307", "Try again"),
    "empty": (3, "not what it documents", "--config FILE"),
    "silent": (3, "did not answer in time", "--config FILE"),
    "dripping": (3, "did not answer in time", "--config FILE"),
    "endless-body": (3, "larger than 16 MiB", "--config FILE"),
}


@pytest.mark.parametrize("kind", WHOLE)
def test_where_nothing_can_be_read_one_line_says_why_and_what_to_do(lab: dict[str, Any], kind: str) -> None:
    status, seen, advice = WHOLE[kind]
    begun = time.monotonic()
    with faulty(lab, {"kind": kind, "seconds": 0.2}):
        ended = run("config", lab["site_id"], *live(lab), env=signed_in(lab))
    assert time.monotonic() - begun < 40
    assert ended.returncode == status
    assert ended.stdout == ""
    assert ended.stderr.startswith("mtls-triage: Reading lab-site from Azure: ")
    assert seen in ended.stderr
    assert advice in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


EVERY = (
    "claims-challenge", "claims-challenge-for-ever", "expired-token", "forbidden", "not-found", "not-registered",
    "throttled", "server-error", "unavailable", "slow", "silent", "dripping", "malformed", "truncated", "reset",
    "endless-body", "next-link-other-host", "next-link-for-ever", "redirect-other-host",
)  # fmt: skip


@pytest.mark.parametrize("kind", EVERY)
def test_ctrl_c_ends_it_in_the_middle_of_each_fault(lab: dict[str, Any], kind: str) -> None:
    """The fault strikes the lists and config/web; the site itself is silent, so that the command is still at work."""
    before = len(asked(lab))
    site = {"kind": "silent", "path": lab["site_id"]}
    seconds = {"throttled": 1, "dripping": 0.2}.get(kind, 60)
    with faulty(lab, site, {"kind": kind, "seconds": seconds}):
        with subprocess.Popen(
            [*COMMAND, "config", lab["site_id"], *live(lab)],
            env={**os.environ, **signed_in(lab)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                wait_until_struck(lab, before)
                assert process.poll() is None, "it is still at work"
                process.send_signal(signal.SIGINT)
                begun = time.monotonic()
                out, said = process.communicate(timeout=20)
            finally:
                process.kill()
        assert time.monotonic() - begun < 10, "less than any bound of the reading itself"
    assert process.returncode == 130
    assert out == ""
    assert "Traceback" not in said
    assert "eyJ" not in said
    assert said.strip() == "interrupted"


def wait_until_struck(lab: dict[str, Any], before: int) -> None:
    """Wait until the site and config/web were asked for, so that the fault has struck."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        paths = {one["path"].lower() for one in asked(lab)[before:]}
        if any(path.endswith("/config/web") for path in paths) and lab["site_id"].lower() in paths:
            return
        time.sleep(0.05)
    raise AssertionError("Azure was not asked")
