"""Errors as ARM's gateway and the Microsoft.Web resource provider shape them; the two differ.

The gateway wraps code and message in ``error`` (Azure Resource Manager RPC, common API details); Microsoft.Web has
them capitalised at the top.
"""

from typing import Any

from probes.lab.azure_http import AzureRequest, Reply, json_reply

_GATEWAY = ("x-ms-failure-cause", "gateway")


def gateway_error(status: int, code: str, message: str, *headers: tuple[str, str]) -> Reply:
    """Return an error of the gateway."""
    return json_reply({"error": {"code": code, "message": message}}, status, _GATEWAY, *headers)


def web_error(status: int, code: str, message: str, *headers: tuple[str, str]) -> Reply:
    """Return an error of Microsoft.Web, which has no ``error`` object."""
    entity = {"ExtendedCode": "00000", "MessageTemplate": message, "Parameters": [], "Code": code, "Message": message}
    details: list[dict[str, Any]] = [{"Message": message}, {"Code": code}, {"ErrorEntity": entity}]
    body = {"Code": code, "Message": message, "Target": None, "Details": details, "Innererror": None}
    return json_reply(body, status, *headers)


def unauthorized(authority: str, code: str, message: str) -> Reply:
    """Return a 401 with the challenge that names where to sign in."""
    challenge = f'Bearer authorization_uri="{authority}", error="invalid_token", error_description="{message}"'
    return gateway_error(401, code, message, ("WWW-Authenticate", challenge))


def forbidden(request: AzureRequest) -> Reply:
    """Return the 403 of a caller whose role lacks the action."""
    action, scope = _action(request)
    message = (
        f"The client does not have authorization to perform action '{action}' over scope '{scope}' or the scope is "
        "invalid. If access was recently granted, please refresh your credentials."
    )
    return gateway_error(403, "AuthorizationFailed", message)


def _action(request: AzureRequest) -> tuple[str, str]:
    """Return the action and the scope that a request needs; a GET needs ``read`` (Azure RBAC, operations)."""
    verb = "read" if request.method == "GET" else "write"
    parts = request.parts
    at = max((index for index, part in enumerate(parts) if part.lower() == "providers"), default=None)
    if at is None or at + 2 >= len(parts):
        kind = "Microsoft.Resources/subscriptions" + ("/resourceGroups" if len(parts) > 2 else "")
    else:
        kind = "/".join((parts[at + 1], *parts[at + 2 :: 2]))
    return f"{kind}/{verb}", request.path


def not_found(request: AzureRequest) -> Reply:
    """Return the 404 of the gateway for the thing that is missing: subscription, group, or resource."""
    parts = request.parts
    lowered = [part.lower() for part in parts]
    if len(parts) >= 2 and "resourcegroups" not in lowered:
        return subscription_not_found(parts[1])
    if not parts or "providers" not in lowered:
        return group_not_found("".join(parts[-1:]))
    at = lowered.index("providers")
    kind, names = "/".join((parts[at + 1], *parts[at + 2 :: 2])), "/".join(parts[at + 3 :: 2])
    return resource_not_found(f"{kind}/{names}", parts[3] if len(parts) > 3 else "")


def subscription_not_found(subscription: str) -> Reply:
    """Return the 404 for an unknown subscription, or one that the caller cannot see."""
    return gateway_error(404, "SubscriptionNotFound", f"The subscription '{subscription}' could not be found.")


def group_not_found(group: str) -> Reply:
    """Return the 404 for an unknown resource group."""
    return gateway_error(404, "ResourceGroupNotFound", f"Resource group '{group}' could not be found.")


def resource_not_found(resource: str, group: str) -> Reply:
    """Return the 404 for an unknown resource, named by type and name."""
    message = f"The Resource '{resource}' under resource group '{group}' was not found."
    return gateway_error(404, "ResourceNotFound", message)


def not_registered(request: AzureRequest) -> Reply:
    """Return the 409 of a subscription without the provider; some clients register it by themselves then."""
    namespace = next((part for part in request.parts if "." in part), "Microsoft.Web")
    message = f"The subscription is not registered to use namespace '{namespace}'."
    return gateway_error(409, "MissingSubscriptionRegistration", message)


def throttled(seconds: float) -> Reply:
    """Return a 429 in the form of Microsoft.Web, with Retry-After in whole seconds."""
    after = ("Retry-After", str(max(0, round(seconds))))
    return web_error(429, "429", "Too many requests. Retry the request later.", after)


def bad_request(message: str) -> Reply:
    """Return the 400 of Microsoft.Web for a body that it does not take."""
    return web_error(400, "BadRequest", message)


def api_version_missing() -> Reply:
    """Return the 400 of a request without ``api-version``."""
    message = "The api-version query parameter (?api-version=) is required for all requests."
    return gateway_error(400, "MissingApiVersionParameter", message)


def method_not_allowed(method: str) -> Reply:
    """Return the 405 of what the lab's ARM does not do."""
    return gateway_error(405, "MethodNotAllowed", f"The HTTP method '{method}' is not supported by the lab here.")
