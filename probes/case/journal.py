"""Writes a case as it happens: one line for each thing that was learned, on disk before it is shown."""

import errno
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Self

from probes.case.faults import CaseTaken
from probes.case.line import End, Line, Lines, written
from probes.case.lock import lock, sync_folder
from probes.case.off_loop import off_loop
from probes.case.reading import open_case
from probes.errors import UsageFault
from probes.model import Case, Observation
from probes.plan import Plan
from probes.printable import printable

Say = Callable[[str], None]

# The path itself is wrong: better said before anything is sent than after.
_WRONG_PATH = frozenset({errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.ELOOP})


class Journal:
    """The file of one case, open for appending. Lines are whole, in order, and synced one by one.

    ``say`` is told once, in one line, when the file cannot be written (full disk, read-only folder); the run then
    goes on in memory, and ``trouble`` keeps that line. Methods are safe to call from one task and its threads.
    """

    def __init__(self, path: Path, *, say: Say = lambda _words: None) -> None:
        self.path = path
        self.trouble: str | None = None
        self._say = say
        self._told = False
        self._descriptor: int | None = None
        self._size = 0
        self._seq = 0
        self._alone = threading.Lock()

    @classmethod
    def nowhere(cls) -> Self:
        """Return a journal without a file; everything that is written into it is dropped without a word."""
        return cls(Path())

    @classmethod
    def create(cls, path: Path, *, say: Say = lambda _words: None, make_folder: bool = False) -> Self:
        """Begin a new file; ``make_folder`` makes its folder too.

        Raises CaseTaken when the file holds something already or is being written by another process, and
        UsageFault when the path cannot be one of a file.
        """
        journal = cls(path, say=say)
        try:
            if make_folder:
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            journal._open(os.O_CREAT)
        except OSError as fault:
            if fault.errno in _WRONG_PATH and not make_folder:
                raise UsageFault(
                    f"The case file {_shown(path)} cannot be made: {_reason(fault)}. "
                    "Name a file in a folder that exists."
                ) from None
            journal._give_up(fault)
        if journal._size:
            journal.close()
            raise CaseTaken(
                f"The case file {_shown(path)} holds something already, and a case is never overwritten. "
                "Name another file."
            )
        if journal._descriptor is not None:
            sync_folder(str(path.parent))
        return journal

    @classmethod
    def resume(cls, path: Path, *, say: Say = lambda _words: None) -> Self:
        """Open the file of an earlier case to append to it; a torn last line is cut off.

        Raises CaseFault when it cannot be read, CaseTaken when another process is writing it.
        """
        journal = cls(path, say=say)
        opened = open_case(path)
        try:
            journal._open(0)
            assert journal._descriptor is not None
            os.ftruncate(journal._descriptor, opened.whole_bytes)
            journal._size, journal._seq = opened.whole_bytes, opened.lines
            if not opened.ends_in_line_feed:
                _write_all(journal._descriptor, b"\n")
                journal._size += 1
        except OSError as fault:
            journal._give_up(fault)
        return journal

    def _open(self, flags: int) -> None:
        binary: int = getattr(os, "O_BINARY", 0)  # only Windows has it; line feeds must stay line feeds
        self._descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | binary | flags, 0o600)
        locked = lock(self._descriptor)
        if locked == "taken":
            self.close()
            raise CaseTaken(
                f"Another mtls-triage is writing the case file {_shown(self.path)}. "
                "Wait for it, or name another file."
            )
        if locked == "unsupported":
            self._say(f"The file system of {_shown(self.path)} has no locks: let no other run write this file.")
        self._size = os.fstat(self._descriptor).st_size

    def begin(self, case: Case, plan: Plan) -> None:
        """Write everything that is known before the first probe is sent."""
        lines: Lines = [
            ("run", case.run),
            ("target", case.target),
            ("credential", case.credential),
            ("configuration", case.configuration),
            ("plan", plan),
            *(("prediction", one) for one in case.predictions),
            *(("answer", one) for one in case.answers),
            *(("unknown", one) for one in case.unknown),
        ]
        self.append(lines)

    async def observed(self, observation: Observation) -> None:
        """Write one observation; when this returns it is on disk, or ``trouble`` says why not."""
        if self._descriptor is not None:
            await off_loop(lambda: self._write([("observation", observation)]))
        self._tell()

    def concluded(self, case: Case) -> None:
        """Write the verdict so far, and after it everything that is not known: it replaces what stood before."""
        self.append(_conclusion(case))

    def end(self, case: Case, *, cancelled: bool = False) -> None:
        """Write the last word over the case; what is sent later (a probe again) may follow it, with an end anew."""
        self.append([*_conclusion(case), _end(case, cancelled)])

    def revised(self, lines: Lines, case: Case, *, over: bool, cancelled: bool) -> None:
        """Write in one go what the user said and the verdict with it; and the end anew where the run is ``over``."""
        self.append([*lines, *_conclusion(case), *([_end(case, cancelled)] if over else [])])

    def append(self, lines: Lines) -> None:
        """Write lines in one go and wait until they are on disk."""
        self._write(lines)
        self._tell()

    def close(self) -> None:
        """Close the file, which gives its lock back; closing twice does nothing."""
        with self._alone:
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None

    def _write(self, lines: Lines) -> None:
        with self._alone:
            if self._descriptor is None or not lines:
                return
            data = b"".join(written(kind, self._seq + place, value) for place, (kind, value) in enumerate(lines, 1))
            try:
                _write_all(self._descriptor, data)
                os.fsync(self._descriptor)
            except OSError as fault:
                self._give_up(fault)
                return
            self._size += len(data)
            self._seq += len(lines)

    def _give_up(self, fault: OSError) -> None:
        """Note the trouble and write nothing more: a file with a gap would tell another story."""
        kept = f" What it holds so far ({self._seq} lines) can be opened." if self._seq else ""
        self.trouble = (
            f"The case file {_shown(self.path)} cannot be written: {_reason(fault)}. The run goes on in memory."
            f"{kept} Name another place with --save FILE."
        )
        if self._descriptor is not None:
            try:
                # Half a line of a full disk is cut off, so that the file ends as if the run had ended there.
                if stat.S_ISREG(os.fstat(self._descriptor).st_mode):
                    os.ftruncate(self._descriptor, self._size)
            except OSError:
                pass  # a torn last line is recognised when the file is opened
            os.close(self._descriptor)
            self._descriptor = None

    def _tell(self) -> None:
        if self.trouble and not self._told:
            self._told = True
            self._say(self.trouble)


def _conclusion(case: Case) -> Lines:
    if case.verdict is None:
        return []
    return [("verdict", case.verdict), *(("unknown", one) for one in case.unknown)]


def _end(case: Case, cancelled: bool) -> Line:
    return "end", End(observations=len(case.observations), cancelled=cancelled)


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _shown(path: Path) -> str:
    return printable(str(path), limit=300)


def _reason(fault: OSError) -> str:
    if fault.errno in (errno.EEXIST, errno.ENOTDIR):
        return "a part of its path is no folder"
    return printable(fault.strerror or type(fault).__name__)
