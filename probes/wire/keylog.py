"""Writes TLS session keys in the SSLKEYLOGFILE format (draft-ietf-tls-keylogfile), only when it was asked for."""

import os
from contextlib import suppress
from pathlib import Path

from probes.errors import UsageFault
from probes.printable import printable


class KeyLog:
    """A file that decrypts the connections of a run in Wireshark; readable by its owner alone, appended to.

    Raises UsageFault when it cannot be opened. What cannot be written later is left out: a probe does not fail by it.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as fault:
            shown, why = printable(str(path), limit=200), printable(fault.strerror or type(fault).__name__)
            raise UsageFault(f"The key log {shown} cannot be opened: {why}. Name another file.") from None

    def __call__(self, _connection: object, line: bytes) -> None:
        """Write one line; OpenSSL calls this, so nothing may be raised."""
        with suppress(OSError):
            os.write(self._descriptor, line + b"\n")

    def close(self) -> None:
        """Close the file; no connection may be open any more."""
        with suppress(OSError):
            os.close(self._descriptor)
