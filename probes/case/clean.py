"""Makes what stands in a case file safe to show: a file that came from elsewhere may hold anything."""

import re
from typing import Any

from probes.model import Observation
from probes.printable import printable

# Every escape of JSON is a backslash and a character; taken two by two, an escaped backslash begins none.
_ESCAPE = re.compile(rb"\\(.)", re.DOTALL)
# Nothing that we write ourselves needs another escape than these.
_USUAL = frozenset((b'"', b"\\", b"/", b"n"))
_LINES_KEPT = "body_excerpt"
_DEPTH = 64


def is_clean(line: bytes) -> bool:
    """Say whether no string in a line of JSON can hold a control, format or unassigned character, but a line feed.

    Quick, and cautious: False only means that a closer look is needed.
    """
    if not _USUAL.issuperset(_ESCAPE.findall(line)):
        return False
    if line.isascii():
        return b"\x7f" not in line
    # Spaces other than U+0020 are no danger, but they are not "printable" either; they take the slow way.
    return line.decode("utf-8").isprintable()


def line_feeds_in_place(line: bytes, observation: Observation) -> bool:
    """Say whether every line feed of an observation stands in a body's excerpt, where it belongs."""
    if b"\\n" not in line:
        return True
    there = sum(exchange.body_excerpt.count("\n") for exchange in observation.exchanges)
    return _ESCAPE.findall(line).count(b"n") == there


def cleaned(data: Any, name: str = "", depth: int = 0) -> Any:
    """Return decoded JSON with every string printable; only a body's excerpt keeps its line feeds.

    Raises ValueError when it is nested deeper than any case is.
    """
    if depth > _DEPTH:
        raise ValueError("nested too deep")
    if isinstance(data, str):
        return printable(data, lines=name == _LINES_KEPT)
    if isinstance(data, list):
        return [cleaned(one, name, depth + 1) for one in data]
    if isinstance(data, dict):
        return {printable(key): cleaned(value, key, depth + 1) for key, value in data.items()}
    return data
