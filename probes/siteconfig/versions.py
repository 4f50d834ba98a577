"""Asks again in an older API version where a cloud does not know the newest one, as its own error lists them."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from azure.core.pipeline import PipelineRequest, PipelineResponse, policies

from probes.siteconfig.shape import lowered

# Microsoft Learn, "Resolve errors for no registered provider": the message lists what is supported; the others are
# what the Resource Manager answers for a version that a type or a namespace does not have.
CODES = frozenset({"invalidapiversionparameter", "noregisteredproviderfound", "invalidresourcetype"})
_LISTED = re.compile(r"supported (?:api-)?versions are '([^']{1,8000})'", re.IGNORECASE)
_VERSION = re.compile(r"20\d\d-\d\d-\d\d(?:-[a-z0-9.]{1,20})?")
_TRIES = 2
_SAID = 65_536


class OlderVersion(policies.AsyncHTTPPolicy[Any, Any]):
    """Repeats a request in the newest version that an error lists; ``used`` says which was read instead of which.

    The parser takes raw dictionaries, so that an older answer is read like a newer one, less what it does not have.
    """

    def __init__(self, used: dict[str, str]) -> None:
        super().__init__()
        self._used = used

    async def send(self, request: PipelineRequest[Any]) -> PipelineResponse[Any, Any]:
        """Send the request, and again where the cloud names other versions; the last answer counts."""
        response = await self.next.send(request)
        for _ in range(_TRIES):
            wanted = version_of(request.http_request.url)
            found = _better(response, wanted)
            if wanted is None or found is None:
                break
            request.http_request.url = with_version(request.http_request.url, found)
            self._used[wanted] = found
            response = await self.next.send(request)
        return response


def version_of(url: str) -> str | None:
    """Return the ``api-version`` of a URL, None where it has none."""
    return next((value for key, value in parse_qsl(urlsplit(url).query) if key.lower() == "api-version"), None)


def with_version(url: str, version: str) -> str:
    """Return the URL with another ``api-version``; nothing else of it changes."""
    parts = urlsplit(url)
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0].lower() != "api-version"]
    return urlunsplit(parts._replace(query=urlencode([*kept, ("api-version", version)], safe="$")))


def newest(message: str, wanted: str) -> str | None:
    """Return the newest version that a message lists, previews last, or None.

    A version that is newer than ``wanted`` counts only where nothing older is listed: its answers may have another
    shape than the ones that were known when this was written.
    """
    found = _LISTED.search(message)
    listed = {one.strip().lower() for one in found.group(1).split(",")} if found else set()
    versions = {one for one in listed if _VERSION.fullmatch(one) and one != wanted.lower()}
    return max(versions, key=lambda one: (one <= wanted.lower(), len(one) == 10, one), default=None)


def _better(response: PipelineResponse[Any, Any], wanted: str | None) -> str | None:
    answer = response.http_response
    if wanted is None or answer.status_code not in (400, 404):
        return None
    try:
        body: Any = answer.json()
    except (ValueError, AttributeError, TypeError, RecursionError):
        return None
    body = lowered(body) if isinstance(body, Mapping) else {}
    inner = body.get("error")
    body = lowered(inner) if isinstance(inner, Mapping) else body
    code, message = body.get("code"), body.get("message")
    if not isinstance(code, str) or not isinstance(message, str) or code.lower() not in CODES:
        return None
    return newest(message[:_SAID], wanted)
