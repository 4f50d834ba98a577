"""The app as a process on a real pseudo-terminal: quitting, what reaches the terminal, what is imported."""

import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.tui.patience import WITHOUT_WAITING

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
from tests.tui.fake import FakeTriage, render
from tests.tui.test_app_hostile import HOSTILE, hostile_case
from tui.app import TriageApp
what = sys.argv[1]
if what == "crash":
    def render(slug, case):
        secret = "hunter2"
        raise RuntimeError(secret)
end = hostile_case(HOSTILE[what]) if what in HOSTILE else None
app = TriageApp(FakeTriage(end=end, hang=4 if what == "hang" else 0), autosend=True, render=render)
app.run()
sys.exit(app.return_code or 0)
"""


class Terminal:
    """A process on a pseudo-terminal of 120 by 36, and all that it wrote."""

    def __init__(self, *arguments: str) -> None:
        self.master, slave = pty.openpty()
        os.set_blocking(self.master, False)
        environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "120", "LINES": "36"}
        self.process = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, env=environment, stdin=slave, stdout=slave, stderr=slave
        )
        os.close(slave)
        self.output = b""

    def read(self, seconds: float, until: bytes | None = None) -> bytes:
        """Collect output until ``until`` came, the process ended, or the time is over."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            ended = self.process.poll() is not None
            if select.select([self.master], [], [], 0.05)[0]:
                try:
                    self.output += os.read(self.master, 65536)
                except OSError:
                    break
            elif ended:
                break
            if until is not None and until in self.output:
                break
        return self.output

    def press(self, keys: bytes) -> None:
        """Type ``keys``."""
        os.write(self.master, keys)

    def close(self) -> None:
        """End the process if it still runs."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.master)


@pytest.mark.parametrize("key", [b"q", b"\x11"], ids=["q", "ctrl+q"])
def test_quitting_does_not_wait_for_a_hanging_run_and_restores_the_terminal(key: bytes) -> None:
    terminal = Terminal("-c", PROGRAM, "hang")
    try:
        terminal.read(20, b"18 of 19")
        assert b"18 of 19" in terminal.output
        began = time.monotonic()
        terminal.press(key)
        terminal.read(20)
        status = terminal.process.wait(20)
        assert time.monotonic() - began < WITHOUT_WAITING
        assert status == 0
        assert b"\x1b[?1049l" in terminal.output, "the alternate screen was left"
        assert b"\x1b[?25h" in terminal.output, "the cursor is shown again"
    finally:
        terminal.close()


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        (b"", b"Practise in the lab"),
        (b"u", b"URL:"),
        (b"l", b"Tickets"),
        (b"l\r\r", b"0 of "),
        (b"l\r\r4", b"Reply"),
        (b"l\r\r4v", b"in a row"),
    ],
    ids=["start", "prompt", "tickets", "running", "diagnosis", "verifying"],
)
def test_quitting_waits_for_nothing_in_every_state(keys: bytes, shown: bytes) -> None:
    terminal = Terminal("-m", "tui")
    try:
        terminal.read(20, b"Practise in the lab")
        waits = {b"\r": b"", b"4": b"Cause found", b"v": b"Reply"}
        for key in (keys[place : place + 1] for place in range(len(keys))):
            terminal.read(30 if waits.get(key) else 0.6, waits.get(key) or None)
            terminal.press(key)
        terminal.read(20, shown)
        assert shown in terminal.output
        began = time.monotonic()
        terminal.press(b"\x11")
        terminal.read(20)
        status = terminal.process.wait(20)
        took = time.monotonic() - began
        assert status == 0
        assert b"\x1b[?1049l" in terminal.output
        assert took < WITHOUT_WAITING
    finally:
        terminal.close()


@pytest.mark.parametrize("name", ["title", "clipboard", "c1", "bidi"])
def test_no_sequence_from_outside_reaches_the_terminal(name: str) -> None:
    terminal = Terminal("-c", PROGRAM, name)
    try:
        terminal.read(20, b"Cause found")
        terminal.press(b"134")
        terminal.read(1.0)
        terminal.press(b"q")
        terminal.read(5)
        written = terminal.output
        assert b"Cause found" in written
        # The one such command that Textual itself writes sets the shape of the mouse pointer.
        assert set(re.findall(rb"\x1b\][^\x07\x1b]*", written)) <= {b"\x1b]22;default"}
        assert b"\xc2\x9b" not in written
        assert b"\xe2\x80\xae" not in written
    finally:
        terminal.close()


def test_a_crash_prints_no_values_and_ends_with_a_status() -> None:
    terminal = Terminal("-c", PROGRAM, "crash")
    try:
        terminal.read(20)
        status = terminal.process.wait(5)
        after = terminal.output.rpartition(b"\x1b[?1049l")[2]
        assert status == 1
        assert b"mtls-triage itself failed: RuntimeError" in after
        assert b"hunter2" not in terminal.output
    finally:
        terminal.close()


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom tui.cli import cli\n"
        f"cli.main({arguments!r}, prog_name='mtls-triage', standalone_mode=False)\n"
        "heavy = {'textual', 'rich', 'cryptography', 'OpenSSL', 'httpx', 'yaml'} & set(sys.modules)\n"
        "sys.exit(f'imported: {sorted(heavy)}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("target", ["https://localhost:1/", "lab:large-body-renegotiation"])
def test_without_a_terminal_it_names_the_command_that_needs_none(target: str) -> None:
    call = [sys.executable, "-m", "tui", target]
    done = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    assert done.returncode == 2
    assert "mtls-triage diagnose" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stdout == ""


def test_a_dumb_terminal_is_none() -> None:
    code = "import os; os.environ['TERM'] = 'dumb'\nfrom tui.__main__ import main; main()"
    terminal = Terminal("-c", code, "https://localhost:1/")
    try:
        terminal.read(20)
        assert terminal.process.wait(5) == 2
        assert b"diagnose" in terminal.output
    finally:
        terminal.close()
