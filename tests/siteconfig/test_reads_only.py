"""Whatever way a site is read, only reads leave, only to the hosts that were named, and no secret is in any log."""

import json
import os
import pty
import select
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.loops.served import COMMAND, serve
from tests.siteconfig.azure import SECRET, SITE, TENANT, TOKEN, Azure
from tests.siteconfig.lab_azure import asked, live, ports, signed_in
from tests.siteconfig.watched import watched

GRAPH = "/providers/microsoft.resourcegraph/resources"
LOOPBACK = {"127.0.0.1", "::1"}


@pytest.fixture(scope="module")
def lab() -> Iterator[dict[str, Any]]:
    with serve("healthy-azure") as ready:
        yield ready


def only_reads(calls: list[dict[str, Any]], lab: dict[str, Any]) -> None:
    assert calls
    assert {one["host"] for one in calls} == {lab["arm"].removeprefix("https://")}
    for one in calls:
        assert one["method"] == "GET" or (one["method"] == "POST" and one["path"].lower() == GRAPH), one
        assert one["bearer"]
        assert one["user_agent"].startswith("mtls-triage/"), one


def ways(lab: dict[str, Any]) -> dict[str, list[str]]:
    name, group = lab["site_id"].rpartition("/")[2], lab["site_id"].split("/")[4]
    return {
        "resource id": [lab["site_id"]],
        "resource id of a slot": [f"{lab['site_id']}/slots/staging"],
        "URL": [lab["target"]],
        "URL of a slot": ["https://staging.localhost/x"],
        "name": ["--name", name],
        "name and group": ["--name", name, "--resource-group", group],
        "name and slot": ["--name", name, "--slot", "staging"],
        "all names": ["--name", name, "--resource-group", group, "--subscription", lab["site_id"].split("/")[2]],
    }


WAYS = (
    "resource id", "resource id of a slot", "URL", "URL of a slot", "name", "name and group", "name and slot",
    "all names",
)  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_only_reads_leave_and_only_to_the_hosts_that_were_named(
    lab: dict[str, Any], tmp_path: Path, way: str
) -> None:
    before = len(asked(lab))
    ended = watched(tmp_path, "config", *ways(lab)[way], *live(lab), "--json", env=signed_in(lab))
    assert ended.returncode == 0, ended.stderr
    only_reads(asked(lab)[before:], lab)
    assert {port for _, port in ended.connected if port} <= ports(lab, "arm", "entra")
    assert {where for where, _ in ended.connected} <= LOOPBACK
    assert ended.looked_up <= {"localhost", *LOOPBACK}
    # "eyJ" begins every JSON Web Token (RFC 7519, 3): the lab's tokens are such.
    assert "eyJ" not in ended.logs + ended.stdout + ended.stderr
    assert lab["azure_client_secret"] not in ended.logs + ended.stdout + ended.stderr
    assert ended.logs, "asyncio says something at this level, or this test would check nothing"
    slot = "slot" in way
    assert json.loads(ended.stdout)["configuration"]["name"] == ("lab-site/staging" if slot else "lab-site")


def said_until(terminal: int, expected: str) -> str:
    """Return what the terminal showed until it had the words, or for at most 30 s."""
    said, until = "", time.monotonic() + 30
    while expected not in said and time.monotonic() < until:
        if select.select([terminal], [], [], 0.2)[0]:
            said += os.read(terminal, 4096).decode()
    return said


def test_the_list_to_choose_from_only_reads_too(lab: dict[str, Any]) -> None:
    before = len(asked(lab))
    ours, theirs = pty.openpty()
    command = [*COMMAND, "config", *live(lab), "--json"]
    env = {**os.environ, **signed_in(lab)}
    with subprocess.Popen(
        command, stdin=theirs, stderr=theirs, stdout=subprocess.PIPE, env=env, text=True
    ) as process:
        os.close(theirs)
        try:
            for typed in ("lab-site staging\n", "1\n"):
                assert "Number, or words" in said_until(ours, "Number, or words")
                os.write(ours, typed.encode())
            out, _ = process.communicate(timeout=30)
        finally:
            # A process that still asks would be waited for without end.
            process.kill()
            os.close(ours)
    assert process.returncode == 0
    assert json.loads(out)["configuration"]["name"] == "lab-site/staging"
    only_reads(asked(lab)[before:], lab)


@pytest.mark.parametrize("failing", ["none", "500", "401", "token refused"])
def test_no_token_and_no_secret_is_in_any_log_whatever_fails(
    azure: Azure, signed_out: Path, tmp_path: Path, failing: str
) -> None:
    echoed = {"error": {"code": "X", "message": f"Bearer {TOKEN} is not welcome"}}
    if failing == "token refused":
        azure.token_answer = (401, {}, {"error": "invalid_client", "error_description": f"not {SECRET}"})
    elif failing != "none":
        azure.put(f"{SITE}/config/web", echoed, int(failing))
    env = {
        "AZURE_TENANT_ID": TENANT,
        "AZURE_CLIENT_ID": "client",
        "AZURE_CLIENT_SECRET": SECRET,
        "PATH": os.environ["PATH"],
    }
    options = ["--arm-endpoint", azure.url, "--authority", azure.url, "--ca", str(azure.ca)]
    ended = watched(tmp_path, "config", SITE, *options, env=env)
    assert ended.returncode == (3 if failing == "token refused" else 0), ended.stderr
    assert any("/oauth2/" in path for _, path in azure.log), "a secret was sent, and could have been logged"
    assert ended.logs
    for where in (ended.logs, ended.stdout, ended.stderr):
        assert TOKEN not in where
        assert SECRET not in where
    assert "Traceback" not in ended.stderr


def test_the_watch_itself_sees_a_connection(tmp_path: Path) -> None:
    ended = watched(tmp_path, "diagnose", "http://127.0.0.1:9/", "--save", str(tmp_path / "case.jsonl"))
    assert ("127.0.0.1", 9) in ended.connected, ended.stderr
