"""Parses the expressions of a Resource Graph query into functions of a row.

By precedence: or, and, comparison, addition, then values, calls, and paths into dynamic values.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from probes.lab.arm_kql_values import COMPARISONS, FUNCTIONS, MEMBERSHIPS, added, timespan

Row = dict[str, Any]
Evaluate = Callable[[Row], Any]

_TOKEN = re.compile(
    r"""\s+|//[^\n]*
    |(?P<text>@?'(?:[^'\\]|\\.)*'|@?"(?:[^"\\]|\\.)*")
    |(?P<span>\d+(?:\.\d+)?(?:d|h|m|s|ms)\b)
    |(?P<number>\d+(?:\.\d+)?)
    |(?P<word>!?[A-Za-z_$][A-Za-z0-9_$]*~?)
    |(?P<sign>==|!=|=~|!~|<=|>=|[=<>|,.()\[\]{}:+*/-])
    """,
    re.VERBOSE,
)
MAX_QUERY = 20_000
MAX_DEPTH = 50


class QueryFault(Exception):
    """The query is wrong, or is more than the lab can do."""


class Parser:
    """Reads one query from left to right. All methods raise QueryFault."""

    def __init__(self, query: str) -> None:
        self._tokens = _tokens(query)
        self._at = 0
        self._depth = 0

    def fault(self, wanted: str) -> QueryFault:
        """Return the fault at this place."""
        seen = self._tokens[self._at][1] if not self.at_end() else "the end"
        return QueryFault(f"{wanted}, got {seen[:40]!r}")

    def at_end(self) -> bool:
        """Whether everything was read."""
        return self._at >= len(self._tokens)

    def at(self, *texts: str) -> bool:
        """Whether the next token is one of ``texts``, in any case."""
        return not self.at_end() and self._tokens[self._at][1].lower() in texts

    def take(self, text: str) -> bool:
        """Read ``text`` if it is next."""
        if self.at(text):
            self._at += 1
            return True
        return False

    def expect(self, text: str) -> None:
        """Read ``text``, which must be next."""
        if not self.take(text):
            raise self.fault(f"expected {text}")

    def _next(self, kind: str) -> str | None:
        if self.at_end() or self._tokens[self._at][0] != kind:
            return None
        self._at += 1
        return self._tokens[self._at - 1][1]

    def name(self) -> str:
        """Read a name."""
        found = self._next("word")
        if found is None:
            raise self.fault("expected a name")
        return found

    def number(self) -> int:
        """Read a whole number."""
        found = self._next("number")
        if found is None or not found.isdecimal():
            raise self.fault("expected a number")
        return int(found)

    def named_expression(self) -> tuple[str, Evaluate]:
        """Read ``name = expression``, or an expression that is named by its last part."""
        start = self._at
        if (name := self._next("word")) and self.take("="):
            return name, self.expression()
        self._at = start
        value = self.expression()
        words = [text for kind, text in self._tokens[start : self._at] if kind == "word"]
        path = self._tokens[start][0] == "word" and not any(t == "(" for _, t in self._tokens[start : self._at])
        return ("_".join(words) if path and words else f"Column{self._at}"), value

    def expression(self) -> Evaluate:
        """Read one expression."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise QueryFault("the query is nested too deeply")
        try:
            return self._any_of()
        finally:
            self._depth -= 1

    def _any_of(self) -> Evaluate:
        parts = [self._all_of()]
        while self.take("or"):
            parts.append(self._all_of())
        return parts[0] if len(parts) == 1 else lambda row: any(part(row) is True for part in parts)

    def _all_of(self) -> Evaluate:
        parts = [self._comparison()]
        while self.take("and"):
            parts.append(self._comparison())
        return parts[0] if len(parts) == 1 else lambda row: all(part(row) is True for part in parts)

    def _comparison(self) -> Evaluate:
        left = self._sum()
        if self.at_end():
            return left
        word = self._tokens[self._at][1].lower()
        if word in MEMBERSHIPS:
            self._at += 1
            test, items = MEMBERSHIPS[word], self._items()
            return lambda row: test(left(row), [item(row) for item in items])
        if word in COMPARISONS:
            self._at += 1
            compare, right = COMPARISONS[word], self._sum()
            return lambda row: compare(left(row), right(row))
        return left

    def _items(self) -> list[Evaluate]:
        self.expect("(")
        items = [] if self.at(")") else [self.expression()]
        while self.take(","):
            items.append(self.expression())
        self.expect(")")
        return items

    def _sum(self) -> Evaluate:
        left = self._value()
        while self.at("+", "-"):
            sign = -1 if self.take("-") else 1
            self.take("+")
            left = _sum_of(left, self._value(), sign)
        return left

    def _value(self) -> Evaluate:
        if (text := self._next("text")) is not None:
            return _constant(_unquoted(text))
        if (span := self._next("span")) is not None:
            return _constant(timespan(span))
        if (number := self._next("number")) is not None:
            return _constant(float(number) if "." in number else int(number))
        if self.take("("):
            inner = self.expression()
            self.expect(")")
            return self._path(inner)
        name = self.name()
        if name.lower() in ("true", "false"):
            return _constant(name.lower() == "true")
        if name.lower() == "dynamic":
            return self._dynamic()
        if self.at("("):
            return self._path(self._call(name))
        return self._path(lambda row: _column(row, name))

    def _call(self, name: str) -> Evaluate:
        function = FUNCTIONS.get(name.lower())
        if function is None:
            raise QueryFault(f"the lab's Resource Graph has no function '{name}'")
        items = self._items()

        def call(row: Row) -> Any:
            try:
                return function(*(item(row) for item in items))
            except TypeError:
                raise QueryFault(f"{name}() does not take {len(items)} such arguments") from None

        return call

    def _path(self, start: Evaluate) -> Evaluate:
        """Read ``.name`` and ``[key]`` behind a value; a key that is not there is null."""
        value = start
        while True:
            if self.take("."):
                value = _member(value, _constant(self.name()))
            elif self.take("["):
                key = self.expression()
                self.expect("]")
                value = _member(value, key)
            else:
                return value

    def _dynamic(self) -> Evaluate:
        self.expect("(")
        parts = []
        while not self.at(")"):
            if self.at_end():
                raise self.fault("expected )")
            text = self._tokens[self._at]
            parts.append(json.dumps(_unquoted(text[1])) if text[0] == "text" else text[1])
            self._at += 1
        self.expect(")")
        try:
            return _constant(json.loads("".join(parts)))
        except (ValueError, RecursionError):
            raise QueryFault("dynamic() holds no JSON") from None


def _tokens(query: str) -> list[tuple[str, str]]:
    if len(query) > MAX_QUERY:
        raise QueryFault("the query is too long")
    found, at = [], 0
    while at < len(query):
        match = _TOKEN.match(query, at)
        if match is None:
            raise QueryFault(f"cannot read the query from {query[at : at + 20]!r}")
        if match.lastgroup:
            found.append((match.lastgroup, match.group()))
        at = match.end()
    return found


def _unquoted(text: str) -> str:
    if text.startswith("@"):
        return text[2:-1]
    return re.sub(r"\\(.)", r"\1", text[1:-1])


def _constant(value: Any) -> Evaluate:
    return lambda _: value


def _sum_of(left: Evaluate, right: Evaluate, sign: int) -> Evaluate:
    return lambda row: added(left(row), right(row), sign)


def _column(row: Row, name: str) -> Any:
    if name not in row:
        raise QueryFault(f"there is no column '{name}'")
    return row[name]


def _member(value: Evaluate, key: Evaluate) -> Evaluate:
    def get(row: Row) -> Any:
        inside, name = value(row), key(row)
        if isinstance(inside, dict):
            return inside.get(name)
        if isinstance(inside, list) and isinstance(name, int) and -len(inside) <= name < len(inside):
            return inside[name]
        return None

    return get
