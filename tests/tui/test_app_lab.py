"""The app on the real pipeline: real probes to the built-in lab on loopback, its verdict on the screen."""

import asyncio

from probes.lab.child import LabProcess
from probes.triage import Triage
from tests.tui.screen_text import settled
from tui.app import TriageApp
from tui.commands.options import parse_options
from tui.messages import AgainAsked, StopAsked
from tui.request import triage_request
from tui.screens.case import CaseScreen


async def test_a_site_of_the_lab_is_diagnosed_on_the_screen() -> None:
    async with LabProcess.start("large-body-renegotiation") as lab:
        request = triage_request(lab.ready.target, parse_options([*lab.ready.options, "--parallel", "1"]))
        app = TriageApp(Triage(request), autosend=True, again=lambda: Triage(request))
        async with app.run_test(size=(120, 36)) as pilot:
            shown = await settled(pilot, "large-body-renegotiation  confirmed by probe", seconds=60)
            assert "✗ Cause found" in shown
            await settled(pilot, "holds its body back until 100 Continue, and reaches the app", seconds=60)
            assert app.store.phase == "finished"
            await pilot.press("4")
            await settled(pilot, "Does a small upload reach the app?")
            # The pilot waits for an idle app after each key: by then this short run would be over.
            assert isinstance(app.screen, CaseScreen)
            app.post_message(AgainAsked())
            while app.store.run == 1 or app.store.sent < 1:
                await asyncio.sleep(0.005)
            app.post_message(StopAsked())
            await settled(pilot, "what was seen is kept")
            assert app.triage is not None
            assert app.store.case == app.triage.case
            assert 1 <= app.store.sent < len(app.store.probes)
            assert app.store.over
