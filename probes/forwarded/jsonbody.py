"""Finds names and values anywhere in a JSON body, whatever shape an app gives its headers."""

import json
from collections.abc import Iterator
from typing import Any

from probes.forwarded.pairs import MAX_PAIRS, Group, Pair

MAX_DEPTH = 32
"""Of nested objects and lists that are looked into."""
_NAME_KEYS, _VALUE_KEYS = ("name", "key", "header"), ("value", "values", "val")


class _Object(list[tuple[str, Any]]):
    """A JSON object with all its members, also those whose name comes twice."""


def parse(text: str) -> tuple[Any, bool]:
    """Return the parsed text and whether it is JSON. Numbers stay text: nobody computes with them."""
    try:
        found = json.loads(text, object_pairs_hook=_Object, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None, False
    return found, True


def is_object(node: Any) -> bool:
    """Return whether a part of what :func:`parse` returned is a JSON object, a list of names and values."""
    return isinstance(node, _Object)


def groups(parsed: Any) -> list[Group]:
    """Return every object and every list of name-value entries as a group of pairs. Never raises."""
    out: list[Group] = []
    left = MAX_PAIRS
    for path, members in _objects(parsed, (), 0):
        group = Group(path)
        for name, value in members:
            if left <= 0:
                return out
            if (text := _text(value)) is not None:
                left -= 1
                group.pairs.append(Pair(name, text, path))
        if group.pairs:
            out.append(group)
    return out


def _objects(node: Any, path: tuple[str, ...], depth: int) -> Iterator[tuple[tuple[str, ...], list[tuple[str, Any]]]]:
    if depth > MAX_DEPTH:
        return
    if isinstance(node, _Object):
        yield path, list(node)
        for name, value in node:
            yield from _objects(value, (*path, str(name)), depth + 1)
    elif isinstance(node, list):
        entries = [entry for one in node if (entry := _entry(one)) is not None]
        if entries:
            yield path, entries
        elif _flat(node):
            yield path, list(zip(node[::2], node[1::2], strict=True))
        for value in node:
            yield from _objects(value, path, depth + 1)
    elif isinstance(node, str) and node.lstrip()[:1] == "{" and path:
        inner, good = parse(node)  # an app that returns JSON inside a JSON string
        if good:
            yield from _objects(inner, path, depth + 8)


def _entry(node: Any) -> tuple[str, Any] | None:
    # ["name", "value"], or {"name": …, "value": …} as HAR and Postman write it.
    if isinstance(node, _Object):
        members = {str(name).lower(): value for name, value in node}
        name = next((members[key] for key in _NAME_KEYS if isinstance(members.get(key), str)), None)
        value = next((members[key] for key in _VALUE_KEYS if key in members), None)
        return (name, value) if name is not None and value is not None else None
    if isinstance(node, list) and len(node) == 2 and isinstance(node[0], str):
        return node[0], node[1]
    return None


def _flat(node: list[Any]) -> bool:
    # Node's rawHeaders: name, value, name, value.
    return len(node) >= 4 and len(node) % 2 == 0 and all(isinstance(one, str) for one in node)


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        return value
    if (
        isinstance(value, list)
        and not isinstance(value, _Object)
        and value
        and all(isinstance(one, str) for one in value)
    ):
        return ", ".join(value)
    return None
