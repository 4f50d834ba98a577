"""The case as JSON, as ``diagnose --json`` prints it, for the report's audience."""

import msgspec

from probes.report.request import Report


def text(report: Report) -> str:
    """Return the case as indented JSON; the same case always gives the same bytes."""
    case = report.shown()
    if not report.redacted:
        case = msgspec.structs.replace(case, run=msgspec.structs.replace(case.run, redacted=False))
    return msgspec.json.format(msgspec.json.encode(case), indent=2).decode("utf-8")
