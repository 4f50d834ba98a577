"""Name and value as a page prints them: the common form into which JSON, HTML and text are read."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from probes.forwarded.names import CERTIFICATE_HEADERS, REQUEST_HEADERS, plain_name

MAX_PAIRS = 2000
"""Of one body; what follows is not read."""
_TABLE_HEADS = frozenset((name, value) for name in ("name", "header", "key") for value in ("value", "values"))


@dataclass(frozen=True)
class Pair:
    """One name with its value; ``path`` holds the names of what it stands in, outermost first."""

    name: str
    value: str
    path: tuple[str, ...] = ()


@dataclass
class Group:
    """Pairs that stand together: one JSON object, one table, one block of text."""

    path: tuple[str, ...] = ()
    pairs: list[Pair] = field(default_factory=list)

    @property
    def score(self) -> int:
        """How many of the names are request headers; a certificate header counts more than any other."""
        plain = {plain_name(pair.name) for pair in self.pairs}
        named = 1 if self.path and "header" in self.path[-1].lower() else 0
        return len(plain & REQUEST_HEADERS) + 5 * bool(plain & CERTIFICATE_HEADERS.keys()) + named


def best_group(groups: Sequence[Group]) -> Group | None:
    """Return the group that is a list of request headers, or None when none is.

    Two known names are asked for, or one below the name "headers": an error page has lines with colons too.
    """
    best = max(groups, key=lambda group: group.score, default=None)
    return best if best is not None and best.score >= 2 else None


def only_headers(group: Group) -> list[Pair]:
    """Return the pairs that are headers: no table's head, and of a CGI environment no variables of the process."""
    cgi = [pair for pair in group.pairs if pair.name.upper().startswith("HTTP_")]
    return cgi or [pair for pair in group.pairs if (pair.name.lower(), pair.value.lower()) not in _TABLE_HEADS]
