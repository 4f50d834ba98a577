"""Each damage of the certificate header is named, on a real connection, through the public command."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.loops.served import diagnose, patch, serve

NAMED = {
    "truncated": "truncated",
    "plus-became-space": "plus-became-space",
    "url-encoded": "url-encoded",
    "folded": "folded",
    "doubled": "doubled",
}


@pytest.fixture(scope="module")
def ready() -> Iterator[dict[str, Any]]:
    with serve("header-damaged") as served:
        yield served


@pytest.mark.parametrize("damage", NAMED)
@pytest.mark.parametrize("shape", ["json", "text"])
def test_each_damage_is_named(ready: dict[str, Any], damage: str, shape: str) -> None:
    patch(ready, {"app": {"damage": damage, "shape": shape}})
    case = diagnose(ready["target"], (*ready["options"], "--symptom", "app-refuses"), ready["env"])
    echo = next(one["echo"] for one in case["observations"] if one["probe"]["id"] == "debug")
    assert NAMED[damage] in echo["certificate"]["faults"]
    assert case["verdict"]["finding"] == "header-damaged"
    assert case["verdict"]["also"] == []


def test_an_undamaged_header_has_no_fault(ready: dict[str, Any]) -> None:
    patch(ready, {"app": {"damage": "none", "shape": "json"}})
    case = diagnose(ready["target"], (*ready["options"], "--symptom", "app-refuses"), ready["env"])
    echo = next(one["echo"] for one in case["observations"] if one["probe"]["id"] == "debug")
    assert echo["certificate"]["faults"] == []
    assert case["verdict"]["finding"] == "healthy"
