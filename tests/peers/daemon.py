"""What every server program needs as a test peer: a folder, free ports, a start, a readiness check, a stop."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

_Seen = TypeVar("_Seen")
_START_SECONDS = 15.0
_STOP_SECONDS = 5.0
_START_ATTEMPTS = 3


class PeerFailed(Exception):
    """A peer program did not start, or ended by itself; the text holds the end of what it printed."""


@contextmanager
def open_folder(name: str) -> Iterator[Path]:
    """Yield a new folder that an unprivileged worker process may enter, and remove it at the end.

    pytest's own temporary folders are closed to other users, and a server that is started as root gives its
    rights away before it reads scripts and writes temporary files.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"peer-{name}-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def worker_user() -> str | None:
    """Return the user for worker processes when we are root, None when we are nobody special."""
    if os.geteuid() != 0:
        return None
    for name in ("www-data", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise PeerFailed("root without an unprivileged user: neither www-data nor nobody exists")


def free_ports(count: int) -> list[int]:
    """Return ``count`` different TCP ports of 127.0.0.1 that were free a moment ago."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [int(held.getsockname()[1]) for held in sockets]
    finally:
        for held in sockets:
            held.close()


@contextmanager
def server(name: str, ports: int, write: Callable[[Path, list[int]], list[str]]) -> Iterator[tuple[Path, list[int]]]:
    """Run a server program until the block ends; yield its folder and the ports of 127.0.0.1 that it listens on.

    ``write(folder, ports)`` writes the configuration and returns the command, which must stay in the foreground.
    Its error log is ``error.log`` in the folder. Raises PeerFailed when it does not start.
    """
    with ExitStack() as stack:
        for left in reversed(range(_START_ATTEMPTS)):
            folder = stack.enter_context(open_folder(name))
            chosen = free_ports(ports)
            try:
                stack.enter_context(_running(write(folder, chosen), chosen, folder))
                break
            except PeerFailed as failure:
                # Another program may take a port between our look and the server's start.
                if "already in use" not in str(failure) or not left:
                    raise
        yield folder, chosen


@contextmanager
def _running(command: list[str], ports: list[int], folder: Path) -> Iterator[None]:
    with (folder / "output").open("wb") as sink:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, start_new_session=True, cwd=folder
        )
    try:
        _wait_until_listening(process, ports, folder)
        yield
    finally:
        stop(process)


def _wait_until_listening(process: subprocess.Popen[bytes], ports: list[int], folder: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    for port in ports:
        while True:
            if process.poll() is not None:
                raise PeerFailed(f"ended with {process.returncode}: {_said(folder)}")
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise PeerFailed(f"port {port} stays closed: {_said(folder)}") from None
                time.sleep(0.02)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Terminate one process that we started, and kill it when it does not listen."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(_STOP_SECONDS)


def until(look: Callable[[], _Seen | None], what: str, seconds: float = 5.0) -> _Seen:
    """Return the first result of ``look`` that is neither None nor empty; raise PeerFailed after ``seconds``."""
    deadline = time.monotonic() + seconds
    while True:
        seen = look()
        if seen:
            return seen
        if time.monotonic() > deadline:
            raise PeerFailed(f"waited {seconds:g} s for {what}")
        time.sleep(0.02)


def read_log(path: Path) -> str:
    """Return what a log holds so far; empty when it does not exist yet."""
    return path.read_text("utf-8", "replace") if path.exists() else ""


def _said(folder: Path) -> str:
    return " ".join(read_log(folder / name)[-2000:].strip() for name in ("output", "error.log"))
