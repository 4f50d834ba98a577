"""What changed between two cases: a fix, nothing at all, and other circumstances."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from probes.case import compare, open_case
from tests.loops.served import filled, patch, run, serve


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two runs before and two after the fix of one site."""
    folder = tmp_path_factory.mktemp("runs")
    files = []
    with serve("large-body-renegotiation") as ready:
        options = filled(ready["options"], ready)
        for name in ("before", "before-again", "after", "after-again"):
            if name == "after":
                patch(ready, {"settings": {"clientCertExclusionPaths": None}})
                changed = json.loads(Path(ready["config"]).read_text())
                Path(ready["config"]).write_text(json.dumps(changed | {"clientCertExclusionPaths": None}))
            files.append(folder / f"{name}.jsonl")
            ended = run("diagnose", ready["target"], *options, "--save", str(files[-1]))
            assert ended.returncode in (0, 1), ended.stderr
    return files


def test_the_same_site_twice_is_equal(runs: list[Path]) -> None:
    for one, other in (runs[:2], runs[2:]):
        ended = run("compare", str(one), str(other))
        assert ended.returncode == 0, ended.stdout
        assert "Nothing changed." in ended.stdout


def test_a_fix_shows_in_settings_probes_and_verdict(runs: list[Path]) -> None:
    ended = run("compare", str(runs[0]), str(runs[2]), "--json")
    assert ended.returncode == 1
    found = json.loads(ended.stdout)
    jsonschema.validate(found, json.loads(run("compare", "--json-schema").stdout))
    assert not found["equal"]
    assert {"name": "finding", "before": "large-body-renegotiation", "after": "healthy"} in found["verdict"]
    assert [one["name"] for one in found["settings"]] == ["client_cert_exclusion_paths"]
    large = next(one for one in found["probes"] if one["probe"] == "post-large-own")
    assert {"name": "status", "before": "403", "after": "404"} in large["changes"]
    assert large["asked"] == []
    assert found["inputs"] == []


def test_a_setting_that_one_side_did_not_read_is_no_change(runs: list[Path]) -> None:
    case = open_case(runs[0]).case
    blind = msgspec.structs.replace(case.configuration, https_only=None)
    found = compare(case, msgspec.structs.replace(case, configuration=blind))
    assert (found.equal, found.settings, found.not_compared) == (True, (), ("https_only",))


def test_probes_of_one_side_alone_count(runs: list[Path]) -> None:
    case = open_case(runs[0]).case
    found = compare(case, msgspec.structs.replace(case, observations=case.observations[:-1]))
    assert (found.equal, found.only_before) == (False, (case.observations[-1].probe.id,))


def test_another_question_is_told_beside_another_answer(runs: list[Path]) -> None:
    case = open_case(runs[0]).case
    first = case.observations[0]
    probe = msgspec.structs.replace(first.probe, tls="1.3")
    changed: Any = msgspec.structs.replace(first, probe=probe, status=500)
    found = compare(case, msgspec.structs.replace(case, observations=(changed, *case.observations[1:])))
    assert [(one.probe, one.asked) for one in found.probes] == [(probe.id, ("tls",))]


def test_wrong_calls_are_one_line(tmp_path: Path) -> None:
    for words in ([], [str(tmp_path / "a")], [str(tmp_path / "a"), str(tmp_path / "b")]):
        ended = run("compare", *words)
        assert ended.returncode == 2
        assert "Traceback" not in ended.stderr
