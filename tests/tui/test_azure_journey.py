"""The whole way through Azure in the app, on the lab's Azure: sign in, list, search, pick, yes, run, verdict."""

from pathlib import Path
from typing import Any

import pytest

from tests.loops.served import patch
from tests.tui.azure import asked, code_shown, contacted, picked, reach, started, told
from tests.tui.azure_lab import lab, principal_here, running, signed_out
from tests.tui.driving import app_of, over, typed
from tests.tui.screen_text import settled
from tui.screens.choose import Choices

__all__ = ["lab", "principal_here", "running", "signed_out"]
pytestmark = pytest.mark.usefixtures("signed_out")


async def test_device_code_list_search_pick_yes_run_verdict_and_settings(
    lab: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A lab is on this machine, and for that no sheet is shown: here it is treated as the customer's site.
    monkeypatch.setattr("tui.consent.stays_here", lambda _plan: False)
    before = contacted(lab)
    async with started(*reach(lab, "--cert", lab["certificate"])) as pilot:
        app, shown = app_of(pilot), await code_shown(pilot, lab)
        assert f"open      {lab['entra']}/devicelogin" in shown
        code = next(line.split()[1] for line in shown.splitlines() if "  enter     " in line)
        left = next(line for line in shown.splitlines() if "the code works for" in line)
        assert "the code works for 14:5" in left or "the code works for 15:00" in left
        await pilot.press("y")
        await settled(pilot, "sent to the terminal's clipboard")
        assert app.clipboard == code
        told(lab, device_login="approved")
        shown = await settled(pilot, "signed in by device code", seconds=30)
        shown = await settled(pilot, "5 sites")
        assert "neighbour-2.lab.test" in shown
        await pilot.press("slash", *"second")
        shown = await settled(pilot, "1 of 5 sites")
        assert "neighbour-2" in shown, "a subscription is found by its name"
        assert "lab-site" not in shown
        await pilot.press("escape", "escape")
        shown = await picked(pilot, "LAB-SITE local")
        assert "No, go back" in shown
        chosen = app.screen.query_one(Choices).chosen
        assert chosen == "no, go back", "enter by mistake sends nothing"
        assert "because /health is excluded" in shown
        assert contacted(lab) == before, "nothing was sent to the site before the yes"
        await pilot.press("j", "enter")
        await settled(pilot, "path to look at: /")
        await pilot.press("enter")
        shown = await settled(pilot, "What will be sent")
        assert "settings from Azure" in shown
        assert contacted(lab) == before, "nothing was sent to the site before the plan was agreed to"
        await pilot.press("enter")
        await over(pilot)
        shown = await settled(pilot, "large-body-renegotiation  confirmed")
        await pilot.press("1")
        shown = await settled(pilot, "clientCertExclusionPaths    /health")
        assert "because /health is excluded" in shown
        await pilot.press("G", "pageup")
        shown = await settled(pilot, "Other slots")
        assert "staging: clientCert" in shown
        assert app.store.case is not None
        assert app.store.case.configuration.source == "arm"
        assert app.store.case.configuration.plan_tier == "Standard"
    token_calls = [one for one in asked(lab, "entra") if one["path"].endswith("/token")]
    assert token_calls[-1]["status"] == 200
    kept = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert any(file.suffix == ".jsonl" for file in kept)
    for file in kept:
        assert code.encode() not in file.read_bytes(), "the code reached a file"


async def test_no_sends_nothing_and_leads_back_to_the_list(lab: dict[str, Any], principal_here: None) -> None:
    before = contacted(lab)
    async with started(*reach(lab)) as pilot:
        await pilot.press("z")
        await picked(pilot, "lab-site local")
        await pilot.press("enter")
        shown = await settled(pilot, "2 of 5 sites")
        assert "nothing was sent" in shown
        assert app_of(pilot).session is None
        # A second site can be picked at once, without a second sign-in.
        tokens = len([one for one in asked(lab, "entra") if one["path"].endswith("/token")])
        await pilot.press("j", "enter")
        await settled(pilot, "Yes, probe staging.localhost", seconds=20)
        await pilot.press("escape")
        await settled(pilot, "2 of 5 sites")
        told(lab, neighbours=7)
        await pilot.press("r")
        await settled(pilot, "2 of 9 sites", seconds=20)
        told(lab, neighbours=3)
        await pilot.press("escape", "escape")
        await settled(pilot, "Practise in the lab")
        await pilot.press("z")
        await settled(pilot, "5 sites", seconds=20)
        assert len([one for one in asked(lab, "entra") if one["path"].endswith("/token")]) == tokens
    assert contacted(lab) == before


async def test_the_mouse_picks_what_is_clicked_twice(lab: dict[str, Any], principal_here: None) -> None:
    async with started(*reach(lab)) as pilot:
        await pilot.press("z")
        shown = await settled(pilot, "5 sites", seconds=20)
        row = next(number for number, line in enumerate(shown.splitlines()) if "neighbour-3 " in line)
        await pilot.click(offset=(6, row))
        await settled(pilot, "neighbour-3 ─")
        await pilot.click(offset=(6, row))
        shown = await settled(pilot, "Probe it?", seconds=20)
        assert "Yes, probe neighbour-3.lab.test" in shown


async def test_a_url_that_is_searched_for_finds_its_site_and_counts_as_named(
    lab: dict[str, Any], principal_here: None
) -> None:
    async with started(*reach(lab)) as pilot:
        await pilot.press("z")
        await settled(pilot, "5 sites", seconds=20)
        await pilot.press("slash")
        await typed(pilot, "https://localhost/upload")
        shown = await settled(pilot, "client certificate, PEM or PFX", seconds=20)
        assert "Probe it?" not in shown
        await typed(pilot, lab["certificate"])
        await over(pilot)
        app = app_of(pilot)
        assert app.store.case is not None
        assert app.store.case.target.url == "https://localhost/upload"
        assert app.store.case.configuration.source == "arm"
        assert app.store.case.credential.kind == "pem"


async def test_a_url_on_the_command_line_resolves_to_its_site(lab: dict[str, Any], principal_here: None) -> None:
    options = reach(lab, "--cert", lab["certificate"], "--symptom", "upload-403")
    async with started(*options, target="https://localhost/upload") as pilot:
        await over(pilot)
        shown = await settled(pilot, "large-body-renegotiation  confirmed")
        assert "settings from Azure" in shown


async def test_a_resource_id_on_the_command_line_asks_for_its_host(lab: dict[str, Any], principal_here: None) -> None:
    before = contacted(lab)
    async with started(*reach(lab), target=lab["site_id"]) as pilot:
        shown = await settled(pilot, "Probe it?", seconds=20)
        assert "lab-site. The certificate is asked for" in shown
        await pilot.press("enter")
        await settled(pilot, "Practise in the lab")
    assert contacted(lab) == before


async def test_a_host_that_was_agreed_to_on_the_command_line_is_not_asked_for(
    lab: dict[str, Any], principal_here: None
) -> None:
    options = reach(lab, "--cert", lab["certificate"], "--confirm-host", "localhost")
    async with started(*options, target=lab["site_id"]) as pilot:
        shown = await settled(pilot, "path to look at: /", seconds=20)
        assert "Probe it?" not in shown


async def test_of_several_hosts_one_is_chosen(lab: dict[str, Any], principal_here: None) -> None:
    patch(lab, {"settings": {"hostNames": ["localhost", "shop.example.com"]}})
    try:
        async with started(*reach(lab)) as pilot:
            await pilot.press("z")
            shown = await picked(pilot, "shop.example")
            assert "Yes, probe localhost" in shown
            await pilot.press("j", "j", "enter")
            await settled(pilot, "path to look at: /")
            await typed(pilot, "upload")
            await settled(pilot, "client certificate, PEM or PFX")
            await typed(pilot, lab["certificate"])
            await over(pilot)
            case = app_of(pilot).store.case
            assert case is not None
            assert case.target.url == "https://shop.example.com/upload"
    finally:
        patch(lab, {"settings": {"hostNames": ["localhost"]}})


async def test_help_speaks_of_the_list(lab: dict[str, Any], principal_here: None) -> None:
    async with started(*reach(lab)) as pilot:
        await pilot.press("z")
        await settled(pilot, "5 sites", seconds=20)
        await pilot.press("question_mark")
        shown = await settled(pilot, "On this page")
        assert "a URL finds its site" in " ".join(shown.split())
        await pilot.press("escape")
        await settled(pilot, "5 sites")
        await pilot.press("y")
        await settled(pilot, "sent to the terminal's clipboard")
        assert app_of(pilot).clipboard == lab["site_id"]
