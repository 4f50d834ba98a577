"""Values of a Resource Graph query: comparisons, membership, functions (Microsoft Learn, KQL string operators)."""

import datetime as dt
import json
import re
from collections.abc import Callable
from typing import Any

_SPANS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds", "ms": "milliseconds"}


def text_of(value: Any) -> str:
    """Return a value as ``tostring`` does: null is empty, a dynamic value its JSON."""
    if value is None:
        return ""
    if isinstance(value, (bool, dict, list)):
        return json.dumps(value, separators=(",", ":"), default=str)
    return value.isoformat() if isinstance(value, dt.datetime) else str(value)


def timespan(text: str) -> dt.timedelta:
    """Return a literal such as ``14d``."""
    number, unit = re.fullmatch(r"([\d.]+)([a-z]+)", text).groups()  # type: ignore[union-attr]
    return dt.timedelta(**{_SPANS[unit]: float(number)})


def added(left: Any, right: Any, sign: int) -> Any:
    """Return the sum or the difference; null where there is none."""
    try:
        return left + right if sign > 0 else left - right
    except TypeError:
        return None


def _folded(value: Any) -> str:
    return text_of(value).lower()


def _equal(left: Any, right: Any) -> bool:
    if isinstance(left, str) or isinstance(right, str):
        return text_of(left) == text_of(right)
    return bool(left == right)


def _has(left: Any, right: Any) -> bool:
    """Whether ``right`` stands in ``left`` as a whole term: what letters and digits beside it do not continue."""
    term = re.escape(_folded(right))
    return re.search(rf"(?<![a-z0-9]){term}(?![a-z0-9])", _folded(left)) is not None


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def test(left: Any, right: Any) -> bool:
        if isinstance(right, dt.datetime) and isinstance(left, str):
            left = to_datetime(left)
        try:
            return compare(left, right)
        except TypeError:
            return False

    return test


_POSITIVE: dict[str, Callable[[Any, Any], bool]] = {
    "=~": lambda left, right: _folded(left) == _folded(right),
    "contains": lambda left, right: _folded(right) in _folded(left),
    "contains_cs": lambda left, right: text_of(right) in text_of(left),
    "has": _has,
    "startswith": lambda left, right: _folded(left).startswith(_folded(right)),
    "endswith": lambda left, right: _folded(left).endswith(_folded(right)),
}


def _negated(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda left, right: not test(left, right)


COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": _equal,
    "!=": _negated(_equal),
    "!~": _negated(_POSITIVE["=~"]),
    "<": _ordered(lambda left, right: left < right),
    "<=": _ordered(lambda left, right: left <= right),
    ">": _ordered(lambda left, right: left > right),
    ">=": _ordered(lambda left, right: left >= right),
    **_POSITIVE,
    **{f"!{name}": _negated(test) for name, test in _POSITIVE.items() if name != "=~"},
}


def _flat(items: list[Any]) -> list[Any]:
    return [one for item in items for one in (item if isinstance(item, list) else [item])]


def _in(left: Any, items: list[Any]) -> bool:
    return any(_equal(left, item) for item in _flat(items))


def _in_any_case(left: Any, items: list[Any]) -> bool:
    return any(_folded(left) == _folded(item) for item in _flat(items))


MEMBERSHIPS: dict[str, Callable[[Any, list[Any]], bool]] = {
    "in": _in,
    "in~": _in_any_case,
    "!in": lambda left, items: not _in(left, items),
    "!in~": lambda left, items: not _in_any_case(left, items),
    "has_any": lambda left, items: any(_has(left, item) for item in _flat(items)),
}


def to_datetime(value: Any) -> dt.datetime | None:
    """Return a time in UTC, null where the text is none."""
    try:
        found = dt.datetime.fromisoformat(text_of(value))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def _parsed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _index_of(items: Any, wanted: Any) -> int:
    return next((index for index, item in enumerate(items or []) if _equal(item, wanted)), -1)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "tolower": _folded,
    "toupper": lambda value: text_of(value).upper(),
    "tostring": text_of,
    "tobool": lambda value: {"true": True, "false": False}.get(_folded(value)),
    "isempty": lambda value: text_of(value) == "",
    "isnotempty": lambda value: text_of(value) != "",
    "isnull": lambda value: value is None,
    "isnotnull": lambda value: value is not None,
    "not": lambda value: not value,
    "strcat": lambda *values: "".join(map(text_of, values)),
    "split": lambda value, by: text_of(value).split(by),
    "trim": lambda chars, value: re.sub(f"^(?:{re.escape(chars)})+|(?:{re.escape(chars)})+$", "", text_of(value)),
    "coalesce": lambda *values: next((value for value in values if value is not None), None),
    "iff": lambda test, yes, no: yes if test is True else no,
    "iif": lambda test, yes, no: yes if test is True else no,
    "array_length": lambda value: len(value) if isinstance(value, list) else None,
    "array_index_of": _index_of,
    "set_has_element": lambda items, wanted: isinstance(items, list) and _index_of(items, wanted) >= 0,
    "parse_json": _parsed,
    "todynamic": _parsed,
    "todatetime": to_datetime,
    "now": lambda: dt.datetime.now(dt.UTC),
    "ago": lambda span: dt.datetime.now(dt.UTC) - span,
}
