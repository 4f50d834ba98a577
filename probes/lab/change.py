"""Changes of the lab's state: a deep merge that is checked, and names the nearest right key for a wrong one."""

import difflib
import types
import typing
from typing import Any

import msgspec

from probes.errors import UsageFault
from probes.lab.ciphers import SUITES
from probes.lab.state import LabState
from probes.printable import printable


class StateFault(UsageFault):
    """A change of the lab's state names a key or a value that does not exist; nothing was changed."""


def as_json(state: LabState) -> dict[str, Any]:
    """Return the state as the control endpoint prints it."""
    built: dict[str, Any] = msgspec.to_builtins(state)
    return built


def changed(state: LabState, body: object) -> LabState:
    """Return ``state`` with ``body`` merged in; objects merge, everything else replaces.

    Raises StateFault, with the nearest right name, when a key or a value is wrong.
    """
    if not isinstance(body, dict):
        raise StateFault('changing the lab\'s state: the body is no JSON object; send {"settings": {…}} or the like')
    _check_names(body, LabState, "")
    try:
        state = msgspec.convert(_merged(as_json(state), body), LabState)
    except msgspec.ValidationError as fault:
        raise StateFault(
            f"changing the lab's state: {printable(str(fault), limit=200)}; nothing was changed"
        ) from None
    slots = (slot.settings for slot in state.azure.slots)
    for settings in (state.settings, state.edge.stale_settings, *slots):
        suite = settings and settings.min_tls_cipher_suite
        if suite and suite not in SUITES:
            known = ", ".join(difflib.get_close_matches(suite, SUITES, 1, 0.0))
            raise StateFault(f"minTlsCipherSuite {printable(suite, limit=60)} is unknown; the nearest is {known}")
    return state


def _merged(old: object, new: object) -> object:
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return new
    return {**old, **{key: _merged(old.get(key), value) for key, value in new.items()}}


def _check_names(body: dict[Any, Any], struct: type[msgspec.Struct], where: str) -> None:
    fields = {field.encode_name: field for field in msgspec.structs.fields(struct)}
    for key, value in body.items():
        if key not in fields:
            shown = printable(f"{where}{key}", limit=80)
            raise StateFault(f"changing the lab's state: {shown} is unknown; did you mean {_nearest(key, fields)}?")
        inner = _struct_in(fields[key].type)
        if inner and isinstance(value, dict):
            _check_names(value, inner, f"{where}{key}.")


def _nearest(key: object, names: typing.Iterable[str]) -> str:
    by_lower = {name.lower().replace("_", ""): name for name in names}
    wanted = str(key)[:80].lower().replace("_", "")
    return by_lower[difflib.get_close_matches(wanted, by_lower, 1, 0.0)[0]]


def _struct_in(annotation: Any) -> type[msgspec.Struct] | None:
    options = typing.get_args(annotation) if isinstance(annotation, types.UnionType) else (annotation,)
    for option in options:
        if isinstance(option, type) and issubclass(option, msgspec.Struct):
            return option
    return None
