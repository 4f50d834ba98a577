"""``reproduce``: a ticket with nothing but settings and a command is answered in the lab, and says so."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from probes.model import SiteConfig
from probes.reproduce import Reproduction, lab_settings
from tests.loops.served import run

SECRET = "s3cr3t-value-of-the-customer"
SITE = {
    "name": "contoso",
    "type": "Microsoft.Web/sites",
    "defaultHostName": "contoso.azurewebsites.net",
    "clientCertEnabled": True,
    "clientCertMode": "Required",
    "clientCertExclusionPaths": None,
    "httpsOnly": True,
    "state": "Running",
    "publicNetworkAccess": "Enabled",
    "siteConfig": {"http20Enabled": False, "minTlsVersion": "1.2", "minTlsCipherSuite": None},
}
URL = "https://contoso.azurewebsites.net"


def reproduced(folder: Path, command: str, *options: str, **settings: Any) -> dict[str, Any]:
    (folder / "site.json").write_text(json.dumps(SITE | settings))
    (folder / "body").write_bytes(b"x" * 300_000)
    ended = run("reproduce", "--config", str(folder / "site.json"), "--curl", command, "--json", *options)
    assert ended.returncode in (0, 1, 3), ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout)
    jsonschema.validate(found, json.loads(run("reproduce", "--json-schema").stdout))
    assert SECRET not in ended.stdout + ended.stderr
    return found | {"exit": ended.returncode}


def passes(found: dict[str, Any]) -> dict[str, bool | None]:
    return {
        "as it is" if one["change"] is None else one["change"]["words"]: one["passes"] for one in found["replays"]
    }


def test_a_large_upload_under_an_exclusion_path(tmp_path: Path) -> None:
    command = (
        f"curl --cert client.pem -H 'Authorization: {SECRET}' --data-binary @{tmp_path}/body {URL}/up?code={SECRET}"
    )
    found = reproduced(tmp_path, command, clientCertExclusionPaths="/health")
    verdict = found["case"]["verdict"]
    assert verdict["finding"] == "curl-below-threshold"
    assert verdict["confidence"] == "likely"
    assert found["exit"] == 1
    assert passes(found) == {
        "as it is": False,
        "clientCertExclusionPaths= (empty)": True,
        "-H 'Expect: 100-continue'": True,
        "a HEAD request first on the same connection": True,
        "--tls-max 1.2": False,
        "--http1.1": False,
    }
    evidence = [one for step in verdict["path"] for one in step["evidence"]] + verdict["evidence"]
    assert any(one.startswith("lab:o") for one in evidence)
    assert not any(one.startswith("obs:") for one in evidence)
    assert found["case"]["target"]["url"].startswith(URL)
    assert found["case"]["unknown"][0]["what"].startswith("whether the site itself")


def test_what_the_customer_can_do_himself_is_not_proposed_twice(tmp_path: Path) -> None:
    command = (
        f"curl --cert c.pem --tls-max 1.2 --http1.1 -H 'Expect: 100-continue' --data-binary @{tmp_path}/body {URL}/up"
    )
    found = reproduced(tmp_path, command, clientCertMode="OptionalInteractiveUser")
    assert passes(found)["as it is"] is True
    assert "-H 'Expect: 100-continue'" not in passes(found)


def test_nothing_wrong_is_said_to_be_so(tmp_path: Path) -> None:
    found = reproduced(tmp_path, f"curl --cert client.pem {URL}/")
    assert (found["exit"], found["case"]["verdict"]["finding"]) == (0, "healthy")
    assert passes(found) == {"as it is": True}
    assert found["case"]["verdict"]["confidence"] == "likely"


@pytest.mark.parametrize(
    ("command", "settings", "finding", "cure"),
    [
        (f"curl --cert c.pem {URL}/", {"clientCertEnabled": False}, "client-certs-disabled",
         "clientCertEnabled=true"),
        (f"curl {URL}/", {}, "certificate-missing", "--cert with a certificate and its key"),
        (f"curl --cert c.pem --tls-max 1.2 {URL}/", {"siteConfig": {"minTlsVersion": "1.3"}}, "tls-version-refused",
         "minTlsVersion=1.2"),
        (f"curl --cert c.pem {URL}/", {"state": "Stopped"}, "site-stopped", "the site is started"),
    ],
)  # fmt: skip
def test_other_tickets(tmp_path: Path, command: str, settings: dict[str, Any], finding: str, cure: str) -> None:
    found = reproduced(tmp_path, command, **settings)
    assert found["case"]["verdict"]["finding"] == finding
    assert passes(found)[cure] is True
    cured = next(one for one in found["replays"] if one["change"] and one["change"]["words"] == cure)
    assert cured["certificate_sent"] is True


def test_a_body_that_is_not_here_is_said_to_be_guessed(tmp_path: Path) -> None:
    command = f"curl --cert c.pem --data-binary @/nowhere/body {URL}/up"
    found = reproduced(tmp_path, command, clientCertExclusionPaths="/health")
    assert found["replays"][0]["observation"]["probe"]["body_bytes"] == 307_200
    assert any("--body-bytes" in one["what"] for one in found["case"]["unknown"])
    found = reproduced(tmp_path, command, "--body-bytes", "50000", clientCertExclusionPaths="/health")
    assert passes(found)["as it is"] is True
    assert not any("--body-bytes" in one["what"] for one in found["case"]["unknown"])


def test_a_person_reads_what_it_is_and_what_it_is_not(tmp_path: Path) -> None:
    (tmp_path / "site.json").write_text(json.dumps(SITE | {"clientCertExclusionPaths": "/health"}))
    command = f"curl --cert c.pem -d @/nowhere {URL}/up"
    ended = run("reproduce", "--config", str(tmp_path / "site.json"), "--curl", command)
    assert ended.returncode == 1
    assert "reproduced in the lab with these settings and this command; not seen on the site" in ended.stdout
    assert "Taken for granted:" in ended.stdout
    assert "✗ edge 403" in ended.stdout
    assert "✓ app" in ended.stdout


@pytest.mark.parametrize(
    "arguments", [[], ["--curl", "curl https://h"], ["--config", "/nowhere", "--curl", "curl h"]]
)
def test_what_is_missing_is_one_clear_line(arguments: list[str]) -> None:
    ended = run("reproduce", *arguments)
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr


def test_settings_that_were_not_read_are_not_invented() -> None:
    assert lab_settings(SiteConfig()) == {}
    assert lab_settings(SiteConfig(client_cert_exclusion_paths=())) == {"clientCertExclusionPaths": None}


def test_the_result_is_its_own_type() -> None:
    assert {field.name for field in msgspec.structs.fields(Reproduction)} == {"case", "replays", "assumed"}
