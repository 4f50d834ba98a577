"""App Service authentication in front of the app: what it answers to a request without a sign-in.

Microsoft Learn, Authentication and authorization in Azure App Service: the module runs between the front end and the
app's code; the answer is that of ``unauthenticatedClientAction``. Nobody can sign in here, so that every request is
without one. The redirect's exact address, and that ``excludedPaths`` match whole paths, are not documented.
"""

from urllib.parse import quote

from probes.lab.messages import Answer, Request
from probes.lab.settings import Settings

LOGIN = "/.auth/login/aad"


def refused(settings: Settings, request: Request) -> Answer | None:
    """Return the answer to a request that is not let through, None when it is."""
    auth = settings.auth
    open_path = any(request.path.lower() == path.lower() for path in auth.excluded_paths)
    if not auth.enabled or not auth.require_authentication or open_path:
        return None
    match auth.unauthenticated_client_action:
        case "AllowAnonymous":
            return None
        case "Return403":
            return Answer(status=403, reason="Forbidden", headers=(("Content-Type", "text/html"),))
        case "RedirectToLoginPage" if request.method in ("GET", "HEAD"):
            where = f"{LOGIN}?post_login_redirect_uri={quote(request.target, safe='')}"
            return Answer(status=302, reason="Found", headers=(("Location", where),))
    host = request.first("host") or "localhost"
    return Answer(
        status=401,
        reason="Unauthorized",
        headers=(("WWW-Authenticate", f'Bearer realm="{host}" authorization_uri="https://{host}{LOGIN}"'),),
    )
