"""Takes typed values out of one JSON object; a wrong type becomes "not known" with a note, never a crash."""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast, get_args

from probes.model import ClientCertMode
from probes.paths import split_exclusions
from probes.printable import printable
from probes.siteconfig.shape import lowered

T = TypeVar("T")
TEXT_LIMIT = 512
LIST_LIMIT = 200
NOTES_LIMIT = 50


def clean(value: str) -> str:
    """Return a text from outside on one line, printable and bounded."""
    return printable(value.strip(), limit=TEXT_LIMIT)


def of_id(entry: Mapping[str, Any], kind: str) -> str | None:
    """Return what stands behind ``/kind/`` in the resource id of ``entry`` (keys in lower case)."""
    found = re.search(rf"/{kind}/([^/]+)", str(entry.get("id") or ""), re.IGNORECASE)
    return clean(found.group(1)) if found else None


def flat(entry: Mapping[str, Any], outside: tuple[str, ...] = ("kind", "resourcegroup")) -> dict[str, Any]:
    """Return the object with what is under ``properties`` on top, as az prints most resources; keys in lower case.

    ``outside`` names what stands beside ``properties`` and is kept.
    """
    entry = lowered(entry)
    inner = entry.get("properties")
    if not isinstance(inner, Mapping):
        return entry
    return lowered(inner) | {key: entry.get(key) for key in outside if entry.get(key) is not None}


class Reader:
    """Reads one object with keys in lower case; ``label`` names it in the notes. Nothing here raises."""

    def __init__(self, label: str, entry: Mapping[str, Any]) -> None:
        self._label = printable(label, limit=80)
        self._entry = entry
        self.notes: list[str] = []

    def _take(self, key: str, wanted: str, convert: Callable[[Any], T | None]) -> T | None:
        value = self._entry.get(key.lower())
        if value is None:
            return None
        found = convert(value)
        if found is None and len(self.notes) < NOTES_LIMIT:
            shown = printable(_short(value), limit=40)
            self.notes.append(f"{self._label}: {key} is {shown!r}, not {wanted}; taken as not known")
        return found

    def text(self, key: str) -> str | None:
        """Return a text, made printable; an empty one says nothing."""
        return self._take(key, "a text", lambda value: clean(value) if isinstance(value, str) else None) or None

    def flag(self, key: str) -> bool | None:
        """Return true or false; the words for them are taken too, as some exports write them."""
        words = {"true": True, "false": False}
        return self._take(
            key,
            "true or false",
            lambda value: value if isinstance(value, bool) else words.get(_short(value).strip().lower()),
        )

    def number(self, key: str) -> int | None:
        """Return a whole number."""
        return self._take(
            key,
            "a number",
            lambda value: value if isinstance(value, int) and not isinstance(value, bool) else None,
        )

    def mode(self) -> ClientCertMode | None:
        """Return the mode in ARM's own spelling, whatever case the object has."""
        names = {name.lower(): name for name in get_args(ClientCertMode)}
        wanted = "one of " + ", ".join(names.values())
        found = self._take("clientCertMode", wanted, lambda value: names.get(_short(value).strip().lower()))
        return cast("ClientCertMode | None", found)

    def exclusions(self) -> tuple[str, ...] | None:
        """Return the exclusion paths; null and the empty string both mean that there are none.

        ARM has them in one string (Microsoft.Web/sites, clientCertExclusionPaths).
        """
        key = "clientCertExclusionPaths"
        if key.lower() in self._entry and self._entry[key.lower()] is None:
            return ()
        return self._take(key, "a text of paths", _paths)

    def texts(self, key: str) -> tuple[str, ...] | None:
        """Return a list of texts."""
        return self._take(key, "a list of texts", _texts)

    def inner(self, key: str) -> dict[str, Any]:
        """Return an object inside this one with its keys in lower case; an empty one when there is none."""
        found = self._take(key, "an object", lambda value: lowered(value) if isinstance(value, Mapping) else None)
        return found or {}

    def rows(self, key: str) -> tuple[dict[str, Any], ...] | None:
        """Return a list of objects, each with its keys in lower case; what is no object in it is left out."""
        return self._take(key, "a list of objects", _rows)


def _short(value: Any) -> str:
    # Python refuses to write integers of thousands of digits as text, and a large structure is never shown whole.
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, bool) or value is None else type(value).__name__


def _paths(value: Any) -> tuple[str, ...] | None:
    if isinstance(value, list) and all(isinstance(entry, str) for entry in value):
        value = ";".join(value)
    if not isinstance(value, str):
        return None
    return tuple(clean(entry) for entry in split_exclusions(value)[:LIST_LIMIT])


def _texts(value: Any) -> tuple[str, ...] | None:
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        return None
    return tuple(clean(entry) for entry in value[:LIST_LIMIT])


def _rows(value: Any) -> tuple[dict[str, Any], ...] | None:
    if not isinstance(value, list):
        return None
    return tuple(lowered(entry) for entry in value[:LIST_LIMIT] if isinstance(entry, Mapping))
