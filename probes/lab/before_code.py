"""What refuses a request in front of the app's own code: the Functions host, and IIS by the app's web.config."""

import hmac
from urllib.parse import parse_qs

from probes.lab.messages import Answer, Request
from probes.lab.state import App


def refused(app: App, request: Request) -> Answer | None:
    """Return the refusal, None when the app's code is asked.

    IIS answers an address that ``ipSecurity`` denies with 403 and this one sentence (Microsoft Learn archive, IP
    restrictions for Azure web apps). The Functions host answers a key that is missing or wrong with 401 and no body
    (Azure/azure-functions-host, AuthenticationLevelHandler and UnauthorizedResult); only the app's own routes ask for
    one here, as if the debug endpoint were a function of the level anonymous.
    """
    if app.web_config_refuses:
        return Answer(
            status=403,
            reason="Forbidden",
            headers=(("Content-Type", "text/html"),),
            body=b"You do not have permission to view this directory or page.",
        )
    if app.functions_key is not None and request.path in app.routes and not _has_key(app.functions_key, request):
        return Answer(status=401, reason="Unauthorized")
    return None


def _has_key(wanted: str, request: Request) -> bool:
    query = parse_qs(request.target.partition("?")[2]).get("code", [""])[0]
    given = request.first("x-functions-key") or query
    return hmac.compare_digest(given.encode("latin-1", "replace"), wanted.encode())
