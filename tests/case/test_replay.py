"""Every scenario of the lab, saved by its run and reported from the file: the same verdict, byte for byte."""

import json
from pathlib import Path

import pytest

from probes.case import open_case, replayed
from probes.lab.scenarios import scenarios
from tests.loops.served import run


@pytest.mark.parametrize("scenario", list(scenarios()))
def test_a_report_is_the_run_byte_for_byte(scenario: str, tmp_path: Path) -> None:
    file = tmp_path / "case.jsonl"
    made = run("diagnose", f"lab:{scenario}", "--json", "--audience", "team", "--save", str(file))
    again = run("report", str(file), "--json", "--audience", "team")
    assert again.returncode == 0
    assert again.stderr == ""
    assert again.stdout == made.stdout
    case = json.loads(again.stdout)
    assert case["verdict"]["finding"] == scenarios()[scenario].expected_finding
    assert case["observations"]
    opened = open_case(file)
    # No note: the verdict that was computed anew from the file is the one that the run wrote.
    assert (opened.finished, opened.notes, replayed(opened.case)) == (True, (), ())


def test_answers_client_and_symptom_are_in_the_case(tmp_path: Path) -> None:
    file = tmp_path / "case.jsonl"
    words = ("--as", "postman", "--symptom", "upload-403", "--answer", "settings=in the handshake")
    made = run("diagnose", "lab:large-body-renegotiation", *words, "--json", "--save", str(file))
    again = run("report", str(file), "--json")
    assert again.stdout == made.stdout
    case = json.loads(again.stdout)
    assert (case["run"]["client"], case["run"]["symptom"]) == ("postman", "upload-403")
    assert case["answers"] == [{"node": "settings", "answer": "in the handshake", "by": "option", "overrules": None}]
    assert replayed(open_case(file).case) == ()


def test_the_text_for_a_person_is_the_same_too(tmp_path: Path) -> None:
    file = tmp_path / "case.jsonl"
    made = run("diagnose", "lab:certificate-missing", "--save", str(file))
    assert run("report", str(file)).stdout == made.stdout
