"""What the command line prints can be read in the app too: comparisons, scripts, traces, replays, causes."""

import subprocess
import sys
from pathlib import Path

import pytest
from textual.pilot import Pilot

from probes.lab.child import LabProcess
from tests.tui.driving import app_of, opened, over
from tests.tui.screen_text import settled
from tui.app import TriageApp
from tui.messages import PaperWanted

UPLOAD = "curl --cert client.pem --data-binary @upload.bin https://contoso.azurewebsites.net/upload"


async def by_palette(pilot: Pilot[None], words: str) -> None:
    """Take a command of the palette by its name."""
    await pilot.press("ctrl+p")
    await pilot.pause(0.3)
    await pilot.press(*words.lower().replace(" ", ""))
    await settled(pilot, words)
    await pilot.press("enter")
    await pilot.pause(0.2)


async def test_a_case_is_compared_with_an_earlier_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MTLS_TRIAGE_CASES", str(tmp_path))
    before = tmp_path / "before.jsonl"
    words = ("diagnose", "lab:client-certs-disabled", "--save", str(before))
    subprocess.run([sys.executable, "-m", "tui", *words], capture_output=True, check=False, timeout=90)
    assert before.is_file()
    async with opened("lab:large-body-renegotiation", "--symptom", "upload-403") as pilot:
        await over(pilot)
        app_of(pilot).post_message(PaperWanted("compare"))
        shown = await settled(pilot, "Compare this case")
        assert "client-certs-disabled" in shown
        await pilot.press("enter")
        shown = await settled(pilot, "What changed")
        assert "client_cert_enabled          false → true" in shown
        await pilot.press("G")
        await settled(pilot, "Something changed.")
        await pilot.press("escape")
        await settled(pilot, "Cause found")


async def test_the_plan_becomes_a_script_that_is_copied_as_it_is() -> None:
    async with opened("lab:large-body-renegotiation", "--symptom", "upload-403") as pilot:
        await over(pilot)
        await by_palette(pilot, "Write a script")
        await settled(pilot, "A script for the machine")
        await pilot.press("enter")
        await settled(pilot, "Script ─")
        await pilot.press("y")
        await pilot.pause(0.3)
        script = app_of(pilot).clipboard
        assert script.startswith("#!/")
        checked = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stderr


async def test_a_trace_is_opened_as_a_case(tmp_path: Path) -> None:
    async with LabProcess.start("healthy-required") as lab:
        call = ["curl", "-v", "--cacert", lab.ready.ca, "--cert", lab.ready.certificate, lab.ready.target]
        done = subprocess.run(call, capture_output=True, text=True, check=False, timeout=30)
    file = tmp_path / "trace.txt"
    file.write_text(done.stderr + done.stdout, encoding="utf-8")
    app = TriageApp()
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot, "Practise in the lab")
        await by_palette(pilot, "Read a trace")
        await settled(pilot, "any curl -v")
        await pilot.press(*str(tmp_path / "none.txt"), "enter")
        await settled(pilot, "cannot be read")
        app.post_message(PaperWanted("read"))
        await settled(pilot, "any curl -v")
        await pilot.press(*str(file), "enter")
        await over(pilot)
        shown = await settled(pilot, "app  200")
        assert "localhost" in shown


async def test_a_ticket_is_replayed_in_the_lab(tmp_path: Path) -> None:
    file = tmp_path / "site.json"
    async with LabProcess.start("large-body-renegotiation") as lab:
        file.write_bytes(Path(lab.ready.config).read_bytes())
    app = TriageApp()
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot, "Practise in the lab")
        app.post_message(PaperWanted("reproduce"))
        await settled(pilot, "customer's settings")
        await pilot.press(*str(file), "enter")
        await settled(pilot, "paste the curl command")
        await pilot.press(*UPLOAD, "enter")
        shown = await settled(pilot, "Replayed in the lab", seconds=60)
        assert "curl-below-threshold" in shown, "curl waits by itself above 1 MiB only"
        assert "not seen on the site" in " ".join(shown.split())
        assert "-H 'Expect: 100-continue'" in shown


async def test_every_cause_can_be_read() -> None:
    app = TriageApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, "Practise in the lab")
        await by_palette(pilot, "Causes")
        await settled(pilot, "The causes that can be named")
        await pilot.press("G", "enter")
        await settled(pilot, "inconclusive  (at most possible)")
        await pilot.press("escape")
        await settled(pilot, "Practise in the lab")
