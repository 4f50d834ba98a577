"""Fills the options of a case from a customer's curl command; what the user wrote himself wins."""

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from probes.curlline import CurlCall, parse
from probes.diagnosis.scope import SMALL_UP_TO
from probes.errors import UsageFault
from probes.model import Unknown
from probes.plan import ABOVE_LIMIT_BYTES, BELOW_LIMIT_BYTES, LARGE_BYTES
from probes.printable import printable

LIMIT = 1_048_576
"""Characters of a command that are read at most."""

_CURL_WORD = re.compile(r"\bcurl(?:\.exe)?\s", re.IGNORECASE)


def command_text(given: str) -> str:
    """Return the curl command that ``--curl`` names: the text itself, a file that holds it, or ``-`` for stdin.

    Raises UsageFault when it is none of them.
    """
    if given == "-":
        return sys.stdin.read(LIMIT + 1)
    if _CURL_WORD.search(given):
        return given
    try:
        with Path(given).open(encoding="utf-8", errors="replace") as file:
            return file.read(LIMIT + 1)
    except (OSError, ValueError):
        # What stands behind the first word may be a header or a password.
        shown = printable(given.split(None, 1)[0] if given.split() else given, limit=60)
        raise UsageFault(
            f"--curl {shown!r} is neither a curl command nor a file. Put the command in quotes: --curl 'curl …'."
        ) from None


def read_call(given: str) -> CurlCall:
    """Return the curl command that ``--curl`` names, taken apart; body files are looked up by size.

    Raises UsageFault when there is none in it, or it is cut off.
    """
    return parse(command_text(given), _size_of)


def _size_of(path: str) -> int | None:
    try:
        return Path(path).stat().st_size if Path(path).is_file() else None
    except (OSError, ValueError):
        return None


def with_curl(target: str, options: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Return target and options with everything that ``--curl`` says filled in where the user said nothing.

    An empty ``target`` means the URL of the command. Without ``--curl`` both come back as they are.
    Raises UsageFault when there is no URL, or a certificate that the command names is not on this machine.
    """
    if not options.get("curl"):
        if not target:
            raise UsageFault("TARGET is missing: a URL such as https://host/path, lab:SCENARIO, or --curl 'curl …'.")
        return target, options
    call = read_call(options["curl"])
    if not target and call.url is None:
        raise UsageFault("The curl command has no URL. Give TARGET as well.")
    done = filled(call, options)
    for unknown in done["not_honoured"]:
        sys.stderr.write(f"! not played: {unknown.what}\n")
    return target or str(call.url), done


def filled(call: CurlCall, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options with the command's own filled in; raises UsageFault for a file that is not here."""
    done = dict(options)
    if not options["cert"] and call.cert:
        done |= {"cert": _here(call.cert, "--cert"), "key": _here(call.key, "--key"), "cert_phrase": call.phrase}
    if not options["ca"]:
        done["ca"] = _here(call.ca, "--cacert", "--ca")
    done["insecure"] = options["insecure"] or call.insecure
    done["connect_to"] = options["connect_to"] or call.connect_to
    done["proxy"] = options["proxy"] if options["proxy"] is not None else call.proxy
    done["client"] = options["client"] or "curl"
    done["headers"] = (*(f"{name}: {value}" for name, value in call.headers), *options["headers"])
    notes = list(call.not_honoured)
    if call.body is not None:
        done |= _body(call, options, notes)
    done["own_tls"] = options["own_tls"] or _narrow(call.tls)
    done["own_http"] = options["own_http"] or _narrow(call.http)
    done["own_ciphers"] = options["own_ciphers"] or call.ciphers
    done["own_expect"] = call.own_expect
    done["not_honoured"] = tuple(unknown_of(note) for note in notes)
    return done


def _narrow(choice: str) -> str | None:
    return None if choice == "free" else choice


def unknown_of(note: str) -> Unknown:
    """Return what the probes did not do of the command as something that was not checked."""
    return Unknown(
        what=f"in the curl command, {printable(note, limit=160)}",
        why="not-run",
        how_to_get="run the command itself with -v, and mtls-triage read on what it prints",
    )


def _body(call: CurlCall, options: Mapping[str, Any], notes: list[str]) -> dict[str, Any]:
    assert call.body is not None
    if call.method not in ("POST", "PUT"):
        notes.append(f"the method {printable(call.method, limit=20)}: uploads are sent as {options['method']}")
    found: dict[str, Any] = {"method": call.method if call.method in ("POST", "PUT") else options["method"]}
    size = call.body.size
    if options["large_bytes"] != LARGE_BYTES:
        return found
    if size is None or size <= SMALL_UP_TO:
        what = "unknown" if size is None else f"{size:,} bytes"
        notes.append(f"the size of its body ({what}): large uploads are sent with {LARGE_BYTES:,} bytes")
        return found
    # The two sizes that feel for the documented limit are never taken for the user's own.
    return found | {"large_bytes": size + 1 if size in (BELOW_LIMIT_BYTES, ABOVE_LIMIT_BYTES) else size}


def _here(path: str | None, option: str, ours: str | None = None) -> str | None:
    if path is None or Path(path).exists():
        return path
    raise UsageFault(
        f"The curl command's {option} {printable(path, limit=80)} is not on this machine. "
        f"Copy it here, or name your copy with {ours or option} FILE."
    )
