"""What each fault of the lab's Azure does to a reply, and which fault strikes a request."""

import base64
import fnmatch
from urllib.parse import urlsplit

import msgspec

from probes.lab import arm_errors
from probes.lab.azure_http import AzureRequest, Reply, json_reply
from probes.lab.azure_state import AzureFault, Kind, Service

DEEP = 200_000
HTML = b"<!DOCTYPE html><html><head><title>Service Unavailable</title></head><body>Try again later.</body></html>"
_BODIES: dict[Kind, bytes] = {
    "malformed": b'{"value": [{"name": "lab-site", "properties": {"clientCertEnabled": tru',
    "deep": b"[" * DEEP + b"]" * DEEP,
    "empty": b"",
    "null": b"null",
    "list": b"[1, 2]",
    "wrong-types": msgspec.json.encode(
        {
            "id": 7,
            "name": ["lab-site"],
            "type": "Microsoft.Web/sites",
            "properties": {
                "clientCertEnabled": "yes, please",
                "clientCertMode": 3,
                "clientCertExclusionPaths": {"/a": 1},
                "hostNames": "localhost",
                "hostNameSslStates": {"name": "localhost"},
                "minTlsVersion": 1.2,
                "ipSecurityRestrictions": "\u001b[31mnone\u202e",
            },
            "value": {"not": "a list"},
        }
    ),
}


class Faults:
    """Picks the fault for a request, and counts how often each has struck; a changed list starts anew."""

    def __init__(self) -> None:
        self._list: tuple[AzureFault, ...] = ()
        self._struck: list[int] = []

    def pick(self, faults: tuple[AzureFault, ...], service: Service, path: str) -> AzureFault | None:
        """Return the first fault that matches and is not used up, and count it."""
        if faults != self._list:
            self._list, self._struck = faults, [0] * len(faults)
        for index, fault in enumerate(faults):
            used_up = fault.times is not None and self._struck[index] >= fault.times
            if fault.service == service and not used_up and fnmatch.fnmatchcase(path.lower(), fault.path.lower()):
                self._struck[index] += 1
                return fault
        return None


def instead(fault: AzureFault, request: AzureRequest, authority: str, *, has_claims: bool) -> Reply | None:
    """Return the reply that takes the place of the true one; None when the true one is to be made.

    ``authority`` is the sign-in endpoint that a challenge names; ``has_claims`` is whether the caller's token was
    issued for a claims challenge.
    """
    if fault.kind in _BODIES:
        return Reply(body=_BODIES[fault.kind], headers=(("Content-Type", "application/json; charset=utf-8"),))
    match fault.kind:
        case "claims-challenge" if not has_claims:
            return claims_challenge(authority)
        case "claims-challenge-for-ever":
            return claims_challenge(authority)
        case "expired-token":
            return arm_errors.unauthorized(authority, "ExpiredAuthenticationToken", "The access token is expired.")
        case "forbidden":
            return arm_errors.forbidden(request)
        case "not-found":
            return arm_errors.not_found(request)
        case "not-registered":
            return arm_errors.not_registered(request)
        case "throttled":
            return arm_errors.throttled(fault.seconds)
        case "server-error":
            return arm_errors.web_error(500, "InternalServerError", "The server met an unexpected condition.")
        case "unavailable":
            return Reply(status=503, body=HTML, headers=(("Content-Type", "text/html"),))
        case "silent":
            return Reply(end="silent")
        case "endless-body":
            return Reply(end="endless", headers=(("Content-Type", "application/json; charset=utf-8"),))
        case "redirect-other-host":
            return Reply(status=307, headers=(("Location", f"{other_host(request.origin)}{request.path}"),))
    return None


def altered(fault: AzureFault, request: AzureRequest, reply: Reply, other_port: str) -> Reply:
    """Return the true reply, slowed, cut, or with another link to the next page.

    ``other_port`` is an origin of the lab on the same host and another port.
    """
    match fault.kind:
        case "slow":
            return msgspec.structs.replace(reply, delay_s=fault.seconds)
        case "dripping":
            return msgspec.structs.replace(reply, drip_s=fault.seconds)
        case "truncated":
            return msgspec.structs.replace(reply, end="truncated")
        case "reset":
            return msgspec.structs.replace(reply, end="reset")
        case "next-link-other-host":
            return _linked(reply, other_host(request.origin) + request.path)
        case "next-link-other-port":
            return _linked(reply, other_port + request.path)
        case "next-link-http":
            return _linked(reply, request.origin.replace("https://", "http://") + request.path)
        case "next-link-for-ever":
            return _linked(reply, f"{request.origin}{request.path}?api-version={request.query.get('api-version')}")
    return reply


def other_host(origin: str) -> str:
    """Return the same server under its other name: ``127.0.0.1`` for ``localhost``, and the other way round."""
    parts = urlsplit(origin)
    name = "127.0.0.1" if parts.hostname == "localhost" else "localhost"
    return f"{parts.scheme}://{name}:{parts.port}"


def _linked(reply: Reply, link: str) -> Reply:
    """Set ``nextLink`` (``$skipToken`` where the reply is one of Resource Graph) of a list; others stay."""
    try:
        body = msgspec.json.decode(reply.body)
    except msgspec.DecodeError:
        return reply
    if isinstance(body, dict) and isinstance(body.get("value"), list):
        return msgspec.structs.replace(reply, body=msgspec.json.encode(body | {"nextLink": link}))
    if isinstance(body, dict) and "resultTruncated" in body:
        more = {"$skipToken": "bW9yZQ", "resultTruncated": "true"}
        return msgspec.structs.replace(reply, body=msgspec.json.encode(body | more))
    return reply


def claims_challenge(authority: str) -> Reply:
    """Return the 401 of continuous access evaluation (Microsoft Learn, Claims challenges, claims requests and client
    capabilities): the claims are Base64 of a JSON claims request.
    """
    wanted = base64.b64encode(b'{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}').decode()
    challenge = (
        f'Bearer realm="", authorization_uri="{authority}", error="insufficient_claims", claims="{wanted}", '
        'error_description="Continuous access evaluation resulted in challenge"'
    )
    body = {"error": {"code": "TokenCreatedWithOutdatedPolicies", "message": "The access token must be renewed."}}
    return json_reply(body, 401, ("WWW-Authenticate", challenge))
