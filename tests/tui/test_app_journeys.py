"""Whole ways through the app on the real lab: no mocks, real TLS on loopback, the words on the screen."""

from pathlib import Path

import pytest

from probes.lab.child import LabProcess
from tests.tui.driving import KEYS, app_of, opened, over, typed
from tests.tui.screen_text import settled
from tui.app import TriageApp

SIZES = [(80, 24), (120, 36)]


@pytest.mark.parametrize(
    ("number", "command", "cause"),
    [
        (1, None, "The certificate is asked for too late for large uploads"),
        (2, None, "Client certificates are switched off"),
        (4, "deploy", "The app cannot read the certificate header"),
    ],
)
async def test_a_ticket_from_start_to_report(number: int, command: str | None, cause: str, tmp_path: Path) -> None:
    app = TriageApp()
    try:
        async with app.run_test(size=(120, 36)) as pilot:
            await settled(pilot, "Practise in the lab")
            await pilot.press("l", *["j"] * (number - 1), "enter")
            shown = await settled(pilot, "What do you expect?")
            ticket = app.screen.query_one("Choices").chosen  # type: ignore[attr-defined]
            assert ticket not in shown, "the finding's name is no choice"
            await pilot.press("G", "k", "enter")
            await over(pilot)
            assert app.store.lesson is not None
            assert app.store.lesson.expected is not None
            await pilot.press("4")
            await settled(pilot, "You expected")
            await settled(pilot, "Told apart by")
            verdict = app.store.case.verdict if app.store.case else None
            assert verdict is not None
            assert verdict.finding == app.store.lesson.ticket.scenario
            await pilot.press("x")
            if command is not None:
                await pilot.press("ctrl+u", *command)
            await pilot.press("enter")
            await settled(pilot, "v verifies the fix")
            await pilot.press("v")
            await settled(pilot, "✓ Fixed", seconds=30)
            assert app.store.checking is not None
            assert app.store.checking.streak == 20
            await pilot.press("5", "w", "ctrl+u")
            file = tmp_path / "report.md"
            await pilot.press(*[KEYS.get(char, char) for char in str(file)], "enter")
            await settled(pilot, "✓ written")
            assert verdict.finding in file.read_text(encoding="utf-8")
            assert file.stat().st_mode & 0o077 == 0
    finally:
        await app.resources.aclose()


async def test_a_site_that_is_not_fixed_stays_so() -> None:
    async with opened("lab:large-body-renegotiation") as pilot:
        await over(pilot)
        await pilot.press("4", "v")
        await settled(pilot, "✗✗✗", seconds=30)
        await pilot.press("escape")
        shown = await settled(pilot, "the verification was stopped")
        assert "✓ Fixed" not in shown
        assert "✗ Cause found" in shown


async def test_an_az_command_that_the_lab_does_not_know_changes_nothing() -> None:
    async with opened("lab:large-body-renegotiation") as pilot:
        await over(pilot)
        app = app_of(pilot)
        assert app.session is not None
        assert app.session.lab is not None
        before = await app.session.lab.get()
        await pilot.press("4", "x", "ctrl+u")
        await typed(pilot, "rm -rf x")
        await settled(pilot, "The lab takes az webapp update")
        await pilot.press("x", "ctrl+u")
        await typed(pilot, "az webapp update --set clientCertMod=Optional")
        await settled(pilot, "did you mean clientCertMode")
        assert await app.session.lab.get() == before


@pytest.mark.parametrize("size", SIZES)
async def test_the_empty_certificate_page_offers_a_way_on(size: tuple[int, int]) -> None:
    async with LabProcess.start("large-body-renegotiation") as lab:
        ready = lab.ready
        options = ("--ca", ready.ca, "--cert", ready.certificate, "--symptom", "always-403")
        async with opened(ready.target, *options, size=size) as pilot:
            await over(pilot)
            await pilot.press("3")
            shown = await settled(pilot, "no debug endpoint was asked")
            assert "p  paste a header" in shown
            await pilot.press("d", "ctrl+u")
            await typed(pilot, ready.debug_path)
            await settled(pilot, "The app received the certificate that was sent.", seconds=20)
            echo = [made.echo for made in app_of(pilot).store.case.observations if made.echo]  # type: ignore[union-attr]
            assert len(echo) == 1
            assert echo[0].certificate is not None
            assert echo[0].certificate.matches_sent


async def test_a_pasted_header_is_decoded_and_judged_by_the_rules_of_the_app() -> None:
    async with opened("lab:healthy-required") as pilot:
        await over(pilot)
        app = app_of(pilot)
        value = next(
            echo.headers[echo.certificate.header or ""]
            for made in (app.store.case.observations if app.store.case else ())
            if (echo := made.echo) and echo.certificate
        )
        await pilot.press("3", "p")
        app.screen.query_one("Entry")._on_paste(_paste(f"X-ARR-ClientCert: {value.replace('+', ' ')}"))  # type: ignore[attr-defined]
        await pilot.pause(0.3)
        if "+" in value:
            await settled(pilot, "plus-became-space")
        await pilot.press("u")
        await settled(pilot, "The app received the certificate that was sent.")
        await pilot.press("g", "enter", "ctrl+u")
        await typed(pilot, "00" * 20)
        await pilot.press("G")
        await settled(pilot, "✗ thumbprint")
        await pilot.press("g", "enter", "ctrl+u")
        await typed(pilot, "12 ab")
        await settled(pilot, "40 (SHA-1) or 64 (SHA-256) hex digits")


def _paste(text: str):  # type: ignore[no-untyped-def]
    from textual.events import Paste

    return Paste(text)


@pytest.mark.parametrize("size", SIZES)
async def test_settings_read_later_change_what_is_said(size: tuple[int, int]) -> None:
    async with LabProcess.start("large-body-renegotiation") as lab:
        ready = lab.ready
        options = ("--ca", ready.ca, "--cert", ready.certificate, "--symptom", "upload-403")
        async with opened(ready.target, *options, size=size) as pilot:
            await over(pilot)
            await pilot.press("1")
            await settled(pilot, "The settings were not read")
            await pilot.press("f")
            await typed(pilot, ready.config)
            await settled(pilot, "asked for after the request, because /health")
            await pilot.press("p", "ctrl+u")
            await typed(pilot, "/HEALTHZ/live")
            await settled(pilot, "! never asked")
            await pilot.press("p", "ctrl+u")
            await typed(pilot, "/other")
            await settled(pilot, "✓ asked")
            case = app_of(pilot).store.case
            assert case is not None
            assert case.predictions


async def test_single_probes_again_edited_and_as_a_client() -> None:
    async with opened("lab:large-body-renegotiation") as pilot:
        await over(pilot)
        app = app_of(pilot)
        first = app.screen.query_one("ProbeRows").chosen  # type: ignore[attr-defined]
        await pilot.press("r")
        await over(pilot)
        again = app.store.probes[first].observation
        assert again is not None
        assert again.attempt == 2
        await pilot.press("e")
        await settled(pilot, "A probe of your own")
        await pilot.press("j", "j", "enter", "ctrl+u")
        await typed(pilot, "20000")
        await pilot.press("s")
        await settled(pilot, "What do your own probes show?", seconds=20)
        await over(pilot)
        own = app.store.probes["own-1"].observation
        assert own is not None
        assert (own.probe.body_bytes, own.judged.reached_app) == (20000, "yes")
        await pilot.press("a", *["j"] * 6, "enter")
        await settled(pilot, "renegotiation-refused-by-client", seconds=30)
        await over(pilot)
        assert app.store.case is not None
        assert app.store.case.run.client == "go"


async def test_two_probes_side_by_side_and_one_on_the_whole_screen() -> None:
    async with opened("lab:large-body-renegotiation", "--symptom", "upload-403") as pilot:
        await over(pilot)
        app = app_of(pilot)
        numbers = {name: state.number for name, state in app.store.probes.items()}
        app.screen.query_one("ProbeTable").choose("post-large-wait")  # type: ignore[attr-defined]
        await pilot.press("space", "j", "space")
        shown = await settled(pilot, "They differ in one thing, Expect")
        assert f"Probe {numbers['post-large-wait']}" in shown
        assert "! Expect            waited" in shown
        await pilot.press("escape", "enter")
        shown = await settled(pilot, "Expect: 100-continue")
        assert "HTTP/1.1 403 Forbidden" in shown
        await pilot.press("G")
        shown = await settled(pilot, "The same with curl")
        assert "--cert client.pem" in shown
        await pilot.press("y", "escape")
        assert app.clipboard.startswith("head -c 307200 /dev/zero | curl")


async def test_an_answer_overrules_the_evidence_and_is_taken_back() -> None:
    async with opened("lab:client-certs-disabled") as pilot:
        await over(pilot)
        app = app_of(pilot)
        await pilot.press("4")
        await settled(pilot, "Does the site use client certificates at all?")
        for _ in range(30):
            if app.screen.query_one("Walk").chosen == "switch":  # type: ignore[attr-defined]
                break
            await pilot.press("k")
        await pilot.press("o")
        await settled(pilot, "Your answer goes before the evidence")
        await pilot.press("enter")
        await settled(pilot, "your answer")
        assert app.store.case is not None
        (answer,) = app.store.case.answers
        assert (answer.node, answer.by, answer.overrules) == ("switch", "user", "it does not")
        await pilot.press("o", "G", "enter")
        await settled(pilot, "by the evidence alone")
        assert app.store.case.answers == ()


async def test_enter_on_a_step_goes_to_its_evidence() -> None:
    async with opened("lab:large-body-renegotiation", "--symptom", "upload-403") as pilot:
        await over(pilot)
        app = app_of(pilot)
        await pilot.press("4", "enter")
        await settled(pilot, "outcome   request")
        chosen = app.screen.query_one("ProbeRows").chosen  # type: ignore[attr-defined]
        verdict = app.store.case.verdict if app.store.case else None
        assert verdict is not None
        first = next(item for item in verdict.evidence if item.startswith("obs:"))
        made = app.store.observation(first[4:].partition("#")[0])
        assert made is not None
        assert chosen == made.probe.id
