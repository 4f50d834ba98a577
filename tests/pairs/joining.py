"""Joins two scenarios of the lab into one state and one call, or says why they cannot stand in one."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from probes.lab.scenario import Scenario

USUAL: Mapping[str, tuple[str, ...]] = {
    "--ca": ("{ca}",),
    "--config": ("{config}",),
    "--debug-path": ("/debug/headers",),
    "--cert": ("{certificate}",),
}
"""The options of a call in which nothing is wrong. What a scenario has otherwise is its own part."""
FLAGS = frozenset({"--check-forgery"})
FROM_AZURE = ("--arm-endpoint", "--authority")
UNKNOWN_TO_AZURE = ("{silent}", "{nameless}")
HANG_SECONDS = 1
"""How long the front end of 2021 hangs here; the diagnosis takes a hang for a hint at most."""


class CannotJoin(Exception):
    """Two scenarios that contradict each other; says in what."""


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """One state of the lab and one call of the diagnosis with the faults of two scenarios.

    ``target`` and the values of ``options`` and ``env`` have the fields of the ready line in braces.
    """

    first: Scenario
    second: Scenario
    state: dict[str, Any]
    target: str
    options: tuple[str, ...]
    env: dict[str, str]

    @property
    def name(self) -> str:
        """Both scenarios in one word."""
        return f"{self.first.name}+{self.second.name}"


def join(first: Scenario, second: Scenario) -> Joined:
    """Return both faults in one; raises CannotJoin where the two contradict each other."""
    target = _origin(first, second) + _path(first, second)
    options = _options(options_of(first.options), options_of(second.options))
    if target.startswith(UNKNOWN_TO_AZURE) and FROM_AZURE[0] in options:
        raise CannotJoin("Azure finds a site by its host name, and no site has the name of that address")
    return Joined(
        first=first,
        second=second,
        state=_impatient(_not_followed(_slots(_state(first.state, second.state, ""), first, second))),
        target=target,
        options=options,
        env=_texts(first.env, second.env),
    )


def _state(one: Mapping[str, Any], other: Mapping[str, Any], where: str) -> dict[str, Any]:
    found = dict(one)
    for key, value in other.items():
        place = f"{where}{key}"
        if key not in found or found[key] == value:
            found[key] = value
        elif isinstance(value, dict) and isinstance(found[key], dict) and place != "app.validator":
            found[key] = _state(found[key], value, f"{place}.")
        else:
            found[key] = _both(place, found[key], value)
    return found


def _slots(state: dict[str, Any], first: Scenario, second: Scenario) -> dict[str, Any]:
    """Return the state with every slot set as production is, but where that they differ is the fault."""
    slots = state.get("azure", {}).get("slots")
    if not slots or "slot-differs" in (first.expected_finding, second.expected_finding):
        return state
    # Whose name has no binding is a thing of production alone.
    own = {name: value for name, value in state.get("settings", {}).items() if "ostNames" not in name}
    alike = [{**slot, "settings": {**slot.get("settings", {}), **own}} for slot in slots]
    return {**state, "azure": {**state["azure"], "slots": alike}}


def _not_followed(state: dict[str, Any]) -> dict[str, Any]:
    """Return the state with what the edge does otherwise standing beside all that it does as it was told."""
    stale = state.get("edge", {}).get("stale_settings")
    if stale is None:
        return state
    whole = {**state.get("settings", {}), **stale}
    return {**state, "edge": {**state["edge"], "stale_settings": whole}}


def _impatient(state: dict[str, Any]) -> dict[str, Any]:
    edge = state.get("edge", {})
    hangs = edge.get("generation") == "iis"
    return {**state, "edge": {**edge, "hang_seconds": HANG_SECONDS}} if hangs else state


def _both(place: str, one: Any, other: Any) -> Any:
    """Return a value that does what both want of it."""
    if place == "settings.clientCertExclusionPaths":
        return ";".join(sorted({*one.split(";"), *other.split(";")}))
    if place == "app.routes":
        return [*one, *(route for route in other if route not in one)]
    if place == "azure.slots" and not (one and other):
        return one or other
    raise CannotJoin(f"{place} has one value")


def _origin(first: Scenario, second: Scenario) -> str:
    own = {one.origin for one in (first, second)} - {"{front_end}"}
    if len(own) > 1:
        raise CannotJoin("a call has one address")
    return own.pop() if own else "{front_end}"


def _path(first: Scenario, second: Scenario) -> str:
    own = {one.path for one in (first, second)} - {"/"}
    if len(own) > 1:
        raise CannotJoin("a call has one path")
    return own.pop() if own else "/"


def options_of(call: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the options of a call by name; flags have no value."""
    found: dict[str, tuple[str, ...]] = {}
    words = list(call)
    while words:
        name = words.pop(0)
        found[name] = found.get(name, ()) + (() if name in FLAGS else (words.pop(0),))
    return found


def _options(one: Mapping[str, tuple[str, ...]], other: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    found: dict[str, tuple[str, ...]] = {}
    for name in dict.fromkeys((*USUAL, *one, *other)):
        own = [given for given in (_own(name, one), _own(name, other)) if given is not None]
        if len(own) == 2 and own[0] != own[1]:
            raise CannotJoin(f"a call has one {name}")
        value = own[0] if own else USUAL.get(name)
        if value is not None and value != (_LEFT_OUT,):
            found[name] = value
    if any(name in found for name in FROM_AZURE):
        found.pop("--config", None)
    _one_client(found)
    return tuple(word for name, values in found.items() for word in _written(name, values))


_LEFT_OUT = ""


def _own(name: str, options: Mapping[str, tuple[str, ...]]) -> tuple[str, ...] | None:
    """Return what is a scenario's own about an option, None where it does as usual."""
    if name == "--config" and any(each in options for each in FROM_AZURE):
        return None
    if name not in options:
        return (_LEFT_OUT,) if name in USUAL else None
    return None if options[name] == USUAL.get(name) else options[name]


def _one_client(found: dict[str, tuple[str, ...]]) -> None:
    if "--curl" in found and found.get("--as", ("curl",)) != ("curl",):
        raise CannotJoin("a call has one client")
    if found.get("--symptom") is not None:
        # The whole plan is to be sent. What the symptom "sometimes" adds to it, repetition adds too.
        sometimes = found.pop("--symptom") == ("sometimes",)
        if sometimes:
            found["--repeat"] = ("2",)


def _written(name: str, values: Sequence[str]) -> list[str]:
    return [name] if name in FLAGS else [word for value in values for word in (name, value)]


def _texts(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    if any(other.get(name, value) != value for name, value in one.items()):
        raise CannotJoin("a variable has one value")
    return {**one, **other}
