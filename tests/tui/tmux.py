"""A terminal in tmux with a shell in it: keys are typed, the screen is read, and all bytes that came are kept."""

import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.peers.need import need
from tests.tui.patience import PATIENCE

ROOT = Path(__file__).parents[2]
APP = shlex.join([sys.executable, "-m", "tui"])
PROMPT = "ready>"
_RUN = f"""stty -a > "$XDG_DATA_HOME/before"
{APP} "$@"
echo "status=$?"
stty -a > "$XDG_DATA_HOME/after"
echo "all is over: $((6 * 7))"
"""
_MODE = re.compile(rb"\x1b\[\?([\d;]+)([hl])")
_AT_FIRST = {7, 25}
"""The private modes that a terminal begins with: lines wrap (DECAWM), the cursor is shown (DECTCEM)."""


class Tmux:
    """A tmux server of its own with one window, in which a shell runs."""

    def __init__(self, program: str, folder: Path, size: tuple[int, int]) -> None:
        self._program, self.folder, self._raw = program, folder, folder / "raw"
        self.marker = f"MTLS_TRIAGE_TEST={folder.name}"
        width, height = size
        settings = {"XDG_CACHE_HOME": folder, "XDG_DATA_HOME": folder, "XDG_CONFIG_HOME": folder,
                    "MTLS_TRIAGE_CASES": folder / "cases", "PS1": f"{PROMPT} ", "LC_ALL": "C.UTF-8"}  # fmt: skip
        shell = ["env", "-u", "DISPLAY", "-u", "WAYLAND_DISPLAY", "-u", "NO_COLOR", "-u", "ENV"]
        shell += ["-u", "COLUMNS", "-u", "LINES", self.marker]
        shell += [*(f"{name}={value}" for name, value in settings.items()), "sh", "-i"]
        options = folder / "tmux.conf"
        # The copy of an app may reach the buffers of tmux, and the folder is where the shell begins.
        options.write_text("set -s set-clipboard on\nset -g status off\nset -g default-terminal tmux-256color\n")
        self.tmux("-f", str(options), "new-session", "-d", "-x", f"{width}", "-y", f"{height}", "-c", str(ROOT),
                  shlex.join(shell))  # fmt: skip
        self.tmux("pipe-pane", f"cat >> {shlex.quote(str(self._raw))}")
        (folder / "run").write_text(_RUN)
        self.line("")
        self.wait(PROMPT)

    def tmux(self, *words: str) -> str:
        """Give tmux a command and return what it printed."""
        command = [self._program, "-S", str(self.folder / "s"), *words]
        # Without a locale of UTF-8, tmux itself would put an underscore for what is not ASCII.
        environment = {**os.environ, "LC_ALL": "C.UTF-8"}
        done = subprocess.run(
            command, capture_output=True, encoding="utf-8", env=environment, timeout=30, check=False
        )
        assert done.returncode == 0, f"tmux {words[0]}: {done.stderr}"
        return done.stdout

    def press(self, *keys: str) -> None:
        """Press keys by the names that tmux has for them."""
        self.tmux("send-keys", *keys)

    def line(self, words: str) -> None:
        """Type a line into the shell."""
        self.tmux("send-keys", "-l", words)
        self.press("Enter")

    def run(self, *words: str) -> None:
        """Run ``mtls-triage`` with these words; its status and the terminal's settings are noted afterwards."""
        self.line(f"sh {self.folder}/run {shlex.join(words)}")

    def ended(self, seconds: float = 5) -> int:
        """Wait for the end of what :meth:`run` began, and return its exit status."""
        shown = self.wait("all is over: 42", seconds)
        return int(re.findall(r"status=(\d+)", shown)[-1])

    def screen(self) -> list[str]:
        """Return the lines of the screen, without the blanks at their ends."""
        return [line.rstrip() for line in self.tmux("capture-pane", "-p").splitlines()]

    def wait(self, words: str, seconds: float = 30) -> str:
        """Return the screen once it holds ``words``; fails with what it holds instead."""
        return "\n".join(self.until(lambda shown: words in "\n".join(shown), seconds, f"{words!r} was not shown"))

    def until(
        self, holds: Callable[[list[str]], bool], seconds: float = 10, fault: str = "it did not come to that"
    ) -> list[str]:
        """Return the screen once something holds of it; fails with what it shows instead."""
        end = time.monotonic() + seconds * PATIENCE
        while not holds(shown := self.screen()):
            if time.monotonic() > end:
                pytest.fail(f"{fault} within {seconds:.0f} s:\n" + "\n".join(shown))
            time.sleep(0.05)
        return shown

    def asks(self, what: str) -> str:
        """Return what tmux knows of its pane, by the name of a format."""
        return self.tmux("display-message", "-p", f"#{{{what}}}").strip()

    def resize(self, width: int, height: int) -> None:
        """Give the terminal another size."""
        self.tmux("resize-window", "-x", str(width), "-y", str(height))

    def raw(self) -> bytes:
        """Return every byte that programs wrote to the terminal."""
        return self._raw.read_bytes() if self._raw.exists() else b""

    def processes(self) -> dict[int, str]:
        """Return the processes that were started in this terminal, by their number, with their commands."""
        found = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                if self.marker.encode() in (entry / "environ").read_bytes().split(b"\0"):
                    words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
                    found[int(entry.name)] = words
            except OSError:
                continue
        return found

    def app(self) -> int:
        """Return the number of the app's process."""
        return next(number for number, words in self.processes().items() if " -m tui" in words)

    def changed(self) -> str:
        """Return what ``stty -a`` says otherwise than before the program, empty for nothing."""
        before, after = ((self.folder / name).read_text() for name in ("before", "after"))
        return "" if before == after else f"before:\n{before}\nafter:\n{after}"

    def left_on(self) -> set[int]:
        """Return the private modes of the terminal that are not as they were at first (DECSET, DECRST)."""
        now = set(_AT_FIRST)
        for numbers, switch in _MODE.findall(self.raw()):
            for number in map(int, numbers.split(b";")):
                (now.add if switch == b"h" else now.discard)(number)
        return now ^ _AT_FIRST


@contextmanager
def terminal(size: tuple[int, int] = (120, 40)) -> Iterator[Tmux]:
    """Yield a terminal; everything in it is ended afterwards. Skips, or fails in CI, where there is no tmux."""
    program = need("tmux")
    # The name of a socket has at most 107 bytes: the folders of tests are too deep for it.
    with tempfile.TemporaryDirectory(prefix="mt-") as folder:
        made = Tmux(program, Path(folder), size)
        try:
            yield made
        finally:
            made.tmux("kill-server")
