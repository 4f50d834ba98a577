"""What a report is made of, and the one call that writes it in a format."""

import importlib
from typing import Literal

from probes.model import Case, Value
from probes.report.audience import Audience, for_audience

Format = Literal["json", "markdown", "html", "junit"]


class Report(Value, frozen=True, kw_only=True):
    """A case with what its reader must be told about it.

    ``notes`` are those of :func:`probes.case.open_case`. ``redacted`` False leaves nothing out for an audience and
    says so in the report; secrets were never in the case.
    """

    case: Case
    audience: Audience = "customer"
    notes: tuple[str, ...] = ()
    redacted: bool = True

    def shown(self) -> Case:
        """Return the case as this report's audience may see it."""
        return for_audience(self.case, self.audience if self.redacted else "team")


def write(report: Report, how: Format) -> str:
    """Return the report as one text that ends in a line feed."""
    # jinja2 and the XML parser are imported for the format that needs them alone.
    text: str = importlib.import_module(f"probes.report.to_{how}").text(report)
    return text if text.endswith("\n") else text + "\n"
