"""``verify`` over the public command, against a lab that is changed while it runs."""

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.loops.served import COMMAND, LIMIT_S, filled, patch, run, serve

LARGE = ("--finding", "large-body-renegotiation")
FAST = ("--every", "100ms", "--streak", "6", "--for", "30s", "--json")


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, "verify", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def after_failures(process: "subprocess.Popen[str]", wanted: int) -> None:
    """Wait until some attempts have failed."""
    assert process.stderr
    seen = 0
    while seen < wanted:
        line = process.stderr.readline()
        assert line, "it ended before anything failed"
        seen += "failed" in line


def result(process: "subprocess.Popen[str]") -> tuple[int, dict[str, Any]]:
    said, complaint = process.communicate(timeout=LIMIT_S)
    assert said, complaint
    found: dict[str, Any] = json.loads(said)
    jsonschema.validate(found, json.loads(run("verify", "--json-schema").stdout))
    return process.returncode, found


def test_a_fix_that_takes_effect_while_it_watches_holds() -> None:
    with serve("large-body-renegotiation") as ready:
        process = start(ready["target"], *LARGE, *FAST, *ready["options"])
        after_failures(process, 3)
        patch(ready, {"settings": {"clientCertExclusionPaths": None}})
        status, found = result(process)
    assert (status, found["outcome"]) == (0, "held")
    outcomes = [one["outcome"].partition(":")[0] for one in found["attempts"]]
    assert outcomes[:3] == ["failed"] * 3
    assert outcomes[-6:] == ["passed"] * 6
    assert found["passes"] == 6
    assert found["failing_at_most"] == pytest.approx(0.5)
    assert found["control_still_refused"] is True
    failed = [one["at"] for one in found["attempts"] if one["outcome"].startswith("failed")]
    assert found["last_failure"] == failed[-1]
    assert failed[-1] in found["statement"]


def test_a_fix_that_opens_the_site_does_not_hold() -> None:
    with serve("large-body-renegotiation") as ready:
        process = start(ready["target"], *LARGE, *FAST, *ready["options"])
        after_failures(process, 1)
        patch(ready, {"settings": {"clientCertEnabled": False}})
        status, found = result(process)
    assert found["passes"] == 6
    assert found["control_still_refused"] is False
    assert (status, found["outcome"]) == (1, "did-not-hold")


def test_what_was_not_fixed_does_not_hold_within_its_time() -> None:
    began = time.monotonic()
    ended = run("verify", "lab:large-body-renegotiation", *LARGE, "--every", "200ms", "--for", "1s", "--streak", "3")
    assert ended.returncode == 1
    assert "✗ It did not hold" in ended.stdout
    assert ended.stdout.count("✗") > 4
    assert time.monotonic() - began < LIMIT_S / 4


@pytest.mark.parametrize(
    ("scenario", "probe"),
    [
        ("app-rejects-certificate", "get-own"),
        ("header-damaged", "debug"),
        ("curl-below-threshold", "as-curl-large"),
        ("expect-refused-on-the-way", "post-large-wait"),
        ("client-certs-disabled", "debug"),
        ("header-forgeable", "forged-debug"),
        ("server-certificate-expired", "get-own"),
        ("unsafe-legacy-renegotiation", "get-own"),
        ("uploaded-cer-is-no-trust-list", "get-throwaway"),
    ],
)
def test_each_kind_of_probe_fails_before_the_fix_and_holds_after_it(scenario: str, probe: str) -> None:
    listed = {one["name"]: one for one in json.loads(run("lab", "--list", "--json").stdout)}
    finding = listed[scenario]["expected_finding"]
    with serve(scenario) as ready:
        common = (ready["target"], "--finding", finding, *ready["options"], "--every", "0", "--json")
        before = run("verify", *common, "--for", "0", "--streak", "2", env=ready["env"])
        patch(ready, listed[scenario]["fix"]["lab"])
        after = run("verify", *common, "--for", "20s", "--streak", "3", env=ready["env"])
    assert (before.returncode, after.returncode) == (1, 0), (before.stderr, after.stderr)
    assert {json.loads(one.stdout)["probe"] for one in (before, after)} == {probe}


def test_a_saved_case_knows_its_finding_and_that_the_control_was_refused(tmp_path: Path) -> None:
    file = tmp_path / "case.jsonl"
    with serve("large-body-renegotiation") as ready:
        run("diagnose", ready["target"], *ready["options"], "--save", str(file))
        patch(ready, {"settings": {"clientCertExclusionPaths": None, "clientCertMode": "Optional"}})
        given = filled(["--ca", "{ca}", "--cert", "{certificate}"], ready)
        ended = run("verify", str(file), *given, "--every", "0", "--streak", "2", "--json")
    found = json.loads(ended.stdout)
    assert found["finding"] == "large-body-renegotiation"
    assert found["passes"] == 2
    # The case saw a refusal without a certificate; Optional lets such requests in.
    assert found["control_still_refused"] is False
    assert ended.returncode == 1


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ((), "TARGET is missing"),
        (("https://localhost:9/",), "--finding"),
        (("https://localhost:9/", "--finding", "large-body-renegotiaton"), "did you mean large-body-renegotiation"),
        (("https://localhost:9/", "--finding", "healthy"), "no fault"),
        (("https://localhost:9/", "--finding", "curl-below-threshold"), "--as"),
        (("https://localhost:9/", "--finding", "header-damaged"), "--debug-path"),
        (("https://localhost:9/", "--finding", "header-forgeable"), "--check-forgery"),
        (("https://localhost:9/", "--finding", "cipher-refused"), "--curl"),
        (("https://localhost:9/", *LARGE, "--for", "soon"), "10m"),
        (("https://site.invalid/", *LARGE), "--allow-uploads"),
        (("no-such-case.jsonl",), "no-such-case.jsonl"),
    ],
)
def test_a_wrong_call_says_what_to_do(arguments: tuple[str, ...], word: str) -> None:
    ended = run("verify", *arguments)
    assert ended.returncode == 2
    assert word in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""


def test_nobody_there_is_no_proof_of_anything() -> None:
    ended = run(
        "verify", "https://localhost:9/", "--finding", "path-excluded", "--for", "0", "--streak", "2", "--json"
    )
    found = json.loads(ended.stdout)
    assert ended.returncode == 1
    assert found["control_still_refused"] is None
    assert found["failing_at_most"] is None
