"""An answer given in the app is in the case file before the app says so: killed right after it, nothing is lost."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from probes import diagnosis
from probes.case import open_case
from probes.lab.child import LabProcess

SESSION = """
import asyncio, os, signal, sys
from tests.tui.driving import app_of, opened, over
from tests.tui.screen_text import settled

async def main(key, words):
    async with opened(*sys.argv[3:]) as pilot:
        await over(pilot)
        await pilot.press("4")
        await settled(pilot, "Does the site use client certificates at all?")
        while app_of(pilot).screen.query_one("Walk").chosen != "switch":
            await pilot.press("k")
        await pilot.press(key)
        await settled(pilot, "Your answer goes before the evidence" if key == "o" else "What is the symptom?")
        await pilot.press("enter")
        await settled(pilot, words)
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main(*sys.argv[1:3]))
"""


@pytest.mark.parametrize(
    ("key", "words"), [("o", "judged anew with your answer"), ("s", "walked anew; R runs the plan of this symptom")]
)
async def test_what_was_said_outlives_a_kill(key: str, words: str, tmp_path: Path) -> None:
    async with LabProcess.start("client-certs-disabled") as lab:
        ready = lab.ready
        arguments = (key, words, ready.target, "--ca", ready.ca, "--cert", ready.certificate)
        environment = os.environ | {"MTLS_TRIAGE_CASES": str(tmp_path)}
        command = [sys.executable, "-c", SESSION, *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, timeout=90, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode(errors="replace")[-2000:]
    (file,) = tmp_path.glob("*.jsonl")
    case = open_case(file).case
    if key == "o":
        (answer,) = case.answers
        assert (answer.node, answer.answer, answer.by) == ("switch", "it does", "user")
        assert answer.overrules == "it does not"
    else:
        assert case.run.symptom == "header-missing"
    assert case.verdict == diagnosis.verdict(case)
