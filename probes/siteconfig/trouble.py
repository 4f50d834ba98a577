"""Turns what the SDKs raise into one line: what was seen and what to do, and whether it is a missing permission."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import aiohttp
from azure.core.exceptions import (
    AzureError,
    DecodeError,
    HttpResponseError,
    IncompleteReadError,
    ServiceRequestError,
    ServiceResponseError,
)

from probes.model import Unknown
from probes.printable import printable
from probes.redact import Redactor
from probes.siteconfig.faults import AzureFault, RefusedByUs
from probes.siteconfig.shape import lowered

Kind = Literal["no-permission", "not-found", "signed-out", "other"]

_ACTION = re.compile(r"perform action '([^']{1,200})'", re.IGNORECASE)
RAISED = (AzureError, AzureFault, aiohttp.ClientError, OSError, ValueError, TypeError, TimeoutError, RecursionError)
"""What a read can raise, the SDKs' own stumbling over odd JSON included."""
_SAID = 65_536
"""Characters of an error's message that are looked at."""


@dataclass(frozen=True)
class Trouble:
    """Why one part was not read. ``action`` is the permission that ARM says is missing."""

    kind: Kind
    text: str
    action: str | None = None

    def unknown(self, what: str, action: str) -> Unknown:
        """Return the part as unknown, with the missing action named."""
        if self.kind == "no-permission":
            needed = self.action or action
            how = f"the action {needed} is missing: the role Reader on the site has it"
            return Unknown(what=what, why="no-permission", how_to_get=how)
        return Unknown(what=f"{what} ({self.text})", why="not-observable", how_to_get="read the configuration again")


def trouble(fault: BaseException) -> Trouble:
    """Return what a fault means."""
    match fault:
        case RefusedByUs() | AzureFault():
            return Trouble("other", str(fault).removeprefix("Reading from Azure: ").rstrip("."))
        # Before the answers: azure-core counts a half answer among those that could not be decoded.
        case IncompleteReadError() | ServiceResponseError() | aiohttp.ClientPayloadError():
            return Trouble("other", "the connection to Azure ended before the answer was whole")
        case HttpResponseError():
            return _of_response(fault)
        case TimeoutError() | asyncio.TimeoutError():
            return Trouble("other", "Azure did not answer in time")
        case ServiceRequestError() | aiohttp.ClientError() | OSError():
            return Trouble("other", f"Azure could not be reached: {_first_line(fault)}")
        case _:
            return Trouble("other", "Azure answered with something that is not what it documents")


def _of_response(fault: HttpResponseError) -> Trouble:
    status = fault.status_code or 0
    if isinstance(fault, DecodeError) and status < 400:
        return Trouble("other", "Azure answered with something that is no JSON")
    code, message = (_without_token(text, fault) for text in _said(fault))
    shown = f"Azure answered {status}" + (f" {code}" if code not in ("", str(status)) else "")
    if status == 403:
        found = _ACTION.search(message)
        return Trouble("no-permission", shown, printable(found.group(1), limit=200) if found else None)
    if status == 404:
        return Trouble("not-found", shown)
    if status == 401:
        return Trouble("signed-out", f"{shown}: the sign-in is not accepted here; sign in again to its tenant")
    if status == 429:
        after = _after(fault)
        return Trouble("other", f"{shown}: too many requests; try again{f' in {after} s' if after else ' later'}")
    return Trouble("other", f"{shown}{f': {message}' if message else ''}")


def _said(fault: HttpResponseError) -> tuple[str, str]:
    """Return code and message of an error body; Microsoft.Web capitalises them and puts no ``error`` around them."""
    try:
        answer: Any = fault.response
        body: Any = answer.json() if answer is not None else {}
    except (ValueError, AttributeError, TypeError, RecursionError, AzureError):
        return "", ""
    body = lowered(body) if isinstance(body, Mapping) else {}
    inner = body.get("error")
    body = lowered(inner) if isinstance(inner, Mapping) else body
    code, message = body.get("code"), body.get("message")
    return (
        code if isinstance(code, str) else "",
        message if isinstance(message, str) else "",
    )


def _without_token(text: str, fault: HttpResponseError) -> str:
    """Return what Azure said, printable and bounded, without the token of the request that it answers."""
    request = getattr(fault.response, "request", None)
    sent = getattr(request, "headers", None) or {}
    # Cut only afterwards: a token that is cut in its middle would not be recognised.
    hidden = Redactor([str(sent.get("Authorization") or "")]).text(text[:_SAID])
    return printable(hidden, limit=300).rstrip(".")


def _after(fault: HttpResponseError) -> str:
    headers = getattr(fault.response, "headers", None) or {}
    return printable(str(headers.get("Retry-After") or ""), limit=10)


def _first_line(fault: BaseException) -> str:
    text = str(getattr(fault, "message", None) or fault).strip()
    return printable(text.splitlines()[0] if text else type(fault).__name__, limit=160)
