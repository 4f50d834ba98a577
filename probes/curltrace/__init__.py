"""Reads what ``curl -v`` prints as observations; what curl does not show stays unknown."""

from probes.curltrace.marked import Marked, marked
from probes.curltrace.observe import observation, probe_of
from probes.curltrace.reader import CurlConnection, CurlTurn, read_trace

__all__ = ["CurlConnection", "CurlTurn", "Marked", "marked", "observation", "probe_of", "read_trace"]
