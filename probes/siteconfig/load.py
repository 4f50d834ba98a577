"""Reads one saved JSON file of settings: bounded, in the encodings that shells write, one object out."""

import json
import stat
from pathlib import Path
from typing import Any

from probes.errors import ConfigurationFault
from probes.siteconfig.choose import candidate, choose

MAX_BYTES = 8 * 1024 * 1024
"""Bytes. The largest site body seen is below 20 kB; a file over this is something else."""

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_LIST_KEYS = frozenset({"value", "nextLink", "id"})


def load(path: Path, host: str | None = None) -> dict[str, Any]:
    """Return the JSON object in ``path``; a list, or ``{"value": […]}``, of one object counts as that object.

    Of several sites the one is returned that ``host`` leads to. Windows PowerShell 5.1 writes UTF-16 with a mark when
    output is redirected (Microsoft Learn, about_Character_Encoding). Raises ConfigurationFault for anything else.
    """
    return _one(path, _parsed(path, _text(path, _bytes(path))), host)


def _bytes(path: Path) -> bytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ConfigurationFault(f"Reading the settings: {path} is not a file. Give the JSON file itself.")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as fault:
        why = getattr(fault, "strerror", None) or str(fault)
        raise ConfigurationFault(f"Reading the settings: {path} cannot be read ({why}).") from None
    if len(data) > MAX_BYTES:
        raise ConfigurationFault(
            f"Reading the settings: {path} is larger than {MAX_BYTES // 1024 // 1024} MiB, which no site's settings "
            "are. Save the output of: az webapp show"
        )
    if not data.strip(b"\x00 \t\r\n"):
        raise ConfigurationFault(
            f"Reading the settings: {path} is empty. Did the command that wrote it fail? Run it again without >."
        )
    return data


def _text(path: Path, data: bytes) -> str:
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if encoding is None:
        # JSON begins with an ASCII character: where the zero byte stands tells UTF-16 without a mark (RFC 4627, 3).
        encoding = {(False, True): "utf-16-le", (True, False): "utf-16-be"}.get(
            (data[:1] == b"\x00", data[1:2] == b"\x00"), "utf-8"
        )
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise ConfigurationFault(
            f"Reading the settings: {path} is not text in UTF-8 or UTF-16. Save it again as UTF-8."
        ) from None


def _parsed(path: Path, text: str) -> object:
    try:
        parsed: object = json.loads(text)
    except (ValueError, RecursionError) as fault:
        where = f" (line {fault.lineno})" if isinstance(fault, json.JSONDecodeError) else ""
        raise ConfigurationFault(
            f"Reading the settings: {path} is not JSON{where}. Save the output of: "
            "az webapp show --resource-group RG --name SITE --output json"
        ) from None
    return parsed


def _one(path: Path, parsed: object, host: str | None) -> dict[str, Any]:
    if isinstance(parsed, dict) and isinstance(parsed.get("value"), list) and set(parsed) <= _LIST_KEYS:
        parsed = parsed["value"]
    if isinstance(parsed, list):
        rows = [row for row in parsed if isinstance(row, dict)]
        if len(parsed) != 1 and (not rows or len(rows) < len(parsed)):
            raise ConfigurationFault(
                f"Reading the settings: {path} holds a list of {len(parsed)}, and one site is wanted. Save the "
                "output of: az webapp show --resource-group RG --name SITE"
            )
        parsed = choose(path, [candidate(row) for row in rows], host).entry if rows else parsed[0]
    if not isinstance(parsed, dict):
        raise ConfigurationFault(
            f"Reading the settings: {path} holds no JSON object. Save the output of: az webapp show"
        )
    return parsed
