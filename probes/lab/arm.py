"""The lab's ARM: finds what a path names, checks the caller, and answers as Azure Resource Manager does."""

import uuid
from typing import Any
from urllib.parse import urlencode

from probes.lab import arm_errors as errors
from probes.lab.arm_graph import query
from probes.lab.arm_inventory import WebSite, inventory
from probes.lab.arm_parts import group_body, subscription_body
from probes.lab.arm_web import certificates, plans, site_part, sites_body
from probes.lab.azure_faults import Faults, altered, instead
from probes.lab.azure_http import AzureRequest, Reply, json_reply
from probes.lab.azure_names import SUBSCRIPTIONS, TENANT
from probes.lab.entra_tokens import Token, Tokens
from probes.lab.site import Site

Found = dict[str, Any] | list[dict[str, Any]] | Reply
"""One resource, a list that is paged, or a reply that is ready."""

AUDIENCES = (
    "https://management.azure.com",
    "https://management.core.windows.net",
    "https://management.usgovcloudapi.net",
    "https://management.chinacloudapi.cn",
)


class Arm:
    """Answers requests to ARM. ``entra`` is the origin of the sign-in endpoint, for challenges."""

    def __init__(self, site: Site, tokens: Tokens, faults: Faults, entra: str) -> None:
        self._site = site
        self._tokens = tokens
        self._faults = faults
        self._entra = entra

    async def answer(self, request: AzureRequest) -> Reply:
        """Return the reply to any request; never raises for what a client sends."""
        if request.path.lower() == "/metadata/endpoints":
            return json_reply(self._metadata(request))
        authority = f"{self._entra}/{TENANT}"
        token = self._tokens.bearer(request.headers.get("authorization", ""))
        if isinstance(token, str):
            return errors.unauthorized(authority, token, "The access token is missing, unknown, or for another use.")
        if not _for_us(token, request):
            message = "The access token has been obtained for wrong audience or resource."
            return errors.unauthorized(authority, "InvalidAuthenticationTokenAudience", message)
        fault = self._faults.pick(self._site.state.azure.faults, "arm", request.path)
        if fault and (reply := instead(fault, request, authority, has_claims=token.claims)):
            return reply
        reply = self._true_answer(request, token)
        return altered(fault, request, reply, self._entra) if fault else reply

    def _true_answer(self, request: AzureRequest, token: Token) -> Reply:
        if "api-version" not in request.query:
            return errors.api_version_missing()
        found = self._find(request, token)
        if isinstance(found, Reply):
            return found
        extra = (
            ("x-ms-request-id", str(uuid.uuid4())),
            ("x-ms-correlation-request-id", str(uuid.uuid4())),
            ("x-ms-ratelimit-remaining-subscription-reads", "11999"),
        )
        return json_reply(self._page(request, found) if isinstance(found, list) else found, 200, *extra)

    def _page(self, request: AzureRequest, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """Return one page; the link to the next one is null at the end, as Microsoft.Web sends it."""
        size = self._site.state.azure.page_size
        top = request.number("$top")
        size = min(size, top) if top else size
        start = request.number("$skiptoken") or 0
        link = None
        if start + size < len(rows):
            kept = {"api-version": request.query["api-version"], **({"$top": top} if top else {})}
            query = urlencode({**kept, "$skipToken": start + size}, safe="$")
            link = f"{request.origin}{request.path}?{query}"
        return {"value": rows[start : start + size], "nextLink": link, "id": None}

    def _find(self, request: AzureRequest, token: Token) -> Found:
        sites = inventory(self._site.state, self._site.pki)
        lowered = [part.lower() for part in request.parts]
        if lowered == ["providers", "microsoft.resourcegraph", "resources"]:
            if request.method != "POST":
                return errors.method_not_allowed(request.method)
            return query(self._site, sites, request.json)
        match lowered:
            case ["subscriptions", subscription, *_] if subscription not in SUBSCRIPTIONS:
                return errors.subscription_not_found(request.parts[1])
            case ["subscriptions", subscription, "resourcegroups", group, "providers", "microsoft.web", *rest]:
                inside = [site for site in sites if _in(site, subscription, group)]
                return self._web(request, inside, rest, token) if inside else errors.group_not_found(group)
            case ["subscriptions", subscription, "providers", "microsoft.web", "register"]:
                return _provider(subscription)
        if request.method != "GET":
            return errors.method_not_allowed(request.method)
        return self._containers(request, sites, lowered)

    def _containers(self, request: AzureRequest, sites: list[WebSite], lowered: list[str]) -> Found:
        """Answer for what stands above the resources: tenants, subscriptions, groups, and lists of a subscription."""
        match lowered:
            case ["tenants"]:
                return [{"id": f"/tenants/{TENANT}", "tenantId": TENANT, "displayName": "Lab"}]
            case ["subscriptions"]:
                return [subscription_body(subscription) for subscription in SUBSCRIPTIONS]
            case ["subscriptions", subscription]:
                return subscription_body(subscription)
            case ["subscriptions", subscription, "resourcegroups", *name]:
                groups = sorted({site.group for site in sites if site.subscription == subscription})
                if not name:
                    return [group_body(subscription, group) for group in groups]
                known = len(name) == 1 and name[0] in groups
                return group_body(subscription, name[0]) if known else errors.not_found(request)
            case ["subscriptions", subscription, "providers", "microsoft.web"]:
                return _provider(subscription)
            case ["subscriptions", subscription, "providers", "microsoft.web", kind]:
                inside = [site for site in sites if site.subscription == subscription]
                return self._lists(request, inside, kind)
        return errors.not_found(request)

    def _lists(self, request: AzureRequest, sites: list[WebSite], kind: str) -> Found:
        if kind == "sites":
            slots_too = request.query.get("includeslots", "").lower() == "true"
            return sites_body(self._site, [site for site in sites if slots_too or not site.slot])
        if kind == "serverfarms":
            return plans(sites)
        if kind == "certificates":
            return certificates(self._site, sites)
        return errors.not_found(request)

    def _web(self, request: AzureRequest, sites: list[WebSite], rest: list[str], token: Token) -> Found:
        """Answer for the resources of Microsoft.Web in one resource group."""
        match rest:
            case [kind] if request.method == "GET":
                return self._lists(request, sites, kind)
            case ["sites", name, "slots", slot, *part]:
                site = next((one for one in sites if _named(one, name, slot)), None)
                return site_part(self._site, request, site, part, token) if site else errors.not_found(request)
            case ["sites", name, *part]:
                site = next((one for one in sites if _named(one, name, None)), None)
                return site_part(self._site, request, site, part, token) if site else errors.not_found(request)
            case [("serverfarms" | "certificates") as kind, name] if request.method == "GET":
                rows = self._lists(request, sites, kind)
                assert isinstance(rows, list)
                return next((row for row in rows if row["name"].lower() == name), errors.not_found(request))
        return errors.method_not_allowed(request.method) if request.method != "GET" else errors.not_found(request)

    def _metadata(self, request: AzureRequest) -> dict[str, Any]:
        """Return the cloud's endpoints; the one answer without sign-in."""
        return {
            "name": "Lab",
            "resourceManager": request.origin,
            "authentication": {
                "loginEndpoint": self._entra,
                "audiences": [*AUDIENCES[:2], request.origin],
                "tenant": "common",
                "identityProvider": "AAD",
            },
        }


def _for_us(token: Token, request: AzureRequest) -> bool:
    return token.audience.rstrip("/") in (*AUDIENCES, request.origin)


def _in(site: WebSite, subscription: str, group: str) -> bool:
    return site.subscription == subscription and site.group.lower() == group


def _named(site: WebSite, name: str, slot: str | None) -> bool:
    same_slot = site.slot is None if slot is None else (site.slot or "").lower() == slot
    return site.name.lower() == name and same_slot


def _provider(subscription: str) -> dict[str, Any]:
    return {
        "id": f"/subscriptions/{subscription}/providers/Microsoft.Web",
        "namespace": "Microsoft.Web",
        "registrationState": "Registered",
        "resourceTypes": [],
    }
