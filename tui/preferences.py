"""The configuration file: what a user wants every time; TOML, validated, and never created by itself."""

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from probes.errors import UsageFault
from probes.printable import printable

VARIABLE = "MTLS_TRIAGE_CONFIG"
"""Environment variable that names another file."""
LARGEST = 65_536
"""Bytes of a file that is read."""
_OPTIONS = {"ca": "ca", "proxy": "proxy", "timeout": "timeout_s", "parallel": "parallel"}
"""Keys that stand for options of the command line, with the names of their values."""


class Preferences(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that the file can say; None leaves it as it is.

    ``timeout`` is seconds for one probe, ``ca`` a file, ``proxy`` a URL; an option that was typed wins over them.
    ``audience`` is whom the Report page writes for at first.
    """

    theme: Literal["dark", "light", "terminal"] = "dark"
    audience: Literal["team", "customer", "public"] = "customer"
    ca: str | None = None
    proxy: str | None = None
    timeout: Annotated[float, msgspec.Meta(ge=0.5, le=600)] | None = None
    parallel: Annotated[int, msgspec.Meta(ge=1, le=32)] | None = None

    def merged(self, options: Mapping[str, Any], typed: frozenset[str]) -> dict[str, Any]:
        """Return ``options`` with what the file says where the user typed nothing."""
        said = {name: getattr(self, key) for key, name in _OPTIONS.items() if getattr(self, key) is not None}
        return {**options, **{name: value for name, value in said.items() if name not in typed}}


def path() -> Path:
    """Return where the file is looked for; it need not exist."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    from platformdirs import user_config_path

    return user_config_path("mtls-triage", appauthor=False) / "config.toml"


def load() -> Preferences:
    """Return what the file says, the defaults where there is none. Raises UsageFault where it is wrong."""
    file = path()
    shown = printable(str(file), limit=200)
    try:
        with file.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except FileNotFoundError:
        return Preferences()
    except OSError as fault:
        raise UsageFault(f"The configuration file {shown} cannot be read: {fault.strerror}.") from None
    try:
        if len(data) > LARGEST:
            raise ValueError("it is larger than 64 KiB")
        found = tomllib.loads(data.decode("utf-8"))
    except ValueError as fault:
        raise UsageFault(f"The configuration file {shown} is no TOML: {printable(str(fault), limit=120)}.") from None
    return _checked(found, shown)


def _checked(found: dict[str, Any], shown: str) -> Preferences:
    known = Preferences.__struct_fields__
    for key in found:
        if key not in known:
            near = difflib.get_close_matches(key, known, 1, 0.0)[0]
            odd = printable(key, limit=60)
            raise UsageFault(
                f"The configuration file {shown} has a key {odd!r} that is not known; did you mean {near}?"
            )
    try:
        return msgspec.convert(found, Preferences)
    except msgspec.ValidationError as fault:
        told = printable(str(fault), limit=160)
        raise UsageFault(f"The configuration file {shown} has a value that does not fit: {told}.") from None
