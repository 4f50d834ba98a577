"""Sign-in by browser, without opening one: what the credential is given, where it comes back to, and no browser."""

import stat
import sys
import threading
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import azure.identity
import pytest
from azure.identity import DeviceCodeCredential, InteractiveBrowserCredential

from probes.siteconfig.clouds import SignIn, access
from probes.siteconfig.faults import SignedOut
from probes.siteconfig.live import read_from_azure, wanted
from probes.siteconfig.signin import by_person
from tests.loops.served import run, serve
from tests.siteconfig.azure import SECRET, SITE, TENANT, Azure

# What a person's browser does: it opens the page at the authority, and sends its form to the program that waits.
BROWSER = """#!{python}
import re, ssl, sys, urllib.request
open({log!r}, "w").write(sys.argv[1])
trusted = ssl.create_default_context(cafile={ca!r})
page = urllib.request.urlopen(sys.argv[1], context=trusted, timeout=10).read().decode()
form = "&".join(f"{{name}}={{value}}" for name, value in re.findall(r'name="(\\w+)" value="([^"]*)"', page))
urllib.request.urlopen(re.search(r'action="([^"]+)"', page)[1], form.encode(), timeout=10).read()
"""


@pytest.fixture
def no_display(signed_out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Note what each browser credential is given."""
    seen: list[dict[str, Any]] = []

    class Noted(InteractiveBrowserCredential):
        def __init__(self, **given: Any) -> None:
            seen.append(given)
            super().__init__(**given)

    monkeypatch.setattr(azure.identity, "InteractiveBrowserCredential", Noted)
    return seen


def made(azure: Azure, way: SignIn) -> Any:
    reach = access(arm_endpoint=azure.url, authority=azure.url, ca=azure.ca, sign_in=way)
    return by_person(reach, lambda _code: None, threading.Event())


def test_it_is_built_only_when_it_is_asked_for(
    azure: Azure, no_display: None, built: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_TENANT_ID", TENANT)
    assert isinstance(made(azure, "device-code"), DeviceCodeCredential)
    assert built == []
    assert isinstance(made(azure, "browser"), InteractiveBrowserCredential)
    (given,) = built
    assert given["authority"] == azure.url
    assert given["tenant_id"] == TENANT
    assert given["disable_instance_discovery"] is True, "an own authority is not looked up at the public one"
    assert given["timeout"] == 300
    assert "redirect_uri" not in given, "the library takes a free port of this machine"


async def test_the_chain_never_opens_a_browser(
    azure: Azure, no_display: None, built: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    reach = access(arm_endpoint=azure.url, authority=azure.url, ca=azure.ca)
    with pytest.raises(SignedOut):
        await read_from_azure(reach, wanted(id=SITE), lambda _line: None)
    monkeypatch.setenv("AZURE_TENANT_ID", TENANT)
    monkeypatch.setenv("AZURE_CLIENT_ID", "client")
    monkeypatch.setenv("AZURE_CLIENT_SECRET", SECRET)
    await read_from_azure(reach, wanted(id=SITE), lambda _line: None)
    assert built == []


async def test_no_browser_is_a_clear_line(azure: Azure, no_display: None, built: list[dict[str, Any]]) -> None:
    reach = access(arm_endpoint=azure.url, authority=azure.url, ca=azure.ca, sign_in="browser")
    with pytest.raises(SignedOut) as seen:
        await read_from_azure(reach, wanted(id=SITE), lambda _line: None)
    lines = str(seen.value).splitlines()
    assert len(lines) == 3
    assert "browser (no browser can be opened here: neither DISPLAY nor BROWSER is set)" in lines[1]
    assert "--sign-in device-code" in lines[2]
    assert built == [], "a browser of text would take this terminal"
    assert azure.log == []


def test_the_browser_comes_back_to_this_machine_and_the_site_is_read(signed_out: Path, tmp_path: Path) -> None:
    with serve("required-excluded-elsewhere") as lab:
        log, program = tmp_path / "opened", tmp_path / "browser"
        program.write_text(BROWSER.format(python=sys.executable, log=str(log), ca=lab["ca"]))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        options = [lab["site_id"], "--arm-endpoint", lab["arm"], "--authority", lab["entra"], "--ca", lab["ca"]]
        env = {"AZURE_TENANT_ID": lab["azure_tenant_id"], "BROWSER": f"{program} %s &"}
        ended = run("config", *options, "--sign-in", "browser", env=env)
        assert ended.returncode in (0, 1), ended.stderr
        assert "read from Azure (browser)" in ended.stdout
        asked = urlsplit(log.read_text())
        query = parse_qs(asked.query)
        assert f"{asked.scheme}://{asked.netloc}" == lab["entra"]
        assert asked.path == f"/{lab['azure_tenant_id']}/oauth2/v2.0/authorize"
        back = urlsplit(query["redirect_uri"][0])
        assert (back.scheme, back.hostname) == ("http", "localhost")
        assert query["code_challenge_method"] == ["S256"]
        # A browser that cannot be started is a clear line too.
        ended = run("config", *options, "--sign-in", "browser", env=env | {"BROWSER": f"{tmp_path}/missing %s &"})
        assert ended.returncode == 3
        assert "Failed to open a browser" in ended.stderr
        assert "Traceback" not in ended.stderr
        assert len(ended.stderr.splitlines()) == 3
