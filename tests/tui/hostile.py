"""Text that attacks a terminal or an app, put wherever text comes from outside; and what of it got through."""

import base64
import binascii
import json
import re
import unicodedata
from typing import Any

import msgspec

from probes.model import Case

MARKUP = "[/][red]x[/red][@click=app.quit]x[/][ @click=app.bell]y[/][$error][b"
ESCAPES = (
    "\x1b[7357h\x1b]0;7357\x07\x1b]52;c;NzM1Nw==\x07\x1b]8;;https://7357.invalid\x1b\\7357\x1b]8;;\x1b\\"
    "\x1bP7357\x1b\\\x1b_7357\x1b\\\x1bc\x9b7357m\x9d52;c;NzM1Nw==\x9c\x90\x9f"
)
"""CSI, OSC 0, 52 and 8, DCS, APC and a full reset, in seven bits and as C1; 7357 is in no sequence of our own."""
ORDER = "\u202e\u2066\u200f\u200b\ufeff\u2028\u2029"
CONTROLS = "\r\n\t\x00\x07\x08\x0b\x0c\x7f\x85"
CELLS = "証明書e\u0301\u0301"
EVIL = f"{MARKUP}{ESCAPES}{ORDER}{CONTROLS}{CELLS}end"
"""Everything at once."""
LONG = "n" * 10_000
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

_OWN_CSI = re.compile(
    r"\x1b\[(?:[\d;]*m|\d+;\d+H|\?(?:7|25|1000|1003|1004|1006|1015|1016|1049|2004|2026|2048)[hl]"
    r"|\?20(?:26|48)\$p|>\d+u|<u|[234]?J|K)"
)
_POINTER = re.compile(r"\x1b\]22;default(?:\x07|\x1b\\)")
_COPY = re.compile(r"\x1b\]52;c;([A-Za-z0-9+/=]*)(?:\x07|\x1b\\)")
_HERE = "to be planted"
_KEPT = frozenset({"schema", "id", "finding", "evidence", "probe", "scheme", "seq", "type"})
"""Fields of a case that the rest hangs on: with them replaced, a case could not be opened at all."""


def hidden_in(text: str, allowed: str = "\n") -> set[str]:
    """Return the characters of a text that a terminal could obey, or that change the order of what is read."""
    return {char for char in text if char not in allowed and unicodedata.category(char) in HIDDEN}


def foreign_in(written: bytes) -> list[str]:
    """Return what a terminal got that the app does not write by itself: other sequences, and control characters."""
    text = written.decode("utf-8", "surrogateescape")
    found = []
    for copied in _COPY.findall(text):
        try:
            found += sorted(hidden_in(base64.b64decode(copied, validate=True).decode("utf-8")))
        except (binascii.Error, UnicodeDecodeError):
            found.append(copied)
    rest = _OWN_CSI.sub("", _COPY.sub("", _POINTER.sub("", text)))
    found += [rest[hit.start() : hit.start() + 20] for hit in re.finditer("[\x1b\x9b\x9d\x90]", rest)]
    return found + sorted(hidden_in(rest, "\r\n\x1b"))


def planted(case: Case, evil: str = EVIL, kept: frozenset[str] = _KEPT) -> dict[str, Any]:
    """Return a case as JSON in which every text that may be any text holds ``evil``."""
    data: dict[str, Any] = json.loads(msgspec.json.encode(case))
    for path in {tuple("*" if isinstance(step, int) else step for step in path) for path in _texts(data)}:
        if kept & {path[-1], path[-2] if path[-1] == "*" else ""}:
            continue
        changed = _changed(data, path, _HERE)
        try:
            msgspec.convert(changed, Case)
        except msgspec.ValidationError:
            continue
        data = changed
    # Only now: trying each field with a text that is long itself would take its time.
    planted: dict[str, Any] = _replaced(data, evil)
    return planted


def _replaced(data: Any, evil: str) -> Any:
    if isinstance(data, dict):
        return {key: _replaced(value, evil) for key, value in data.items()}
    if isinstance(data, list):
        return [_replaced(value, evil) for value in data]
    return evil if data == _HERE else data


def _texts(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(data, str):
        return [path]
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [found for key, value in items for found in _texts(value, (*path, key))]


def _changed(data: Any, path: tuple[Any, ...], evil: str) -> Any:
    if not path:
        return evil if isinstance(data, str) else data
    first, rest = path[0], path[1:]
    if isinstance(data, list):
        return [_changed(one, rest, evil) for one in data]
    if isinstance(data, dict) and first in data:
        return {**data, first: _changed(data[first], rest, evil)}
    return data


def full(case: Case) -> Case:
    """Return a case in which every list of the settings, and what is seldom there elsewhere, holds something."""
    data = json.loads(msgspec.json.encode(case))
    data["configuration"] |= {
        "name": "x", "resource_group": "x", "default_host_name": "x", "host_names": ["x"], "kind": "app",
        "state": "Running", "notes": ["x"], "site_id": "x", "plan_tier": "x", "usage_state": "x",
        "hosting_environment": "x", "public_network_access": "x", "min_tls_cipher_suite": "x",
        "ip_restrictions": [{"who": "x", "action": "Deny", "name": "x"}], "ip_default_action": "Deny",
        "host_bindings": [{"name": "x", "ssl_state": "x", "thumbprint": "x"}],
        "certificates": [{"thumbprint": "x", "subject": "x", "host_names": ["x"], "not_after": "x"}],
        "public_certificates": ["x"], "private_endpoints": ["x"], "auth": {"unauthenticated_action": "x"},
        "slots": [{"name": "x", "host_name": "x", "differences": [{"setting": "x", "here": "x", "there": "x"}]}],
        "changes": [{"at": "x", "setting": "x", "old": "x", "new": "x", "by": "x", "by_kind": "x", "client": "x"}],
        "last_swap": {"at": "x", "source": "x", "destination": "x"},
    }  # fmt: skip
    for number, seen in enumerate(data["observations"]):
        seen["connection"]["canonical_name"] = "x"
        seen["judged"]["because"] = "x"
        seen["error"] = {"kind": "x", "message": "x"} if number % 2 else None
        seen["echo"] = {"headers": {"x": "x"}, "parse_error": "x", "certificate": {
            "header": "x", "subject": "x", "issuer": "x", "serial": "x", "san": ["x"], "eku": ["x"], "key": "x",
            "signature": "x", "faults": ["x"], "thumbprint_sha1": "x"}} if number % 3 == 0 else None  # fmt: skip
        for exchange in seen["exchanges"]:
            exchange |= {"reason": "x", "headers": [["x", "x"], ["location", "x"]], "body_excerpt": "x"}
        if seen["tls"]:
            seen["tls"] |= {"alerts": [{"at_ms": 1, "direction": "received", "level": "fatal", "name": "x"}]}
            for asked in seen["tls"]["certificate_requests"]:
                asked["issuers"] = ["x"]
    data["answers"] = [{"node": "x", "answer": "x", "by": "user"}]
    return msgspec.convert(data, Case)


_ONE = ("run", "target", "credential", "configuration")
_MANY = (
    ("prediction", "predictions"),
    ("observation", "observations"),
    ("answer", "answers"),
    ("unknown", "unknown"),
)


def case_lines(data: dict[str, Any]) -> str:
    """Return a case as the lines of a case file, as somebody would write them who edits one."""
    parts = [(kind, data[kind]) for kind in _ONE]
    parts += [(kind, one) for kind, field in _MANY for one in data[field]]
    parts += [("verdict", data["verdict"]), ("end", {"observations": len(data["observations"]), "cancelled": False})]
    at = "2026-11-22T07:00:00.000Z"
    lines = [
        {"type": kind, "seq": number, "at": at, "data": part} for number, (kind, part) in enumerate(parts, start=1)
    ]
    lines[0]["schema"] = data["schema"]
    return "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
