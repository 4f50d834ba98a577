"""The probe under the cursor: its phases on a time line, and the probe that differs in one thing."""

from collections.abc import Sequence

from tui.drawing.parts import Line, crop, text, titled_rule
from tui.drawing.phases import detail
from tui.drawing.rows import note
from tui.drawing.words import request_words
from tui.store import ProbeState
from tui.widgets.drawn import Drawn


class ProbeDetail(Drawn):
    """Eight lines about one probe, six in a narrow terminal."""

    state: ProbeState | None = None

    def draw(self, width: int) -> Sequence[Line]:
        """Return the detail of the chosen probe, or what is known of one that has no answer yet."""
        if self.state is None:
            return []
        made = self.state.observation
        if made is None or self.state.running:
            return self._without_answer(self.state, width)
        rows = self.content_size.height or (8 if self.wide else 6)
        return detail(self.store, made, self.state.number, width, rows=rows, wide=self.wide)

    def _without_answer(self, state: ProbeState, width: int) -> Sequence[Line]:
        words = note(state, self.store.clock) or "not sent yet"
        glyph: Line = (("… ", "primary"),) if state.running else (("– ", "muted"),)
        title: Line = ((f"Probe {state.number}", "bold"), (f"  {request_words(state.probe)}", ""))
        what = f"waits {words}" if state.running else words
        return [titled_rule(title, width), crop((*glyph, (what, "muted")), width), *self._where(state, width)]

    def _where(self, state: ProbeState, width: int) -> Sequence[Line]:
        probe = state.probe
        return [crop(text(f"  {probe.method} {probe.path} on {probe.origin}", "muted"), width)]
