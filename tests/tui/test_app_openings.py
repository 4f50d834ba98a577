"""Ways into the app and out of it on the real lab: pass phrase, earlier cases, wrong targets, a limit, switches."""

from probes.lab.child import LabProcess
from tests.tui.driving import app_of, opened, over, typed
from tests.tui.screen_text import screen_text, settled
from tui.app import TriageApp
from tui.commands.options import parse_options
from tui.steer import Session


async def test_a_wrong_pass_phrase_is_asked_for_again_and_escape_goes_on_without() -> None:
    async with LabProcess.start("healthy-required-pfx") as lab:
        ready = lab.ready
        options = ("--ca", ready.ca, "--cert", ready.pfx)
        async with opened(ready.target, *options) as pilot:
            await settled(pilot, "pass phrase")
            await typed(pilot, "wrong")
            await settled(pilot, "the pass phrase is wrong")
            shown = screen_text(pilot.app)
            assert "wrong," in shown
            await typed(pilot, ready.pfx_password)
            await over(pilot)
            app = app_of(pilot)
            assert app.store.case is not None
            assert app.store.case.credential.kind == "pfx"
            assert ready.pfx_password not in repr(vars(app.screen))
        async with opened(ready.target, *options) as pilot:
            await settled(pilot, "pass phrase")
            await pilot.press("escape")
            await over(pilot)
            app = app_of(pilot)
            assert app.store.case is not None
            assert app.store.case.credential.kind == "none"


async def test_the_search_for_the_limit_is_drawn_as_it_goes() -> None:
    async with opened("lab:large-body-renegotiation", "--symptom", "upload-403") as pilot:
        await over(pilot)
        await pilot.press("L")
        await settled(pilot, "How far shall the limit be searched?")
        await pilot.press("enter")
        shown = await settled(pilot, "102,400 bytes pass, 102,401 are refused.", seconds=60)
        assert "It is the front end's buffer" in shown
        limit = app_of(pilot).store.limit
        assert limit is not None
        assert limit.result is not None
        assert len(limit.seen) >= 4
        await pilot.press("escape")
        await settled(pilot, "outcome   request")


async def test_the_switches_change_the_lab() -> None:
    async with opened("lab:healthy-required") as pilot:
        await over(pilot)
        app = app_of(pilot)
        await pilot.press("1", "w")
        await settled(pilot, "Settings, by their ARM names")
        await pilot.press("j", "j", "enter")
        await typed(pilot, "/health")
        shown = await settled(pilot, "clientCertExclusionPaths    /health")
        assert "✓ Healthy" not in shown
        await pilot.press("k", "k", "right")
        await settled(pilot, "clientCertEnabled           false")
        assert app.session is not None
        assert app.session.lab is not None
        state = await app.session.lab.get()
        assert state["settings"]["clientCertExclusionPaths"] == "/health"
        assert state["settings"]["clientCertEnabled"] is False
        await pilot.press("escape", "2", "R")
        await over(pilot)
        await settled(pilot, "client-certs-disabled")


async def test_a_case_is_kept_and_opened_again_offline() -> None:
    async with LabProcess.start("large-body-renegotiation") as lab:
        ready = lab.ready
        options = ("--ca", ready.ca, "--cert", ready.certificate)
        async with opened(ready.target, *options) as pilot:
            await over(pilot)
            kept = app_of(pilot).store.case
    app = TriageApp()
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot, "An earlier case")
        await pilot.press("e")
        await settled(pilot, "Earlier cases")
        await pilot.press("enter")
        await settled(pilot, "✗ Cause found")
        assert app.store.case is not None
        assert kept is not None
        assert app.store.case.verdict == kept.verdict
        await pilot.press("r")
        await settled(pilot, "nothing is sent from it")


async def test_a_target_that_is_wrong_ends_with_the_fault() -> None:
    app = TriageApp(begin_with=lambda app: app.open("nonsense", parse_options([])))
    app.fatal = True
    async with app.run_test() as pilot:
        await pilot.pause(0.5)
    assert "TARGET 'nonsense' is no URL" in str(app.farewell)


async def test_a_url_that_is_typed_wrong_is_told_and_can_be_typed_again() -> None:
    app = TriageApp()
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot, "Look at a URL")
        await pilot.press("u", "ctrl+u")
        await typed(pilot, "nonsense")
        await settled(pilot, "client certificate, PEM or PFX")
        await pilot.press("enter")
        await settled(pilot, "is no URL")
        assert app.is_running
        assert isinstance(app.session, Session | None)


async def test_one_run_tells_of_all_clients() -> None:
    async with opened("lab:large-body-renegotiation") as pilot:
        await over(pilot)
        await pilot.press("4")
        shown = await settled(pilot, "Worse")
        by_label = {
            line.split("│")[-1].split()[0]: line
            for line in shown.splitlines()
            if "│  " in line and line.split("│")[-1].split()
        }
        assert "postman" in by_label["Hit"]
        assert "go" in by_label["Worse"]
        assert "dotnet-framework" in by_label["Spared"]


async def test_behind_an_inspecting_proxy_nothing_is_said_of_the_site() -> None:
    async with opened("lab:tls-inspection-proxy") as pilot:
        await over(pilot)
        app = app_of(pilot)
        assert app.store.case is not None
        assert app.store.case.verdict is not None
        assert app.store.case.verdict.finding == "tls-inspection-proxy"
        await settled(pilot, "tls-inspection-proxy")
        assert "client-certs-disabled" not in screen_text(app)


async def test_what_a_symptom_left_out_can_be_sent_too() -> None:
    async with opened("lab:large-body-renegotiation", "--symptom", "upload-403") as pilot:
        await over(pilot)
        shown = await settled(pilot, "symptom's question is answered")
        assert "left out" in shown
        assert "not asked" in shown, "the debug endpoint was not needed"
        await pilot.press("u")
        await pilot.pause(0.2)
        await over(pilot)
        store = app_of(pilot).store
        assert not [one.probe.id for one in store.probes.values() if one.observation is None]
        shown = await settled(pilot, "arrived")
        assert "left out" not in shown
        assert "large-body-renegotiation" in shown
        await pilot.press("u")
        await settled(pilot, "nothing of the plan was left out")
