"""Stage 5: reports of a case, to hand on; each for its audience, none with a secret in it."""

from probes.report.audience import Audience, for_audience
from probes.report.kql import kql
from probes.report.request import Format, Report, write

__all__ = ["Audience", "Format", "Report", "for_audience", "kql", "write"]
