"""A program on a terminal of its own: keys go in, and the time is taken until certain bytes come out."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tests.bench.rows import BenchFailed

ROWS, COLUMNS = 36, 120
LONGEST_S = 60.0


class Screen:
    """The other end of the terminal; all times are of ``time.monotonic``, in seconds."""

    def __init__(self, master: int) -> None:
        self._master = master
        self.tail = b""

    def until(self, words: bytes, began: float, seconds: float = LONGEST_S) -> float:
        """Read until ``words`` came since the last call; return the seconds since ``began``.

        Raises BenchFailed when they did not come in time, or the program ended before.
        """
        seen = b""
        while words not in seen:
            left = began + seconds - time.monotonic()
            if left <= 0 or not select.select([self._master], [], [], left)[0]:
                raise BenchFailed(f"{words.decode()!r} was not painted within {seconds:.0f} s")
            try:
                seen += os.read(self._master, 65_536)
            except OSError:
                raise BenchFailed(f"the app ended before it painted {words.decode()!r}") from None
        return time.monotonic() - began

    def press(self, key: str, words: bytes) -> float:
        """Press a key and return the seconds until the terminal was sent ``words``."""
        self.drain(0.0)
        began = time.monotonic()
        os.write(self._master, key.encode())
        return self.until(words, began, 20.0)

    def drain(self, seconds: float) -> None:
        """Read what comes for so long, and forget it: a terminal that nobody reads stops the program."""
        ends = time.monotonic() + seconds
        while select.select([self._master], [], [], max(ends - time.monotonic(), 0.0))[0]:
            try:
                os.read(self._master, 65_536)
            except OSError:
                return


@contextmanager
def on_terminal(command: Sequence[str]) -> Iterator[tuple[Screen, float]]:
    """Run a command on a terminal; yield its screen and the moment of its start. It is ended afterwards."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    environment = os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    for name in ("NO_COLOR", "COLUMNS", "LINES"):
        environment.pop(name, None)
    began = time.monotonic()
    process = subprocess.Popen(
        command, stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True
    )
    os.close(slave)
    try:
        yield Screen(master), began
    finally:
        process.kill()
        process.wait()
        os.close(master)
