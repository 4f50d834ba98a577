"""``mtls-triage config`` as a person runs it, on the lab's Azure: files, live, and its faults."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from tests.loops.served import patch, run, serve
from tests.siteconfig.lab_azure import live, signed_in

SCENARIO = "required-excluded-elsewhere"


@pytest.fixture(scope="module")
def lab() -> Iterator[dict[str, Any]]:
    with serve(SCENARIO) as ready:
        yield ready


def test_it_explains_a_file_to_a_newcomer(lab: dict[str, Any]) -> None:
    ended = run("config", "--config", lab["config"], "--path", "/HEALTH/x")
    assert ended.returncode == 0, ended.stderr
    for words in (
        "lab-site asks for a client certificate after the request has arrived, except on /health, and refuses",
        "← renegotiation",
        "Require (portal of 2022 to 2024)",
        "/HEALTH/x: exempt",
    ):
        assert words in " ".join(ended.stdout.split())


def test_the_json_is_the_schemas_and_live_is_the_file(lab: dict[str, Any]) -> None:
    schema = json.loads(run("config", "--json-schema").stdout)
    found = {}
    ways = {
        "file": (["--config", lab["config"]], {}),
        "id": ([lab["site_id"], *live(lab)], signed_in(lab)),
        "url": ([lab["target"], *live(lab)], signed_in(lab)),
        "name": (["--name", lab["site_id"].rpartition("/")[2], *live(lab)], signed_in(lab)),
    }
    for name, (arguments, env) in ways.items():
        ended = run("config", *arguments, "--json", env=env)
        assert ended.returncode == 0, ended.stderr
        found[name] = json.loads(ended.stdout)
        jsonschema.validate(found[name], schema)
    assert found["id"]["configuration"] == found["url"]["configuration"] == found["name"]["configuration"]
    from_file, from_arm = found["file"]["configuration"], found["id"]["configuration"]
    assert found["id"]["unknown"] == []
    same = [key for key, value in from_file.items() if value is not None and key not in ("source", "notes")]
    assert len(same) > 15
    assert {key: from_arm[key] for key in same} == {key: from_file[key] for key in same}


def test_signed_out_is_three_lines_and_status_3(lab: dict[str, Any]) -> None:
    ended = run("config", lab["site_id"], *live(lab), env={"PATH": "/nowhere"})
    assert ended.returncode == 3
    assert len(ended.stderr.splitlines()) == 3
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ftp//x"], "neither a URL nor a resource id"),
        (["/subscriptions/x/resourceGroups/y"], "is not of a site"),
        ([], "Which site?"),
        (["--config", "/nowhere.json"], "cannot be read"),
        (["https://x", "--arm-endpoint", "http://x"], "--arm-endpoint"),
        # What is wrong with the call is told before anybody is asked to sign in.
        (["https://"], "neither a URL nor a resource id"),
        (["ftp://x/"], "is no web address"),
        (["https://x:99999/"], "no usable host or port"),
        (["https://user:word@x/"], "holds a user name"),
        (["https://a b.example/"], "holds a space"),
        (["https://x'%7C/"], "is no name that Azure could know"),
        (["https://[::1]/"], "is no name that Azure could know"),
        (["--name", "a/../b"], "holds a character"),
    ],
)
def test_a_wrong_call_is_one_line_and_status_2(arguments: list[str], words: str) -> None:
    ended = run("config", *arguments, env={"PATH": "/nowhere"})
    assert ended.returncode == 2, ended.stderr
    assert words in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


FAULTS = [
    "forbidden",
    "throttled",
    "server-error",
    "malformed",
    "deep",
    "null",
    "list",
    "wrong-types",
    "truncated",
    "reset",
]


@pytest.mark.parametrize("kind", FAULTS)
def test_each_fault_of_azure_ends_in_a_clear_line(lab: dict[str, Any], kind: str) -> None:
    fault: dict[str, Any] = {"kind": kind, "seconds": 600} if kind == "throttled" else {"kind": kind}
    patch(lab, {"azure": {"faults": [fault]}})
    try:
        begun = time.monotonic()
        ended = run("config", lab["site_id"], *live(lab), env=signed_in(lab))
    finally:
        patch(lab, {"azure": {"faults": []}})
    assert time.monotonic() - begun < 30
    assert "Traceback" not in ended.stderr
    assert "fault of the tool" not in ended.stderr
    if ended.returncode == 3 and not ended.stdout:
        assert ended.stderr.startswith("mtls-triage: Reading lab-site from Azure: ")
    else:
        assert "Not known" in ended.stdout or "Notes" in ended.stdout


ENTRA_FAULTS = [
    "forbidden",
    "throttled",
    "server-error",
    "malformed",
    "deep",
    "empty",
    "list",
    "reset",
    "endless-body",
]


@pytest.mark.parametrize("kind", ENTRA_FAULTS)
def test_each_fault_of_the_authority_is_three_lines(lab: dict[str, Any], kind: str) -> None:
    patch(lab, {"azure": {"faults": [{"kind": kind, "service": "entra", "seconds": 600}]}})
    try:
        begun = time.monotonic()
        ended = run("config", lab["site_id"], *live(lab), env={**signed_in(lab), "PATH": "/nowhere"})
    finally:
        patch(lab, {"azure": {"faults": []}})
    assert time.monotonic() - begun < 20
    assert ended.returncode == 3
    assert ended.stderr.startswith("mtls-triage: Signing in to Azure at https://")
    assert len(ended.stderr.splitlines()) == 3


def test_every_way_to_sign_in_reads_the_labs_azure(lab: dict[str, Any]) -> None:
    principal = {"AZURE_TENANT_ID": lab["azure_tenant_id"], "AZURE_CLIENT_ID": lab["azure_client_id"]}
    ways: dict[str, dict[str, str]] = {
        "service principal with a secret": signed_in(lab),
        "service principal with a certificate": principal
        | {"AZURE_CLIENT_CERTIFICATE_PATH": lab["service_principal"]},
        "workload identity": principal | {"AZURE_FEDERATED_TOKEN_FILE": lab["federated_token"]},
        "managed identity": {
            "IDENTITY_ENDPOINT": lab["identity_endpoint"],
            "IDENTITY_HEADER": lab["identity_header"],
        },
    }
    for way, env in ways.items():
        ended = run("config", lab["site_id"], *live(lab), env={**env, "PATH": "/nowhere"})
        assert ended.returncode == 0, ended.stderr
        assert f"read from Azure ({way})" in ended.stdout
    ended = run("config", lab["site_id"], *live(lab), "--sign-in", "device-code", env={"PATH": "/nowhere"})
    assert "read from Azure (device code)" in ended.stdout
    assert "enter the code" in ended.stderr


def test_a_host_that_azure_names_is_probed_only_after_a_yes(lab: dict[str, Any]) -> None:
    hosts = {"settings": {"hostNames": ["shop.example.com", "localhost"]}}
    patch(lab, hosts)
    try:
        ended = run("diagnose", lab["site_id"], *live(lab), "--dry-run", env=signed_in(lab))
        assert ended.returncode == 2
        assert "Agree with --confirm-host shop.example.com" in ended.stderr
        agreed = ["--confirm-host", "shop.example.com", "--dry-run"]
        ended = run("diagnose", lab["site_id"], *live(lab), *agreed, env=signed_in(lab))
        assert ended.returncode == 0, ended.stderr
        assert "https://shop.example.com/" in ended.stdout
        other = ["--confirm-host", "other.example.com", "--dry-run"]
        assert run("diagnose", lab["site_id"], *live(lab), *other, env=signed_in(lab)).returncode == 2
    finally:
        patch(lab, {"settings": {"hostNames": ["localhost"]}})


def test_diagnose_goes_on_without_the_settings(lab: dict[str, Any]) -> None:
    options = ["--cert", lab["certificate"], "--symptom", "header-missing", "--json"]
    ended = run("diagnose", lab["target"], *live(lab), *options, env={"PATH": "/nowhere"})
    case = json.loads(ended.stdout)
    assert case["configuration"]["source"] == "none"
    assert case["predictions"] == []
    assert any("nobody is signed in" in one["what"] for one in case["unknown"])
    assert "Going on without the settings" in ended.stderr


def test_a_run_without_azure_imports_none_of_it(lab: dict[str, Any]) -> None:
    file = lab["config"]
    program = (
        "import sys; from tui.cli import cli\n"
        f"cli.main(['config', '--config', {file!r}], standalone_mode=False)\n"
        f"cli.main(['diagnose', 'https://localhost', '--config', {file!r}, '--dry-run'], standalone_mode=False)\n"
        "heavy = ('azure', 'msal', 'aiohttp', 'requests')\n"
        "print('LOADED', sorted(name for name in sys.modules if name.partition('.')[0] in heavy))"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert ended.stdout.splitlines()[-1] == "LOADED []"
