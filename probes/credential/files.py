"""Reads a certificate or key file once, bounded, and says plainly why one cannot be read."""

import os
import stat
from pathlib import Path

from probes.errors import CredentialFault
from probes.printable import printable

MAX_BYTES = 1024 * 1024
"""Larger than any certificate file; anything above is another file, given by mistake."""


def shown(path: Path) -> str:
    """Return the path as it is safe to print."""
    return printable(str(path), limit=300)


def fault(what: str, path: Path, saw: str, todo: str) -> CredentialFault:
    """Return the error for a file: what was being done, what was seen, what to do next."""
    return CredentialFault(f"reading {what} {shown(path)}: {saw}; {todo}")


def read_once(path: Path, what: str) -> bytes:
    """Return the bytes of a regular file of at most :data:`MAX_BYTES`.

    Raises CredentialFault for anything else. The file is opened without waiting: a FIFO without a writer would
    never return.
    """
    todo = "give the PEM, PFX or CER file of the certificate"
    # O_BINARY exists on Windows alone, O_NONBLOCK everywhere else.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        handle = os.open(path, flags)
    except IsADirectoryError:
        raise fault(what, path, "it is a directory", todo) from None
    except (OSError, ValueError) as why:
        reason = why.strerror if isinstance(why, OSError) and why.strerror else "no such path"
        raise fault(what, path, reason[:1].lower() + reason[1:], "check the path and its permissions") from None
    try:
        return _read(handle, path, what, todo)
    finally:
        os.close(handle)


def _read(handle: int, path: Path, what: str, todo: str) -> bytes:
    about = os.fstat(handle)
    if stat.S_ISDIR(about.st_mode):
        raise fault(what, path, "it is a directory", todo)
    if not stat.S_ISREG(about.st_mode):
        raise fault(what, path, "it is a pipe or a device, not a file", todo)
    chunks: list[bytes] = []
    size = 0
    try:
        while size <= MAX_BYTES and (chunk := os.read(handle, MAX_BYTES + 1 - size)):
            chunks.append(chunk)
            size += len(chunk)
    except OSError as why:
        raise fault(what, path, why.strerror or "it cannot be read", "check the disk and the permissions") from None
    if size > MAX_BYTES:
        raise fault(what, path, f"it is larger than {MAX_BYTES:,} bytes", todo)
    if not size:
        raise fault(what, path, "it is empty", todo)
    return b"".join(chunks)
