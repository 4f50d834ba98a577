"""Opens a case file: reads what is whole, drops a torn last line, refuses what it would misread."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from probes.case.assembling import Parts
from probes.case.clean import cleaned, is_clean, line_feeds_in_place
from probes.case.faults import CaseFault
from probes.case.line import TYPES, Envelope
from probes.case.replay import settle
from probes.model import SCHEMA, Case, Observation, Value
from probes.printable import printable

LARGEST = 512 * 1024 * 1024
"""Bytes of the largest file that is read."""
LONGEST_LINE = 16 * 1024 * 1024
"""Bytes of the longest line; an observation is bounded far below."""
_FAMILY, _, _VERSION = SCHEMA.rpartition("/")
_SCHEMA = re.compile(rf"{re.escape(_FAMILY)}/(\d{{1,6}})")
_ENVELOPE = msgspec.json.Decoder(Envelope)
_DECODERS: dict[str, msgspec.json.Decoder[Any]] = {kind: msgspec.json.Decoder(made) for kind, made in TYPES.items()}
_BEGIN = b'{"type":"run"'
_BAD = (msgspec.MsgspecError, UnicodeDecodeError, ValueError, RecursionError)


class Opened(NamedTuple):
    """A case as its file holds it.

    ``finished`` says that the run came to its end, ``cancelled`` that the user stopped it. ``notes`` are lines for
    the reader: what was dropped, and whose verdict it is. ``lines`` and
    ``whole_bytes`` count what is whole, which may lack its last line feed.
    """

    case: Case
    path: Path
    finished: bool
    cancelled: bool
    notes: tuple[str, ...]
    lines: int
    whole_bytes: int
    ends_in_line_feed: bool


def open_case(path: Path) -> Opened:
    """Read a case file, offline; the verdict is that of the run.

    Where the run ended before its verdict was written, the verdict is computed over what is there, and a note says
    so. Whether this version would judge the same is asked with :func:`probes.case.replayed`.
    Raises CaseFault when the file is missing, empty, damaged, or of a format that this version does not know.
    """
    stored = _bytes_of(path)
    raw = stored.removeprefix(b"\xef\xbb\xbf")
    parts, place, kept = Parts(), 0, len(stored) - len(raw)
    notes: list[str] = []
    for number, line, whole in _lines(raw):
        try:
            kind, value, seq = _read(line, number, path)
        except _Torn as torn:
            if number == 1 and (whole or not line.startswith(_BEGIN[: len(line)])):
                raise _foreign(path) from None
            if whole or torn.known:
                raise _damaged(path, number, torn.why) from None
            notes.append("The last line of the file is torn: the run was ended while it wrote it. It is left out.")
            break
        if seq != number:
            raise _damaged(path, number, f"it says that it is line {seq}; lines are missing or doubled before it")
        if value is None:
            notes.append(f"Line {number} is of a kind that this version does not know ({kind}) and is left out.")
        else:
            parts.take(kind, value)
        place, kept = number, kept + len(line) + whole
    if parts.run is None or parts.target is None:
        raise CaseFault(
            f"The case file {_shown(path)} holds no case yet: the run was ended before it had written its first line."
        )
    case, judged = settle(parts)
    return Opened(
        case=case,
        path=path,
        finished=parts.end is not None,
        cancelled=parts.end is not None and parts.end.cancelled,
        notes=(*notes, *judged),
        lines=place,
        whole_bytes=kept,
        ends_in_line_feed=stored[kept - 1 : kept] == b"\n",
    )


class _Torn(Exception):
    """A line that cannot be read; ``known`` says that it is whole JSON all the same, so it was not cut off."""

    def __init__(self, why: str, *, known: bool = False) -> None:
        super().__init__(why)
        self.why, self.known = why, known


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as fault:
        reason = printable(fault.strerror or type(fault).__name__)
        raise CaseFault(f"The case file {_shown(path)} cannot be read: {reason}.") from None
    if len(raw) > LARGEST:
        raise CaseFault(f"The case file {_shown(path)} is larger than {LARGEST // 1024 // 1024} MiB; no case is.")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise CaseFault(f"The case file {_shown(path)} was saved as UTF-16. Save it as UTF-8, or take the original.")
    return raw


def _lines(raw: bytes) -> Iterator[tuple[int, bytes, bool]]:
    """Yield number, bytes and wholeness (it ends in a line feed) of every line."""
    start, number = 0, 0
    while start < len(raw):
        number += 1
        end = raw.find(b"\n", start)
        whole = end >= 0
        yield number, raw[start : end if whole else len(raw)], whole
        start = end + 1 if whole else len(raw)


def _read(line: bytes, number: int, path: Path) -> tuple[str, Value | None, int]:
    """Return kind, value and number of one line; the value is None for a kind that is not known."""
    if len(line) > LONGEST_LINE:
        raise _Torn("it is longer than any line of a case", known=True)
    try:
        envelope = _ENVELOPE.decode(line)
    except _BAD:
        raise _Torn("it is not a line of a case file") from None
    if number == 1:
        _check_first(envelope, path)
    kind = printable(envelope.type, limit=40)
    if kind not in TYPES:
        return kind, None, envelope.seq
    try:
        return kind, _value(kind, bytes(envelope.data)), envelope.seq
    except _BAD as fault:
        raise _Torn(f"its {kind} cannot be read ({printable(str(fault), limit=160)})", known=True) from None


def _value(kind: str, data: bytes) -> Value:
    if is_clean(data):
        value: Value = _DECODERS[kind].decode(data)
        if isinstance(value, Observation):
            if line_feeds_in_place(data, value):
                return value
        elif b"\\n" not in data:
            return value
    return msgspec.convert(cleaned(msgspec.json.decode(data)), TYPES[kind])


def _check_first(envelope: Envelope, path: Path) -> None:
    if envelope.type != "run" or envelope.schema is None:
        raise _foreign(path)
    found = _SCHEMA.fullmatch(envelope.schema)
    if found is None:
        raise _foreign(path)
    if envelope.schema == SCHEMA:
        return
    newer = int(found.group(1)) > int(_VERSION)
    raise CaseFault(
        f"The case file {_shown(path)} has {'a newer' if newer else 'an older'} format ({envelope.schema}) than this "
        f"mtls-triage reads ({SCHEMA}). "
        f"Open it with the version that wrote it{', or update this one' if newer else ''}."
    )


def _foreign(path: Path) -> CaseFault:
    return CaseFault(
        f"{_shown(path)} is no case file: its first line does not begin one. Name a file that --save wrote."
    )


def _damaged(path: Path, number: int, why: str) -> CaseFault:
    return CaseFault(
        f"The case file {_shown(path)} is damaged at line {number}: {why}. Take an undamaged copy, or run it again."
    )


def _shown(path: Path) -> str:
    return printable(str(path), limit=300)
