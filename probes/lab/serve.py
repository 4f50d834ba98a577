"""Runs one lab: makes its certificates, serves, says that it is ready, and leaves nothing behind."""

import asyncio
import json
import os
import secrets
import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from probes.lab.app import DEBUG_PATH, UPLOAD_PATH
from probes.lab.azure import AzureServers
from probes.lab.azure_names import CLIENT_ID, SITE_ID, TENANT
from probes.lab.change import changed
from probes.lab.config_file import write_config
from probes.lab.control import Control
from probes.lab.files import write_files
from probes.lab.front_end import FrontEnd
from probes.lab.nobody import Nobody
from probes.lab.pki import Pki
from probes.lab.ready import LabReady, fill
from probes.lab.scenario import Scenario
from probes.lab.site import Site
from probes.lab.state import LabState

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


async def run_lab(scenario: Scenario, say: Callable[[LabReady], None], *, until_stdin_closes: bool = False) -> None:
    """Serve ``scenario`` until SIGINT, SIGTERM or, if asked, the end of standard input.

    ``say`` is called once, when everything listens. The folder with the keys is removed whatever ends the lab.
    """
    stop = asyncio.Event()
    _stop_on_signals(stop)
    if until_stdin_closes:
        _stop_on_end_of_input(stop)
    with tempfile.TemporaryDirectory(prefix="mtls-triage-lab-") as folder:
        site = Site(changed(LabState(), scenario.state), Pki())
        front_end = FrontEnd(site)
        nobody = Nobody()
        azure = AzureServers(site)
        control = Control(site)
        config = Path(folder) / "az-webapp-show.json"
        site.on_state = lambda state: write_config(config, state, site.pki)
        site.on_state(site.state)
        password = secrets.token_urlsafe(12)
        files = write_files(site.pki, Path(folder), password, azure.secrets.federated_token)
        try:
            front_end.start()
            nobody.start()
            azure.start()
            await control.start()
            more = {**files, **_azure(azure), **_unreachable(nobody), "config": str(config), "pfx_password": password}
            say(_ready(scenario, front_end, control, more))
            await stop.wait()
        finally:
            await control.stop()
            await azure.stop()
            await front_end.stop()
            nobody.stop()


def _azure(azure: AzureServers) -> dict[str, str]:
    return {
        "arm": azure.arm,
        "entra": azure.entra,
        "site_id": SITE_ID,
        "azure_tenant_id": TENANT,
        "azure_client_id": CLIENT_ID,
        "azure_client_secret": azure.secrets.client_secret,
        "identity_endpoint": azure.identity,
        "identity_header": azure.secrets.identity_header,
    }


def _unreachable(nobody: Nobody) -> dict[str, str]:
    return {
        "refusing": f"https://localhost:{nobody.refusing}",
        "silent": f"https://127.0.0.1:{nobody.silent}",
        # A name that is never in the DNS (RFC 6761 section 6.4).
        "nameless": "https://lab-site.invalid",
    }


def _ready(scenario: Scenario, front_end: FrontEnd, control: Control, more: dict[str, str]) -> LabReady:
    fields = {
        **more,
        "scenario": scenario.name,
        "front_end": f"https://localhost:{front_end.port}",
        "http": f"http://localhost:{front_end.http_port}",
        "control": f"http://127.0.0.1:{control.port}",
        "path": scenario.path,
        "debug_path": DEBUG_PATH,
        "upload_path": UPLOAD_PATH,
        "expected_finding": scenario.expected_finding,
    }
    return LabReady(
        **fields,
        target=fill(scenario.origin, fields) + scenario.path,
        options=tuple(fill(option, fields) for option in scenario.options),
        env={name: fill(value, fields) for name, value in scenario.env.items()},
    )


def _stop_on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for name in _SIGNALS:
        number = getattr(signal, name, None)
        if number is None:
            continue
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows loops take no handlers
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))


def _stop_on_end_of_input(stop: asyncio.Event) -> None:
    """Watch standard input from a thread: a pipe of the parent process ends with the parent, however that ends."""
    loop = asyncio.get_running_loop()

    def watch() -> None:
        try:
            while os.read(0, 4096):
                continue
        except OSError:
            pass
        try:
            loop.call_soon_threadsafe(stop.set)
        except RuntimeError:  # the loop is closed, so the lab has stopped already
            return

    threading.Thread(target=watch, name="end of input", daemon=True).start()


def serve(scenario: Scenario, *, until_stdin_closes: bool = False) -> None:
    """Run the lab with a loop of its own and print the ready line on standard output."""

    def say(ready: LabReady) -> None:
        sys.stdout.write(json.dumps(msgspec.to_builtins(ready)) + "\n")
        sys.stdout.flush()

    asyncio.run(run_lab(scenario, say, until_stdin_closes=until_stdin_closes))
