"""Modules that are imported when something of them is first used, so that the first screen need not wait for them."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any


class Later:
    """Stands for the module ``name``; whoever needs its names as types imports it under ``TYPE_CHECKING`` as well."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        """Return a name of the module, which is imported now at the latest."""
        return getattr(import_module(self._name), attribute)


@contextmanager
def lasting() -> Iterator[None]:
    """Make what is imported in the block for good: the garbage collector does not look at it, now or later.

    Classes and code are most of the objects there are, and never garbage; walking them costs a pause of some ten
    milliseconds again and again, the first ones before anything is shown.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def arrive() -> None:
    """Import what the screens after the first one need; for a thread of its own, while the user reads."""
    for name in ("tui.opening", "tui.screens.case", "tui.screens.plan", "tui.screens.switches", "tui.consent"):
        import_module(name)
