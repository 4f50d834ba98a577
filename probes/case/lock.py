"""Keeps a second process from writing the same case file; the lock ends with the process that holds it."""

import contextlib
import errno
import os
import sys
from typing import Literal

Locked = Literal["yes", "taken", "unsupported"]

# Far behind any case: Windows locks bytes against reading too, and readers must not be kept out.
_PLACE = 1 << 40
_TAKEN = frozenset({errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK})

if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> None:
        os.lseek(descriptor, _PLACE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def lock(descriptor: int) -> Locked:
    """Take the one lock of an open file without waiting.

    ``taken`` says that another process (or another opening of the file in this one) holds it; ``unsupported`` that
    the file system has no locks, so that nobody can be kept out. Closing the descriptor gives the lock back.
    """
    try:
        _take(descriptor)
    except OSError as fault:
        return "taken" if fault.errno in _TAKEN else "unsupported"
    return "yes"


def sync_folder(folder: str) -> None:
    """Make a new file's name durable where the system has a way to (not on Windows)."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
