"""A saved case that is verified holds the verification, and its report tells of it."""

import json
from pathlib import Path

from tests.loops.served import filled, patch, run, serve


def test_a_verification_goes_into_the_case_that_it_belongs_to(tmp_path: Path) -> None:
    case, name = tmp_path / "case.jsonl", "large-body-renegotiation"
    with serve(name) as ready:
        run("diagnose", ready["target"], *ready["options"], "--save", str(case))
        listed = {one["name"]: one for one in json.loads(run("lab", "--list", "--json").stdout)}
        patch(ready, listed[name]["fix"]["lab"])
        certificate = filled(["--ca", "{ca}", "--cert", "{certificate}"], ready)
        pace = ["--for", "20s", "--every", "0.1s", "--streak", "4"]
        ended = run("verify", str(case), *certificate, *pace, "--json")
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    kept = json.loads(run("report", str(case), "--json").stdout)
    assert kept["verification"]["streak"] == 4
    assert kept["verification"]["control_still_refused"] is True
    assert [one["at"] for one in kept["verification"]["attempts"]] == [one["at"] for one in found["attempts"]]
    assert kept["verdict"]["finding"] == name
    assert "4 in a row" in run("report", str(case), "--markdown").stdout
