"""The real Azure SDKs, pointed at a lab; and plain requests to its Azure for what no SDK would send."""

import contextlib
import http.client
import json
import ssl
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

from azure.core.credentials import TokenCredential
from azure.identity import ClientSecretCredential
from azure.mgmt.resourcegraph import ResourceGraphClient
from azure.mgmt.resourcegraph.models import QueryRequest, QueryRequestOptions
from azure.mgmt.web import WebSiteManagementClient

from probes.lab.azure_names import GROUP, SUBSCRIPTION
from tests.lab.fixture import RunningLab

SCOPE = "https://management.azure.com/.default"
API = "2025-05-01"
SITE = "lab-site"


def authority(lab: RunningLab) -> dict[str, Any]:
    """Keyword arguments that point a credential at the lab's sign-in."""
    return {"authority": lab.ready.entra, "disable_instance_discovery": True, "connection_verify": lab.ready.ca}


def tenant(lab: RunningLab) -> str:
    assert lab.ready.azure_tenant_id
    return lab.ready.azure_tenant_id


def client_id(lab: RunningLab) -> str:
    assert lab.ready.azure_client_id
    return lab.ready.azure_client_id


def signed_in(lab: RunningLab) -> ClientSecretCredential:
    """The lab's service principal, with its secret."""
    assert lab.ready.azure_client_secret
    return ClientSecretCredential(tenant(lab), client_id(lab), lab.ready.azure_client_secret, **authority(lab))


def reach(lab: RunningLab) -> dict[str, Any]:
    """Keyword arguments that point a management client at the lab's ARM, with short waits."""
    return {
        "base_url": lab.ready.arm,
        "credential_scopes": [SCOPE],
        "connection_verify": lab.ready.ca,
        "retry_total": 1,
        "retry_backoff_factor": 0.01,
        "connection_timeout": 5,
        "read_timeout": 2,
    }


@contextlib.contextmanager
def web_client(
    lab: RunningLab, subscription: str = SUBSCRIPTION, who: TokenCredential | None = None
) -> Iterator[WebSiteManagementClient]:
    """azure-mgmt-web on the lab."""
    with WebSiteManagementClient(who or signed_in(lab), subscription, **reach(lab)) as client:
        yield client


def graph(lab: RunningLab, query: str, subscriptions: list[str] | None = None, **options: Any) -> Any:
    """Run a query with azure-mgmt-resourcegraph."""
    with ResourceGraphClient(signed_in(lab), **reach(lab)) as client:
        asked = QueryRequest(
            query=query, subscriptions=subscriptions, options=QueryRequestOptions(**options) if options else None
        )
        return client.resources(asked)


def token(lab: RunningLab) -> str:
    """A token of the service principal for ARM."""
    return signed_in(lab).get_token(SCOPE).token


def call(
    lab: RunningLab,
    method: str,
    path: str,
    *,
    service: str = "arm",
    body: Any = None,
    bearer: str | None = None,
    api: str | None = API,
    form: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, dict[str, str], Any]:
    """Send one request as it is and return status, headers in lower case, and JSON (or the bytes)."""
    parts = urlsplit(getattr(lab.ready, service))
    context = ssl.create_default_context(cafile=lab.ready.ca)
    connection = http.client.HTTPSConnection(str(parts.hostname), parts.port, timeout=20, context=context)
    sent = dict(headers or {}) | ({"Authorization": f"Bearer {bearer}"} if bearer else {})
    data = None if body is None else json.dumps(body)
    if form is not None:
        data, sent["Content-Type"] = urlencode(form), "application/x-www-form-urlencoded"
    try:
        joint = "&" if "?" in path else "?"
        connection.request(method, path + (f"{joint}api-version={api}" if api else ""), data, sent)
        answer = connection.getresponse()
        raw = answer.read()
    finally:
        connection.close()
    with contextlib.suppress(ValueError):
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, json.loads(raw)
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, raw


def site_path(*more: str) -> str:
    """The path of the lab's site, or of a part of it."""
    base = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/Microsoft.Web/sites/{SITE}"
    return "/".join((base, *more))


def calls(lab: RunningLab, service: str = "arm") -> list[dict[str, Any]]:
    """The log of one service, oldest first."""
    return [one for one in lab.seen()["azure"] if one["service"] == service]


def ended_within(seconds: float, work: Any) -> bool:
    """Whether ``work()`` ended in time; it is left behind in a daemon thread when it did not."""
    thread = threading.Thread(target=lambda: _quietly(work), daemon=True)
    thread.start()
    thread.join(seconds)
    return not thread.is_alive()


def _quietly(work: Any) -> None:
    with contextlib.suppress(Exception):
        work()
