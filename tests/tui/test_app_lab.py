"""The app on the real pipeline: real probes to the built-in lab on loopback, its verdict on the screen."""

from probes.lab.child import LabProcess
from probes.triage import Triage
from tests.tui.screen_text import settled
from tui.app import TriageApp
from tui.commands.options import parse_options
from tui.request import triage_request


async def test_a_site_of_the_lab_is_diagnosed_on_the_screen() -> None:
    async with LabProcess.start("large-body-renegotiation") as lab:
        request = triage_request(lab.ready.target, parse_options(list(lab.ready.options)))
        app = TriageApp(Triage(request), autosend=True, again=lambda: Triage(request))
        async with app.run_test(size=(120, 36)) as pilot:
            shown = await settled(pilot, "large-body-renegotiation  confirmed by probe", seconds=60)
            assert "✗ Cause found" in shown
            await settled(pilot, "holds its body back until 100 Continue, and reaches the app", seconds=60)
            assert app.store.phase == "finished"
            await pilot.press("4")
            await settled(pilot, "Does a small upload reach the app?")
            await pilot.press("r")
            await settled(pilot, "… Probing")
            await pilot.press("escape")
            await settled(pilot, "what was seen is kept")
            assert not app.store.busy
