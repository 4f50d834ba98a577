"""Azure refuses, stalls or lies while the app waits: a clear line, a way on, and never a screen that stands still."""

import asyncio
import time
from typing import Any

import pytest

from tests.tui.azure import asked, code_shown, principal, reach, started, told
from tests.tui.azure_lab import lab, principal_here, running, signed_out
from tests.tui.driving import app_of, over, typed
from tests.tui.screen_text import screen_text, settled

__all__ = ["lab", "principal_here", "running", "signed_out"]
pytestmark = pytest.mark.usefixtures("signed_out")
GRAPH = "*resourcegraph*"


async def test_signed_out_says_what_was_tried_and_tries_again(
    lab: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with started(*reach(lab)) as pilot:
        await pilot.press("z")
        shown = await settled(pilot, "nobody is signed in.", seconds=20)
        for words in ("AZURE_CLIENT_ID are not set", "az is not on the PATH", "d  Sign in with a device code",
                      "r  Try again"):  # fmt: skip
            assert words in shown
        assert "b  Sign in with a browser" not in shown, "there is no display, and no browser is named"
        assert "--config" not in shown, "options of the command line are no help here"
        for name, value in principal(lab).items():
            monkeypatch.setenv(name, value)
        await pilot.press("r")
        await settled(pilot, "5 sites", seconds=20)


async def test_a_secret_that_is_refused_is_not_shown(
    lab: dict[str, Any], principal_here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "a-wrong-secret-of-this-test")
    async with started(*reach(lab)) as pilot:
        await pilot.press("z")
        shown = await settled(pilot, "service principal with a secret was refused", seconds=20)
        assert "AADSTS7000215" in shown
        assert "a-wrong-secret" not in shown
        assert "d  Sign in with a device code" in shown


@pytest.mark.parametrize(
    ("login", "words"),
    [
        ("expired", "the code expired before anybody signed in with it"),
        ("declined", "whoever entered the code declined"),
    ],
)
async def test_a_code_that_failed_says_so_and_a_new_one_works(lab: dict[str, Any], login: str, words: str) -> None:
    async with started(*reach(lab)) as pilot:
        first = await code_shown(pilot, lab)
        told(lab, device_login=login)
        shown = await settled(pilot, words, seconds=20)
        assert "enter  get a new code" in shown
        assert "✗" in shown
        told(lab, device_login="pending")
        await pilot.press("enter")
        second = await settled(pilot, "waiting for you to sign in there", seconds=20)
        assert [line for line in first.splitlines() if " enter  " in line] != [
            line for line in second.splitlines() if " enter  " in line
        ]
        told(lab, device_login="approved")
        await settled(pilot, "5 sites", seconds=30)


async def test_a_code_that_ends_unused_counts_down_and_says_so(lab: dict[str, Any]) -> None:
    told(lab, device_seconds=4)
    async with started(*reach(lab)) as pilot:
        await code_shown(pilot, lab)
        await settled(pilot, "the code works for 0:0")
        await settled(pilot, "the code expired before anybody signed in with it", seconds=20)
        await pilot.press("escape")
        await settled(pilot, "r  Try again")


async def test_escape_gives_a_code_up_at_once_and_nothing_more_is_asked(lab: dict[str, Any]) -> None:
    async with started(*reach(lab)) as pilot:
        await code_shown(pilot, lab)
        began = time.monotonic()
        await pilot.press("escape")
        await settled(pilot, "Stopped; nobody was signed in.", seconds=1)
        assert time.monotonic() - began < 1.5
        await asyncio.sleep(1.2)  # MSAL's thread may still be sleeping, or have a request under way
        before = len(asked(lab, "entra"))
        told(lab, device_login="approved")
        await asyncio.sleep(2.5)  # two polls
        assert len(asked(lab, "entra")) == before
        assert "nobody is signed in yet" in screen_text(pilot.app)
        await pilot.press("escape")
        await settled(pilot, "Practise in the lab")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"kind": "forbidden"}, ("Azure answered 403 AuthorizationFailed", "the role Reader")),
        ({"kind": "throttled", "seconds": 600}, ("Azure answered 429", "try again in 600 s")),
        ({"kind": "server-error"}, ("Azure answered 500",)),
        ({"kind": "expired-token"}, ("Azure answered 401", "sign in again")),
        ({"kind": "malformed"}, ("no JSON",)),
        ({"kind": "wrong-types"}, ("no list",)),
        ({"kind": "reset"}, ("ended before the answer was whole",)),
        ({"kind": "endless-body"}, ("larger than 16 MiB",)),
        ({"kind": "redirect-other-host"}, ("Azure answered",)),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
async def test_a_list_that_fails_is_told_and_can_be_read_again(
    lab: dict[str, Any], principal_here: None, fault: dict[str, Any], words: tuple[str, ...]
) -> None:
    told(lab, faults=[fault | {"path": GRAPH}])
    async with started(*reach(lab)) as pilot:
        await pilot.press("z")
        shown = " ".join((await settled(pilot, "r  Try again", seconds=40)).split())
        for one in words:
            assert one in shown, shown
        assert "--subscription" not in shown, "options of the command line are no help here"
        told(lab, faults=[])
        await pilot.press("r")
        await settled(pilot, "5 sites", seconds=20)


async def test_a_site_that_may_not_be_read_leads_back_to_the_list(lab: dict[str, Any], principal_here: None) -> None:
    told(lab, faults=[{"kind": "forbidden", "path": "*/sites/*"}])
    async with started(*reach(lab)) as pilot:
        await pilot.press("z")
        await settled(pilot, "5 sites", seconds=20)
        await pilot.press("enter")
        shown = await settled(pilot, "r  Try again", seconds=30)
        assert "Reading lab-site from Azure: Azure answered 403" in shown
        assert "the role Reader" in shown
        await pilot.press("escape")
        await settled(pilot, "5 sites")
        told(lab, faults=[])
        await pilot.press("enter")
        await settled(pilot, "Probe it?", seconds=30)


async def test_one_part_that_may_not_be_read_is_unknown_and_the_rest_is_read(
    lab: dict[str, Any], principal_here: None
) -> None:
    told(lab, faults=[{"kind": "forbidden", "path": "*/hostNameBindings*"}])
    options = reach(lab, "--cert", lab["certificate"], "--symptom", "upload-403")
    async with started(*options, target="https://localhost/upload") as pilot:
        await over(pilot)
        case = app_of(pilot).store.case
        assert case is not None
        assert any("host name bindings" in one.what and one.why == "no-permission" for one in case.unknown)
        assert case.configuration.client_cert_enabled is True


async def test_an_empty_list_says_what_to_do(lab: dict[str, Any], principal_here: None) -> None:
    async with started(*reach(lab, "--subscription", "00000000-0000-0000-0000-0000000000ff")) as pilot:
        await pilot.press("z")
        shown = await settled(pilot, "Your sign-in reads no site.", seconds=20)
        assert "0 sites" in shown
        await pilot.press("enter")  # there is nothing to pick
        await pilot.press("s")
        await settled(pilot, "d  Sign in with a device code")


async def test_a_silent_azure_is_waited_for_with_its_limit_and_escape_ends_it(
    lab: dict[str, Any], principal_here: None
) -> None:
    told(lab, faults=[{"kind": "silent", "path": GRAPH}])
    async with started(*reach(lab)) as pilot:
        await pilot.press("z")
        await settled(pilot, "listing the sites of all subscriptions that you can read   1 of 20 s", seconds=20)
        for key in ("question_mark", "escape"):  # the app answers while it waits
            began = time.monotonic()
            await pilot.press(key)
            assert time.monotonic() - began < 2
        await settled(pilot, "listing the sites")
        await pilot.press("escape")
        await settled(pilot, "Practise in the lab", seconds=2)
        told(lab, faults=[])
        await pilot.press("z")
        await settled(pilot, "5 sites", seconds=20)


async def test_a_silent_authority_is_told_after_its_limit(
    lab: dict[str, Any], principal_here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("probes.siteconfig.signin.SILENT_S", 2.0)
    told(lab, faults=[{"kind": "silent", "service": "entra"}])
    async with started(*reach(lab)) as pilot:
        await pilot.press("z")
        await settled(pilot, "asking who is signed in here   1 s", seconds=20)
        await settled(pilot, "no answer within 2 s", seconds=20)


async def test_a_url_goes_on_without_the_settings(lab: dict[str, Any], principal_here: None) -> None:
    told(lab, faults=[{"kind": "forbidden"}])
    options = reach(lab, "--cert", lab["certificate"], "--symptom", "upload-403")
    async with started(*options, target="https://localhost/upload") as pilot:
        await settled(pilot, "w  Go on without the settings", seconds=30)
        await pilot.press("w")
        await over(pilot)
        case = app_of(pilot).store.case
        assert case is not None
        assert case.configuration.source == "none"
        assert any("403 AuthorizationFailed" in one.what for one in case.unknown)


async def test_what_is_typed_wrong_is_told_where_it_was_typed(lab: dict[str, Any], principal_here: None) -> None:
    async with started(*reach(lab)) as pilot:
        await pilot.press("z")
        await settled(pilot, "5 sites", seconds=20)
        for wrong, words in (("nonsense", "is no URL"), ("/subscriptions/x/y", "is not of a site")):
            await pilot.press("a")
            await typed(pilot, wrong)
            await settled(pilot, words)
        await pilot.press("a")
        await typed(pilot, "https://nobody.example.com/")
        await settled(pilot, "no site that you can read has", seconds=20)
        await pilot.press("escape")
        await settled(pilot, "5 sites")
        # The same where a URL is searched for that no site of the list has.
        await pilot.press("slash")
        await typed(pilot, "https://nobody.example.com/upload")
        await settled(pilot, "no site that you can read has", seconds=20)


@pytest.mark.parametrize("size", [(80, 24), (66, 21)], ids=str)
async def test_a_list_that_leads_back_to_itself_ends_and_says_so(
    lab: dict[str, Any], principal_here: None, size: tuple[int, int]
) -> None:
    told(lab, faults=[{"kind": "next-link-for-ever", "path": GRAPH}])
    async with started(*reach(lab), size=size) as pilot:
        await pilot.press("z")
        shown = await settled(pilot, "the list did not end; some may be missing", seconds=30)
        assert shown.count("neighbour-2 ") == 1, "a page that leads back to itself is shown once"


async def test_signing_in_otherwise_leads_to_the_list_again(lab: dict[str, Any], principal_here: None) -> None:
    async with started(*reach(lab)) as pilot:
        await pilot.press("z")
        await settled(pilot, "5 sites", seconds=20)
        await pilot.press("enter")
        await settled(pilot, "Probe it?", seconds=30)
        await pilot.press("escape")
        await settled(pilot, "5 sites")
        await pilot.press("s")
        shown = await settled(pilot, "Choose how to sign in.")
        assert "nobody is signed in yet" not in shown, "who is signed in stays so until somebody else is"
        await pilot.press("d")
        shown = await settled(pilot, "signed in by device code", seconds=20)
        await settled(pilot, "5 sites", seconds=20)
