"""Every JSON output is valid against the schema that its command publishes."""

import json
from pathlib import Path

import jsonschema
import pytest

from tests.loops.served import run

SCENARIOS = ["large-body-renegotiation", "server-certificate-expired", "plain-http-request", "healthy-optional"]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_case_is_valid(scenario: str) -> None:
    schema = json.loads(run("diagnose", "--json-schema").stdout)
    case = json.loads(run("diagnose", f"lab:{scenario}", "--json").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(case, schema)
    assert case["schema"] == "mtls-triage/case/1"
    assert case["observations"]


def test_an_unreachable_target_is_valid_too() -> None:
    schema = json.loads(run("diagnose", "--json-schema").stdout)
    ended = run("diagnose", "https://no-such-host.invalid/", "--allow-uploads", "--json")
    jsonschema.validate(json.loads(ended.stdout), schema)
    assert ended.returncode == 1


def test_a_threshold_is_valid() -> None:
    schema = json.loads(run("threshold", "--json-schema").stdout)
    ended = run("threshold", "lab:large-body-renegotiation", "--json")
    found = json.loads(ended.stdout)
    jsonschema.validate(found, schema)
    assert ended.returncode == 1
    assert (found["largest_accepted"], found["attribution"]) == (102_400, "renegotiation-buffer")
    assert {one["with"] for one in found["runs"]} == {"certificate", "no-certificate", "expect", "head-first"}


def test_a_decoded_certificate_is_valid(tmp_path: Path) -> None:
    schema = json.loads(run("decode", "--json-schema").stdout)
    file = tmp_path / "header.txt"
    file.write_text("X-ARR-ClientCert: bm90IGEgY2VydGlmaWNhdGU=\n")
    ended = run("decode", str(file), "--json")
    jsonschema.validate(json.loads(ended.stdout), schema)
    assert ended.returncode in (1, 3)
