"""The ways that people go, from the first key to the words they came for; on the real lab, nothing is patched."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from probes.case import open_case
from probes.lab.child import LabProcess
from tests.loops.served import serve
from tests.peers.connectproxy import ConnectProxy, connect_proxy
from tests.tui.driving import KEYS, app_of, opened, over
from tests.tui.screen_text import screen_text, settled
from tests.tui.tmux import terminal
from tui.app import TriageApp

SIZES = [(80, 24), (120, 36)]


@pytest.mark.parametrize(
    ("number", "cause", "changed"),
    [
        (3, "This path is exempt, so no certificate is asked for", "clientCertExclusionPaths"),
        (5, "On TLS 1.3 the site never gets to ask for the certificate", "clientCertMode"),
        (6, "The client does not wait before it sends a large body", "clientCertExclusionPaths"),
    ],
)
async def test_a_ticket_from_start_to_fix_to_verify_to_report(
    number: int, cause: str, changed: str, tmp_path: Path
) -> None:
    app = TriageApp()
    try:
        async with app.run_test(size=(120, 36)) as pilot:
            await settled(pilot, "Practise in the lab")
            await pilot.press("l", *["j"] * (number - 1), "enter")
            await settled(pilot, "What do you expect?")
            await pilot.press("g", "enter")
            await over(pilot)
            await settled(pilot, cause)
            await pilot.press("4")
            shown = await settled(pilot, "You expected")
            assert "an old front end hangs on" in shown
            await settled(pilot, "Told apart by")
            before = await lab_settings(app)
            await pilot.press("x")
            command = app.screen.query_one("Entry").value  # type: ignore[attr-defined]
            assert command.startswith("az webapp update ")
            assert changed in command
            await pilot.press("enter")
            await settled(pilot, "v verifies the fix")
            after = await lab_settings(app)
            assert {name for name in after if after[name] != before[name]} == {changed}
            await pilot.press("v")
            await settled(pilot, "✓ Fixed", seconds=60)
            await settled(pilot, "20 of 20 fresh connections since")
            assert app.store.case is not None
            assert app.store.case.verification is not None
            assert len(app.store.case.verification.attempts) >= 20
            await pilot.press("5", "w", "ctrl+u")
            file = tmp_path / "report.md"
            await pilot.press(*[KEYS.get(char, char) for char in str(file)], "enter")
            await settled(pilot, "✓ written")
            written = file.read_text(encoding="utf-8")
            assert app.store.case.verdict is not None
            assert app.store.case.verdict.finding in written
            assert "20 of 20 fresh connections" in written
    finally:
        await app.resources.aclose()


async def lab_settings(app: TriageApp) -> dict[str, Any]:
    assert app.session is not None
    assert app.session.lab is not None
    settings: dict[str, Any] = (await app.session.lab.get())["settings"]
    return settings


@pytest.fixture(scope="module")
def uploads() -> Iterator[tuple[dict[str, Any], ConnectProxy]]:
    """A site that refuses large uploads, behind a proxy: what goes through one does not stay on this machine."""
    with serve("large-body-renegotiation") as ready, connect_proxy() as proxy:
        yield ready, proxy


@pytest.mark.peer("tmux")
@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
def test_journey_1_at_night_takes_five_keys_and_one_decision(
    size: tuple[int, int], uploads: tuple[dict[str, Any], ConnectProxy]
) -> None:
    ready, proxy = uploads
    url = f"{ready['front_end']}/upload"
    with terminal(size) as seen:
        keys = 1  # the command itself
        before = len(proxy.requests)
        seen.run(url, "--cert", ready["pfx"], "--ca", ready["ca"], "--proxy", proxy.url)
        seen.wait("pass phrase (esc goes on without the certificate)")
        seen.line(ready["pfx_password"])
        keys += 1
        seen.wait("nothing in your app will be written; expect 404")
        assert len(proxy.requests) == before, "nothing is sent before the one decision"
        seen.press("Enter")
        keys += 1
        wide = size[0] >= 100
        all_sent = re.compile(r"✓ \d+ sent" if wide else "2 Probes ✓")
        seen.until(lambda shown: all_sent.search("\n".join(shown)) is not None, 30, "the plan was not over")
        shown = seen.wait("Cause found  The certificate is asked for too late for large uploads")
        assert "large-body-renegotiation  confirmed" in shown
        seen.wait("not checked: which setting" if wide else "not checked")
        seen.press("4")
        keys += 1
        seen.wait("Reply")
        seen.press("y")
        keys += 1
        seen.wait("sent to the terminal's clipboard (OSC 52)")
        copied = seen.tmux("show-buffer")
        assert keys <= 5
        assert copied.startswith("Your site asks for the client certificate after the upload has already begun.")
        assert "The front end can hold back 100 KB" in copied
        assert ready["pfx_password"].encode() not in seen.raw()
        seen.press("q")
        assert seen.ended() == 0
        (file,) = (seen.folder / "cases").glob("*.jsonl")
        assert ready["pfx_password"] not in file.read_text(encoding="utf-8")
        verdict = open_case(file).case.verdict
        assert verdict is not None
        assert (verdict.finding, verdict.confidence) == ("large-body-renegotiation", "confirmed")


async def test_journey_3_one_run_says_of_every_client_whether_it_is_hit() -> None:
    async with opened("lab:large-body-renegotiation") as pilot:
        await over(pilot)
        sent = app_of(pilot).store.sent
        await pilot.press("4")
        shown = await settled(pilot, "Spared")
        told = labelled(shown)
        assert {"postman", "requests", "node"} <= told["Hit"]
        assert {"go", "rustls"} <= told["Worse"]
        assert "dotnet-framework" in told["Spared"]
        await pilot.press("left_square_bracket", "left_square_bracket", "J", "J", "J", "J")
        shown = await settled(pilot, "Worse: ")
        assert app_of(pilot).store.sent == sent, "nothing more was sent for it"
        assert "Expect" not in told["Hit"], "no advice stands where the client is named"


def labelled(shown: str) -> dict[str, set[str]]:
    """Return the names beside each label at the right of the hairline, with the lines that go on below it."""
    found: dict[str, set[str]] = {}
    label = ""
    for line in shown.splitlines():
        right = line.partition("│  ")[2] if "│  " in line else ""
        words = right.replace(",", " ").split()
        if right.startswith(("Hit ", "Worse ", "Depends ", "Spared ")):
            label, *words = words
        elif not right.startswith(" " * 9):
            label = ""
        if label:
            found.setdefault(label, set()).update(words)
    return found


@pytest.mark.parametrize("size", SIZES)
async def test_journey_5_what_was_expected_what_was_seen_and_what_told_them_apart(size: tuple[int, int]) -> None:
    app = TriageApp()
    try:
        async with app.run_test(size=size) as pilot:
            await settled(pilot, "Practise in the lab")
            await pilot.press("l")
            shown = await settled(pilot, "T1  Uploads fail since Tuesday")
            assert "renegotiation" not in shown
            await pilot.press("enter")
            await settled(pilot, "What do you expect?")
            choices = app.screen.query_one("Choices")
            while choices.chosen != "client-certs-disabled":  # type: ignore[attr-defined]
                await pilot.press("j")
            await pilot.press("enter")
            await over(pilot)
            await pilot.press("4")
            shown = left_of_rule(await settled(pilot, "Told apart by"))
            assert "You expected client certificates are switched off" in shown
            assert "Seen The certificate is asked for too late for large uploads" in shown
            assert "probe" in shown.partition("Told apart by")[2], shown
    finally:
        await app.resources.aclose()


def left_of_rule(shown: str) -> str:
    """Return the words at the left of the hairline of the Diagnosis page, where there is one."""
    return " ".join(" ".join(line.rpartition(" │")[0] or line for line in shown.splitlines()).split())


@pytest.mark.parametrize("size", SIZES)
async def test_journey_6_behind_an_inspecting_proxy_nothing_is_said_of_azure(size: tuple[int, int]) -> None:
    async with opened("lab:tls-inspection-proxy", size=size) as pilot:
        await over(pilot)
        shown = await settled(pilot, "✗ Cause found  You are not talking to the site")
        words = "nothing that was seen says anything" if size[0] >= 100 else "nothing seen here is"
        assert f"! {words} about Azure" in shown
        for other in ("client-certs-disabled", "settings-not-in-effect", "certificate-missing"):
            assert other not in shown
        verdict = app_of(pilot).store.case.verdict  # type: ignore[union-attr]
        assert verdict is not None
        assert verdict.also == ()
        await pilot.press("4")
        await settled(pilot, "Is it really the site that answers?")
        await pilot.press("y")
        await pilot.pause(0.2)
        assert "without inspection, or call from a network without it" in " ".join(app_of(pilot).clipboard.split())


async def test_journey_7_the_fix_arrives_while_it_is_verified_and_the_report_says_so(tmp_path: Path) -> None:
    async with LabProcess.start("large-body-renegotiation") as lab:
        ready = lab.ready
        options = ("--ca", ready.ca, "--cert", ready.certificate, "--symptom", "upload-403", "--config", ready.config)
        async with opened(ready.target, *options) as pilot:
            app = app_of(pilot)
            await over(pilot)
            await pilot.press("4", "v")
            await settled(pilot, "How long shall the fix be verified?")
            await pilot.press("j", "enter")
            await settled(pilot, "✗✗", seconds=30)
            shown = screen_text(app)
            assert "… verifying the fix" in shown
            assert "0 of 10 in a row" in shown
            await lab.patch({"settings": {"clientCertExclusionPaths": None}})
            shown = await settled(pilot, "✗✓✓", seconds=30)
            assert "✓ Fixed" not in shown, "one pass is not the fix"
            await settled(pilot, "✓ Fixed  10 fresh connections in a row passed", seconds=60)
            shown = " ".join(screen_text(app).split())
            for words in ("10 of 10 fresh connections since", "with │", "still refused"):
                assert words.replace(" │", "") in shown.replace(" │", ""), shown
            assert app.triage is not None
            kept = app.triage.case.verification
            assert kept is not None
            assert kept.control_still_refused is True
            assert [one.outcome[:6] for one in kept.attempts[-10:]] == ["passed"] * 10
            assert kept.attempts[0].outcome.startswith("failed")
            file = tmp_path / "hand-over.html"
            await pilot.press("5", "f", "w", "ctrl+u", *[KEYS.get(char, char) for char in str(file)], "enter")
            await settled(pilot, "✓ written")
            assert "10 of" in file.read_text(encoding="utf-8")
            journal = app.triage.journal.path  # type: ignore[attr-defined]
            assert open_case(journal).case == app.triage.case


async def test_journey_7_a_fix_that_opens_the_site_is_none() -> None:
    async with opened("lab:large-body-renegotiation", "--symptom", "upload-403") as pilot:
        await over(pilot)
        app = app_of(pilot)
        assert app.session is not None
        assert app.session.lab is not None
        await app.session.lab.patch({"settings": {"clientCertEnabled": False}})
        await pilot.press("4", "v")
        shown = await settled(pilot, "✗ the fix has opened the site to everybody", seconds=60)
        assert "✓ Fixed" not in shown
        assert "✗ not fixed" in shown
        assert "✗ the fix has opened the site: a request without" in shown
