"""The SDK's clients with a pipeline of our own: read-only, one host, short retries, no logging, no redirects."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from azure.core.pipeline import PipelineRequest, policies
from azure.core.rest import HttpRequest
from azure.mgmt.core.policies import AsyncARMChallengeAuthenticationPolicy

from probes.siteconfig.clouds import Access
from probes.siteconfig.faults import AzureFault
from probes.siteconfig.signin import SignedIn
from probes.siteconfig.transport import WAIT_S, ReadOnlyTransport, ShortRetry, refuse_unless_reading
from probes.siteconfig.versions import OlderVersion
from probes.version import VERSION

RETRIES = 2
PAGES = 20
ROWS = 2000
"""The most that is read of one list; a next link may lead to itself."""

_ODD = "Azure answered with something that is not what it documents"
# What the SDK's models raise over JSON of another shape than they expect.
_STUMBLES = (AttributeError, KeyError, TypeError, IndexError)


class _Guard(policies.SansIOHTTPPolicy[Any, Any]):
    """Refuses before the token is put on the request; see :func:`refuse_unless_reading`."""

    def __init__(self, base: str) -> None:
        self._base = base

    def on_request(self, request: PipelineRequest[Any]) -> None:
        refuse_unless_reading(request.http_request.method, request.http_request.url, self._base)


def _pipeline(access: Access, who: SignedIn, used: dict[str, str]) -> list[Any]:
    return [
        policies.RequestIdPolicy(),
        policies.HeadersPolicy({"Accept-Encoding": "identity"}),
        policies.UserAgentPolicy(base_user_agent=f"mtls-triage/{VERSION}"),
        OlderVersion(used),
        ShortRetry(retry_total=RETRIES, retry_backoff_factor=0.2, retry_backoff_max=WAIT_S),
        _Guard(access.cloud.arm),
        AsyncARMChallengeAuthenticationPolicy(who, access.cloud.scope),
        policies.ContentDecodePolicy(),
    ]


class Arm:
    """Reads resources; every answer is plain JSON, whatever the models of the SDK make of it.

    ``versions`` has the API versions that the cloud did not know, each with the one that was read instead.
    """

    def __init__(self, access: Access, who: SignedIn, http: aiohttp.ClientSession, subscription: str) -> None:
        from azure.mgmt.web.aio import WebSiteManagementClient

        self.versions: dict[str, str] = {}
        self.web = WebSiteManagementClient(
            who,
            subscription,
            base_url=access.cloud.arm,
            credential_scopes=[access.cloud.scope],
            policies=_pipeline(access, who, self.versions),
            transport=ReadOnlyTransport(http, access.cloud.arm),
        )

    async def one(self, call: Any, *names: str) -> dict[str, Any]:
        """Return one resource by an operation of the SDK; raises what ``RAISED`` of trouble names."""
        try:
            found = await call(*names, cls=_json)
        except _STUMBLES:
            raise AzureFault(_ODD) from None
        if not isinstance(found, dict):
            raise AzureFault("Azure answered with something that is no object")
        return found

    async def rows(self, paged: Any) -> list[dict[str, Any]]:
        """Return the rows of a list, bounded; raises what ``RAISED`` of trouble names."""
        found: list[dict[str, Any]] = []
        count = 0
        try:
            async for page in paged.by_page():
                found += [row.as_dict() async for row in page if hasattr(row, "as_dict")]
                count += 1
                if count >= PAGES or len(found) >= ROWS:
                    break
        except _STUMBLES:
            raise AzureFault(_ODD) from None
        # A next link that leads back brings the same rows again.
        return list({str(row.get("id") or number).lower(): row for number, row in enumerate(found[:ROWS])}.values())

    async def get(self, path: str, version: str) -> dict[str, Any]:
        """Return what a GET of a resource answers for which the SDK has no operation."""
        request = HttpRequest("GET", path, params={"api-version": version})
        response = await self.web.send_request(request)
        response.raise_for_status()
        found = response.json()
        if not isinstance(found, dict):
            raise AzureFault("Azure answered with something that is no object")
        return found


class Graph:
    """Asks the Resource Graph over all subscriptions that the user can read."""

    def __init__(self, access: Access, who: SignedIn, http: aiohttp.ClientSession) -> None:
        from azure.mgmt.resourcegraph.aio import ResourceGraphClient

        self._client = ResourceGraphClient(
            who,
            base_url=access.cloud.arm,
            credential_scopes=[access.cloud.scope],
            policies=_pipeline(access, who, {}),
            transport=ReadOnlyTransport(http, access.cloud.arm),
        )

    async def rows(self, query: str, subscription: str | None = None) -> list[dict[str, Any]]:
        """Return the rows of a query, bounded; raises what ``RAISED`` of trouble names."""
        return (await self.listed(query, subscription)).rows

    async def listed(
        self, query: str, subscription: str | None = None, count: Callable[[int], None] | None = None
    ) -> "Listed":
        """Return the rows of a query and whether these are all; ``count`` is told how many there are so far.

        Raises what ``RAISED`` of trouble names.
        """
        from azure.mgmt.resourcegraph.models import QueryRequest, QueryRequestOptions

        found: list[dict[str, Any]] = []
        token: str | None = None
        total = 0
        for _ in range(PAGES):
            options = QueryRequestOptions(result_format="objectArray", top=1000, skip_token=token)
            where = [subscription] if subscription else None
            wanted = QueryRequest(query=query, subscriptions=where, options=options)
            try:
                answer: Any = await self._client.resources(wanted, cls=_json)
            except _STUMBLES:
                raise AzureFault(_ODD) from None
            data = answer.get("data") if isinstance(answer, Mapping) else None
            if not isinstance(data, list):
                raise AzureFault("the Resource Graph answered with something that is no list")
            found += [row for row in data if isinstance(row, dict)]
            total = max(total, _number(answer.get("totalRecords")))
            if count is not None:
                count(len(found))
            before, token = token, answer.get("$skipToken")
            if not isinstance(token, str) or not token:
                return Listed(found[:ROWS], total, len(found) <= ROWS)
            if len(found) >= ROWS or token == before:
                break
        return Listed(found[:ROWS], total, False)


@dataclass(frozen=True)
class Listed:
    """Rows of a query: those that were read, how many Azure says there are (0: not said), whether these are all."""

    rows: list[dict[str, Any]]
    total: int
    whole: bool


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else 0


def _json(response: Any, _model: Any, _headers: Any) -> Any:
    return response.http_response.json()
