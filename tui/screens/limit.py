"""The search for a size limit, as it goes; esc stops it, and once more goes back."""

from tui.drawing.limit import limit_page
from tui.messages import StopAsked
from tui.screens.probe import Over
from tui.widgets.listing import Drawing, Listing


class LimitPage(Listing):
    """The picture."""

    def drawing(self, width: int) -> Drawing:
        """Return every upload on one scale."""
        limit = self.store.limit
        return (limit_page(limit, width) if limit is not None else []), {}


class LimitScreen(Over):
    """Shows the search."""

    KEYS = (("esc", "stop, then back"), ("j k", "scroll"), ("y", "copy"))

    def page(self) -> Listing:
        """Return the picture."""
        return LimitPage(self.store, self.render_finding, id="whole")

    def action_leave(self) -> None:
        """Stop the search where it runs, else go back."""
        if self.store.limit is not None and self.store.limit.running:
            self.post_message(StopAsked())
        else:
            super().action_leave()
