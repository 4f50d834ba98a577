"""The part of the app that searches a size limit: one upload after the other, each agreed to beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message
from textual.worker import Worker

from probes.model import Observation
from probes.plan import base_upload
from probes.threshold import REQUESTS_AT_MOST, Threshold
from tui.crash import fault_line
from tui.drawing.words import kilobytes
from tui.later import Later
from tui.limit import Limit
from tui.messages import LimitAsked, StopAsked
from tui.screens.choose import Choice, ChooseScreen
from tui.verifies import VerifyingApp

if TYPE_CHECKING:
    from probes import triage as core
    from tui.screens import limit as limit_screen
else:
    core = Later("probes.triage")
    limit_screen = Later("tui.screens.limit")

SIZES = (1_048_576, 307_200)
"""Bytes up to which a search goes: what the command line searches by default, and the plan's large body."""


class Uploaded(Message):
    """One upload of the search of the run of this number."""

    def __init__(self, run: int, made: Observation) -> None:
        super().__init__()
        self.run, self.made = run, made


class LimitFound(Message):
    """The search of the run of this number is over, or broke off by a fault."""

    def __init__(self, run: int, result: Threshold | None, fault: BaseException | None) -> None:
        super().__init__()
        self.run, self.result, self.fault = run, result, fault


class SearchingApp(VerifyingApp):
    """Finds the exact body size at which the site starts to refuse."""

    _searching: Worker[None] | None = None

    def on_limit_asked(self, message: LimitAsked) -> None:
        """Say what a search sends, and begin when that is agreed to."""
        if self._is_busy() or not isinstance(self.triage, core.Triage):
            self.tell("there is nothing to search here")
            return
        if self.store.limit is not None and self.store.limit.running:
            self.push_screen(limit_screen.LimitScreen(self.store, self.render_finding))
            return
        triage = self.triage
        path = base_upload(triage.request.plan).path
        choices = [
            Choice(str(size), f"up to {kilobytes(size)}", f"at most {REQUESTS_AT_MOST} uploads, one after the other")
            for size in SIZES
        ]
        about = f"Uploads of different sizes go to {path}, until it is known to the byte where the site refuses."
        asked = "How far shall the limit be searched?"
        screen = ChooseScreen(
            self.store, self.render_finding, asked, choices, lambda size: self._search(triage, int(size)), about=about
        )
        self.push_screen(screen)

    def _search(self, triage: core.Triage, most: int) -> None:
        self.store.limit = Limit()
        self.store.revision += 1
        self.push_screen(limit_screen.LimitScreen(self.store, self.render_finding))
        work = self._uploads(self.store.run, triage, most)
        self._searching = self.run_worker(work, group="limit", exclusive=True, exit_on_error=False)

    async def _uploads(self, run: int, triage: core.Triage, most: int) -> None:
        result: Threshold | None = None
        fault: BaseException | None = None
        try:
            base = base_upload(triage.request.plan)
            result = await triage.threshold(base, most, lambda made: self._uploaded(run, made))
        except Exception as raised:
            fault = raised
        self.post_message(LimitFound(run, result, fault))

    def _uploaded(self, run: int, made: Observation) -> None:
        self.post_message(Uploaded(run, made))

    def on_uploaded(self, message: Uploaded) -> None:
        """Take one upload into the picture."""
        limit = self.store.limit
        if message.run == self.store.run and limit is not None and limit.running:
            limit.seen = (*limit.seen, message.made)
            self.store.revision += 1

    def on_limit_found(self, message: LimitFound) -> None:
        """Take what the search came to."""
        limit = self.store.limit
        if message.run == self.store.run and limit is not None and limit.running:
            limit.result = message.result
            limit.fault = None if message.result is not None else fault_line(message.fault)
            self.store.revision += 1

    def on_stop_asked(self, message: StopAsked) -> None:
        """Stop the search where one runs; the classes below stop what else is being sent."""
        limit = self.store.limit
        if limit is None or not limit.running or self._searching is None:
            return
        message.prevent_default()
        self._searching.cancel()
        limit.stopped = True
        self.store.revision += 1
        self.tell("the search was stopped")
