"""Sovereign clouds as the SDKs know them, their default host names, and a managed identity that is never guessed."""

import asyncio
import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from azure.core import AzureClouds
from azure.identity import AzureAuthorityHosts
from azure.mgmt.core.tools import get_arm_endpoints

from probes.hosts import DEFAULT_SUFFIXES
from probes.siteconfig import read, signin
from probes.siteconfig.clouds import CLOUDS, access
from probes.siteconfig.faults import SignedOut
from probes.siteconfig.live import read_from_azure, wanted
from tests.siteconfig.azure import SECRET, SITE, TENANT, Azure
from tests.siteconfig.watched import watched

KNOWN = {
    "AzureCloud": (AzureClouds.AZURE_PUBLIC_CLOUD, AzureAuthorityHosts.AZURE_PUBLIC_CLOUD),
    "AzureUSGovernment": (AzureClouds.AZURE_US_GOVERNMENT, AzureAuthorityHosts.AZURE_GOVERNMENT),
    "AzureChinaCloud": (AzureClouds.AZURE_CHINA_CLOUD, AzureAuthorityHosts.AZURE_CHINA),
}


@pytest.mark.parametrize("name", CLOUDS)
def test_the_addresses_of_each_cloud_are_those_of_the_sdk(name: str) -> None:
    cloud, authority = KNOWN[name]
    arm = get_arm_endpoints(cloud)["resource_manager"].rstrip("/")
    assert (CLOUDS[name].arm, CLOUDS[name].authority) == (arm, f"https://{authority}")
    assert CLOUDS[name].scope == f"{arm}/.default"


@pytest.mark.parametrize("name", CLOUDS)
async def test_the_token_is_asked_for_the_cloud_that_was_named(
    azure: Azure, signed_out: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for variable, value in (("TENANT_ID", TENANT), ("CLIENT_ID", "client"), ("CLIENT_SECRET", SECRET)):
        monkeypatch.setenv(f"AZURE_{variable}", value)
    reach = access(cloud=name, arm_endpoint=azure.url, authority=azure.url, ca=azure.ca)
    await read_from_azure(reach, wanted(id=SITE), lambda _line: None)
    assert [form["scope"] for form in azure.forms] == [[CLOUDS[name].scope]]


@pytest.mark.parametrize("suffix", DEFAULT_SUFFIXES)
def test_a_template_is_found_by_the_default_host_of_any_cloud(tmp_path: Path, suffix: str) -> None:
    resources = [
        {"type": "Microsoft.Web/sites", "name": name, "properties": {"clientCertEnabled": name == "shop"}}
        for name in ("shop", "bank")
    ]
    file = tmp_path / "template.json"
    file.write_text(json.dumps({"contentVersion": "1.0.0.0", "resources": resources}))
    assert read([file], f"shop{suffix}")[0].client_cert_enabled is True
    assert read([file], f"bank{suffix}")[0].client_cert_enabled is False


@pytest.fixture
def silent() -> Iterator[tuple[int, list[str]]]:
    """A port that takes connections and never answers, and what was sent to it."""
    said: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def take() -> None:
            kept = []
            while True:
                try:
                    taken, _ = listening.accept()
                except OSError:
                    return
                kept.append(taken)
                said.append(taken.recv(4096).decode(errors="replace"))

        threading.Thread(target=take, daemon=True).start()
        yield listening.getsockname()[1], said
        listening.shutdown(socket.SHUT_RDWR)


def bare(**more: str) -> dict[str, str]:
    """Return an environment without any way to sign in but those of ``more``."""
    nobody = dict.fromkeys((name for name in os.environ if name.startswith(("AZURE_", "IDENTITY_", "MSI_"))), "")
    return {**nobody, "PATH": "/nowhere", **more}


@pytest.mark.parametrize("half", [{}, {"IDENTITY_ENDPOINT": "http://127.0.0.1:9/msi"}, {"IDENTITY_HEADER": "x"}])
def test_without_a_whole_endpoint_nothing_at_all_is_contacted(
    azure: Azure, tmp_path: Path, half: dict[str, str]
) -> None:
    options = ["--arm-endpoint", azure.url, "--authority", azure.url, "--ca", str(azure.ca)]
    begun = time.monotonic()
    ended = watched(tmp_path, "config", SITE, *options, env=bare(**half))
    assert ended.returncode == 3
    assert len(ended.stderr.splitlines()) == 3
    assert not [one for one in ended.connected if one[1]], "169.254.169.254 hangs where there is no such service"
    assert azure.log == []
    assert time.monotonic() - begun < 20


async def test_an_endpoint_that_never_answers_ends_at_its_bound(
    azure: Azure, signed_out: Path, monkeypatch: pytest.MonkeyPatch, silent: tuple[int, list[str]]
) -> None:
    port, said = silent
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"http://127.0.0.1:{port}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "the-header")
    monkeypatch.setattr(signin, "SILENT_S", 1.0)
    reach = access(arm_endpoint=azure.url, authority=azure.url, ca=azure.ca)
    with pytest.raises(SignedOut, match=r"managed identity \(no answer within 1 s\)") as seen:
        async with asyncio.timeout(20):
            await read_from_azure(reach, wanted(id=SITE), lambda _line: None)
    assert "the-header" not in str(seen.value)
    assert said, "it was this endpoint that was asked"
    assert "resource=https" in said[0]


async def test_an_endpoint_where_nobody_listens_is_told(
    azure: Azure, signed_out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"http://127.0.0.1:{port}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "the-header")
    reach = access(arm_endpoint=azure.url, authority=azure.url, ca=azure.ca)
    with pytest.raises(SignedOut, match="managed identity") as seen:
        await read_from_azure(reach, wanted(id=SITE), lambda _line: None)
    assert seen.value.status == 3
    assert len(str(seen.value).splitlines()) == 3
