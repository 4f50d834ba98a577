"""Copies text three ways at once: the terminal's clipboard, a program of this machine, and a file."""

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

OSC52_LIMIT = 74_994
"""Bytes that OSC 52 takes in the most cautious terminals; tmux and others drop what is longer."""
_TOOLS = (
    ("pbcopy", ()),
    ("wl-copy", ()),
    ("xclip", ("-selection", "clipboard", "-in")),
    ("xsel", ("--clipboard", "--input")),
    ("clip.exe", ()),
)


def tool() -> tuple[str, ...] | None:
    """Return the command of a clipboard program that can work here, None where there is none."""
    for name, arguments in _TOOLS:
        if name in ("xclip", "xsel") and not os.environ.get("DISPLAY"):
            continue
        if name == "wl-copy" and not os.environ.get("WAYLAND_DISPLAY"):
            continue
        if path := shutil.which(name):
            return (path, *arguments)
    return None


def by_tool(text: str) -> str | None:
    """Hand ``text`` to the machine's own clipboard program; returns its name when it took it."""
    command = tool()
    if command is None:
        return None
    quiet = subprocess.DEVNULL
    try:
        # Programs that own a selection stay alive behind: nothing of ours may be held open by them.
        done = subprocess.run(command, input=text.encode("utf-8"), stdout=quiet, stderr=quiet, timeout=2, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return Path(command[0]).name if done.returncode == 0 else None


def by_file(text: str) -> Path | None:
    """Write ``text`` to a file that only the user can read; returns it, None where that did not work."""
    from platformdirs import user_cache_path

    folder = user_cache_path("mtls-triage", appauthor=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "copied.txt"
        fresh = folder / f"copied-{os.getpid()}.new"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text + "\n")
        os.replace(fresh, file)
    except OSError:
        return None
    return file


def told(text: str, program: str | None, file: Path | None) -> str:
    """Return what is known about where a copy went; whether a terminal took it, no terminal says."""
    lines = text.count("\n") + 1
    much = f"{lines} {'line' if lines == 1 else 'lines'}"
    ways = [f"taken by {program}"] if program else []
    if len(text.encode("utf-8")) <= OSC52_LIMIT:
        ways += ["sent to the terminal's clipboard (OSC 52)"]
    if file is not None:
        home = str(Path.home())
        shown = str(file)
        ways += [
            "in " + (shown.replace(home, "~", 1) if shown.startswith(home) and sys.platform != "win32" else shown)
        ]
    return f"{much} {', '.join(ways)}" if ways else f"{much}: nothing here takes a copy"


async def aside(work: Callable[[str], T], text: str) -> T | None:
    """Do blocking work on a daemon thread: quitting never waits for a clipboard that hangs."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T | None] = loop.create_future()

    def settle(result: T | None) -> None:
        if not done.done():
            done.set_result(result)

    def run() -> None:
        result = work(text)
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, result)

    threading.Thread(target=run, name="clipboard", daemon=True).start()
    return await done
