"""Runs a query of Azure Resource Graph: a table, and operators joined by ``|``.

A part of the Kusto Query Language (Microsoft Learn, Understanding the Azure Resource Graph query language): where,
project, project-away, extend, mv-expand, distinct, order by, top, take and count. Anything else is refused, never
answered by guess.
"""

from collections.abc import Callable
from typing import Any

from probes.lab.arm_kql_expression import Evaluate, Parser, QueryFault, Row
from probes.lab.arm_kql_values import text_of

__all__ = ["QueryFault", "Row", "run"]

Operator = Callable[[list[Row]], list[Row]]


def run(query: str, tables: dict[str, list[Row]]) -> list[Row]:
    """Return the rows of ``query``; raises QueryFault for what is no query, or more than the lab can do."""
    try:
        return _run(query, tables)
    except (TypeError, ValueError, OverflowError, RecursionError) as fault:
        # A value of a type that a function of the query cannot take; only now is it known.
        raise QueryFault(f"the query cannot be run: {str(fault)[:200]}") from None


def _run(query: str, tables: dict[str, list[Row]]) -> list[Row]:
    parser = Parser(query)
    name = "resources" if parser.at("where", "|") else parser.name().lower()
    if name not in tables:
        raise QueryFault(f"'{name}' is no table here; there are {', '.join(tables)}")
    rows = tables[name]
    while not parser.at_end():
        if not parser.take("|") and not parser.at("where"):
            raise parser.fault("expected |")
        rows = _operator(parser)(rows)
    return rows


def _operator(parser: Parser) -> Operator:
    word = parser.name().lower()
    if parser.take("-"):
        word += "-" + parser.name().lower()
    known = {
        "where": _where,
        "filter": _where,
        "project": _project,
        "project-away": _project_away,
        "extend": _extend,
        "mv-expand": _mv_expand,
        "mvexpand": _mv_expand,
        "distinct": _distinct,
        "order": _order,
        "sort": _order,
        "top": _top,
        "take": _take,
        "limit": _take,
        "count": _count,
    }
    if word not in known:
        raise QueryFault(f"the lab's Resource Graph has no operator '{word}'")
    return known[word](parser)


def _where(parser: Parser) -> Operator:
    wanted = parser.expression()
    return lambda rows: [row for row in rows if wanted(row) is True]


def _named(parser: Parser) -> list[tuple[str, Evaluate]]:
    found = []
    while True:
        found.append(parser.named_expression())
        if not parser.take(","):
            return found


def _project(parser: Parser) -> Operator:
    columns = _named(parser)
    return lambda rows: [{name: value(row) for name, value in columns} for row in rows]


def _extend(parser: Parser) -> Operator:
    columns = _named(parser)

    return lambda rows: [row | {name: value(row) for name, value in columns} for row in rows]


def _project_away(parser: Parser) -> Operator:
    names = {name for name, _ in _named(parser)}
    return lambda rows: [{key: value for key, value in row.items() if key not in names} for row in rows]


def _mv_expand(parser: Parser) -> Operator:
    name, value = parser.named_expression()
    if parser.take("to"):
        for text in ("typeof", "(", "string", ")"):
            parser.expect(text)

    def expanded(row: Row) -> list[Row]:
        found = value(row)
        items = found if isinstance(found, list) else [found]
        return [row | {name: item} for item in items]

    return lambda rows: [new for row in rows for new in expanded(row)]


def _distinct(parser: Parser) -> Operator:
    columns = _named(parser)

    def once(rows: list[Row]) -> list[Row]:
        found = ({name: value(row) for name, value in columns} for row in rows)
        return list({text_of(row): row for row in found}.values())

    return once


def _order(parser: Parser) -> Operator:
    parser.expect("by")
    keys: list[tuple[Evaluate, bool]] = []
    while True:
        value = parser.expression()
        ascending = parser.take("asc")
        if not ascending:
            parser.take("desc")  # which is also what no word at all means
        keys.append((value, ascending))
        if not parser.take(","):
            break

    def ordered(rows: list[Row]) -> list[Row]:
        for value, ascending in reversed(keys):
            rows = sorted(rows, key=lambda row, value=value: _sortable(value(row)), reverse=not ascending)  # type: ignore[misc]
        return rows

    return ordered


def _sortable(value: Any) -> tuple[int, Any]:
    if isinstance(value, (int, float)):
        return (1, float(value))
    return (0, 0.0) if value is None else (2, text_of(value))


def _top(parser: Parser) -> Operator:
    count = parser.number()
    ordered = _order(parser)
    return lambda rows: ordered(rows)[:count]


def _take(parser: Parser) -> Operator:
    count = parser.number()
    return lambda rows: rows[:count]


def _count(parser: Parser) -> Operator:
    return lambda rows: [{"Count": len(rows)}]
