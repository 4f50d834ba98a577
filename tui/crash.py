"""What is said when the tool itself fails: type and place, never the value of a variable."""

from traceback import extract_tb

from probes.errors import MtlsTriageError
from probes.printable import printable


def fault_line(fault: BaseException | None) -> str:
    """Return in one line why a run broke off: the message of our own errors, of others only type and place."""
    if fault is None:
        return "The run ended without a result"
    if isinstance(fault, MtlsTriageError):
        return printable(" ".join(str(fault).split()))
    last = extract_tb(fault.__traceback__)[-1:]
    place = f" at {last[0].filename.rpartition('/')[2]}:{last[0].lineno}" if last else ""
    return f"mtls-triage itself failed: {type(fault).__name__}{place}"


def crash_report(error: BaseException | None) -> str:
    """Return what is printed after a crash: type and places, no values of variables."""
    lines = [f"mtls-triage itself failed: {type(error).__name__}. This is a defect of the tool, not of the site."]
    for frame in extract_tb(error.__traceback__) if error else ():
        lines.append(f"  {printable(frame.filename)}:{frame.lineno} in {frame.name}")
    return "\n".join(lines)
