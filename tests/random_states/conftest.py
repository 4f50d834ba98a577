"""One lab for all random states of a worker, put from state to state through its control endpoint."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.loops.served import serve


@pytest.fixture(scope="session")
def ready() -> Iterator[dict[str, Any]]:
    """The ready line of the lab."""
    with serve("healthy-required") as line:
        yield line
