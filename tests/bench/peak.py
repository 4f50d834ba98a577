"""Reads by how much this process has grown at its peak, as the Linux kernel counts it."""

from pathlib import Path

_PROCESS = Path("/proc/self")


class Unreadable(Exception):
    """This system does not tell the peak of a process's resident memory, or does not let it be reset."""


class Peak:
    """Begins a measurement; :meth:`grown` is the peak since then above what was resident then.

    Writing 5 to clear_refs resets the peak (Linux, Documentation/filesystems/proc.rst). Raises Unreadable.
    """

    def __init__(self) -> None:
        try:
            (_PROCESS / "clear_refs").write_text("5")
        except OSError as fault:
            raise Unreadable(f"the peak of resident memory cannot be reset here: {fault.strerror}") from None
        self._before = _status("VmRSS")

    def grown(self) -> int:
        """Return the growth in bytes, never less than nothing."""
        return max(0, _status("VmHWM") - self._before)


def _status(field: str) -> int:
    for line in (_PROCESS / "status").read_text().splitlines():
        name, _colon, value = line.partition(":")
        if name == field:
            return int(value.split()[0]) * 1024
    raise Unreadable(f"/proc/self/status has no {field}")
