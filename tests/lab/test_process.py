"""The lab as a process: it says when it is ready, ends when told or orphaned, and leaves no file behind."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from probes.errors import UsageFault
from probes.lab.azure_names import SUBSCRIPTION
from probes.lab.child import LabProcess
from probes.lab.ready import LabFailed
from tests.lab.curl import curl
from tests.lab.fixture import RunningLab

CONTRACT = {
    "scenario", "front_end", "http", "control", "arm", "entra", "site_id", "ca", "certificate", "pfx", "pfx_password",
    "config", "path", "debug_path", "upload_path", "target", "options", "env", "expected_finding",
}  # fmt: skip


def started(*command: str) -> tuple[subprocess.Popen[bytes], dict[str, Any]]:
    process = subprocess.Popen([sys.executable, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    return process, json.loads(process.stdout.readline())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize(
    "command", [["-m", "probes.lab"], ["-m", "tui", "lab", "--serve"]], ids=["module", "command"]
)
def test_signal_ends_it_and_removes_its_folder(number: int, command: list[str]) -> None:
    process, ready = started(*command, "--scenario", "certificate-missing")
    folder = Path(ready["ca"]).parent
    assert set(ready) >= CONTRACT
    assert (
        ready["site_id"] == f"/subscriptions/{SUBSCRIPTION}/resourceGroups/lab/providers/Microsoft.Web/sites/lab-site"
    )
    assert len({ready[name] for name in ("front_end", "arm", "entra")}) == 3
    assert ready["target"] == ready["front_end"] + "/"
    assert ready["expected_finding"] == "certificate-missing"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    process.send_signal(number)
    rest, _ = process.communicate(timeout=10)
    assert process.returncode == 0
    assert rest == b""
    assert not folder.exists()


def test_files_with_keys_are_private(edge: RunningLab) -> None:
    for path in Path(edge.ready.ca).parent.iterdir():
        if path.suffix != ".json":
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name


def test_end_of_standard_input_ends_it() -> None:
    process, ready = started("-m", "probes.lab", "--until-stdin-closes")
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(10) == 0
    assert not os.path.exists(os.path.dirname(ready["ca"]))


def test_a_killed_parent_leaves_no_orphan() -> None:
    code = (
        "import asyncio, os, signal\n"
        "from probes.lab.child import LabProcess\n"
        "async def main():\n"
        "    async with LabProcess.start('healthy-required') as lab:\n"
        "        print(lab.ready.ca, flush=True)\n"
        "        await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    folder = Path(parent.stdout.readline().decode().strip()).parent
    assert folder.exists()
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 10
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not folder.exists()


def test_unknown_scenario_is_one_line_and_status_2() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "probes.lab", "--scenario", "healty-required"], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "did you mean healthy-required?" in done.stderr


def test_options_are_filled(lab: Callable[[str], RunningLab]) -> None:
    running = lab("healthy-required-pfx")
    assert running.ready.pfx in running.ready.options
    assert running.ready.env == {"LAB_PFX_PASSWORD": running.ready.pfx_password}
    assert running.ready.pfx_password not in " ".join(running.ready.options)
    assert running.ready.pfx_password not in repr(running.ready)


async def test_lab_process() -> None:
    async with LabProcess.start("certificate-missing") as lab:
        folder = Path(lab.ready.ca).parent
        assert lab.ready.expected_finding == "certificate-missing"
        assert (await lab.get())["settings"]["clientCertEnabled"] is True
        assert (await lab.patch({"settings": {"clientCertEnabled": False}}))["settings"]["clientCertEnabled"] is False
        assert (await lab.seen())["connections"] == 0
        with pytest.raises(LabFailed, match="did you mean clientCertMode"):
            await lab.patch({"settings": {"clientcertmod": "Required"}})
    assert not folder.exists()
    with pytest.raises(LabFailed, match="still running"):
        await lab.get()


async def test_lab_process_says_what_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageFault, match="did you mean certificate-missing"):
        LabProcess.start("certificate-mising")
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(LabFailed, match="its process ended and said: nothing"):
        async with LabProcess.start("certificate-missing"):
            pass
    with pytest.raises(LabFailed, match="has not been started"):
        _ = LabProcess.start("certificate-missing").ready


def test_patch_changes_the_edge_while_it_runs(edge: RunningLab) -> None:
    assert curl(edge, "/", certificate=None).status == 403
    edge.patch(settings={"clientCertMode": "Optional"})
    assert curl(edge, "/", certificate=None).status == 200
    edge.patch(settings={"state": "Stopped"})
    assert curl(edge, "/").status == 403
    edge.patch(settings={"state": "Running"}, edge={"server_certificate": "wrong-host"})
    assert curl(edge, "/").exit in (51, 60)
