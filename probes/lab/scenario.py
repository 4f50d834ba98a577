"""What one scenario of the lab is made of."""

from typing import Any

import msgspec


class Fix(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What removes the fault: a change of the lab's state, or the whole list of other options. Exactly one is set.

    ``target`` stands beside options where it is the address itself that was wrong.
    """

    lab: dict[str, Any] | None = None
    options: tuple[str, ...] | None = None
    target: str | None = None


class Scenario(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One state of the lab, by data only.

    ``state`` is merged into the default state. ``target`` is a URL whose origin is ``{front_end}`` or ``{http}``.
    ``options`` and ``env`` have the fields of the ready line in braces. ``control`` is the scenario that is the
    nearest without the fault; None for a control itself, which also has no ``fix``.
    """

    name: str
    title: str
    expected_finding: str
    options: tuple[str, ...]
    state: dict[str, Any] = msgspec.field(default_factory=dict)
    path: str = "/"
    origin: str = "{front_end}"
    env: dict[str, str] = msgspec.field(default_factory=dict)
    control: str | None = None
    fix: Fix | None = None

    def listed(self) -> dict[str, Any]:
        """Return the scenario as ``lab --list --json`` prints it."""
        return {
            "name": self.name,
            "title": self.title,
            "expected_finding": self.expected_finding,
            "options": list(self.options),
            "control": self.control,
            "fix": msgspec.to_builtins(self.fix) if self.fix else None,
        }
