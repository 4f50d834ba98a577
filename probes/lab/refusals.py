"""The front end's own answers, in the words that users see; none carries an app's header or the affinity cookie.

The page's title and the text of the IP refusal are those of public traces (github.com/projectkudu/kudu issue 2945);
the words of the missing certificate are reported in github.com/MicrosoftDocs/azure-docs issue 32672. The reason
phrase and the exact page of that refusal are not documented, nor whether the connection is closed after it.
"""

import html

from probes.lab.messages import Answer, Request

_BLOCKED = "The web app you have attempted to reach has blocked your access."


def _page(heading: str, text: str) -> bytes:
    return (
        "<!DOCTYPE html>\r\n<html>\r\n<head>\r\n    <title>Web App - Unavailable</title>\r\n</head>\r\n<body>\r\n"
        f'    <h1 id="unavailable">{html.escape(heading)}</h1>\r\n    <p>{html.escape(text)}</p>\r\n'
        "</body>\r\n</html>\r\n"
    ).encode()


def _refusal(reason: str, heading: str, text: str, *extra: tuple[str, str]) -> Answer:
    return Answer(
        status=403,
        reason=reason,
        headers=(("Content-Type", "text/html"), *extra, ("Connection", "close")),
        body=_page(heading, text),
    )


def certificate_missing() -> Answer:
    """Return the refusal of a request that needs a client certificate and has none."""
    return _refusal(
        "Forbidden",
        "Error 403 - Forbidden: Client Certificate Required",
        "The page you are attempting to access requires your browser to have a client certificate.",
    )


def ip_forbidden(address: str) -> Answer:
    """Return the refusal of an address by the access restrictions."""
    return _refusal("Ip Forbidden", "Error 403 - Forbidden", _BLOCKED, ("x-ms-forbidden-ip", address))


def public_access_disabled() -> Answer:
    """Return the refusal of public access; whether it names the address is not documented, so it does not."""
    return _refusal("Ip Forbidden", "Error 403 - Forbidden", _BLOCKED)


def site_disabled() -> Answer:
    """Return the answer of a stopped site."""
    return _refusal(
        "Site Disabled",
        "Error 403 - This web app is stopped.",
        "The web app you have attempted to reach is currently stopped and does not accept any requests.",
    )


def bad_request(why: str) -> Answer:
    """Return the answer to what is no HTTP request."""
    body = _page("Bad Request", why)
    return Answer(
        status=400, reason="Bad Request", headers=(("Content-Type", "text/html"), ("Connection", "close")), body=body
    )


def expectation_failed() -> Answer:
    """Return the answer of a box on the way that does not do ``Expect`` (RFC 9110 section 15.5.18)."""
    return Answer(
        status=417,
        reason="Expectation Failed",
        headers=(("Content-Type", "text/plain"), ("Connection", "close")),
        body=b"expectation failed\n",
    )


def early(status: int) -> Answer:
    """Return the answer of the fault ``early_answer``."""
    return Answer(
        status=status,
        reason="Early",
        headers=(("Content-Type", "text/plain"), ("Connection", "close")),
        body=b"answered before the body was read\n",
    )


def to_https(request: Request, https_port: int) -> Answer:
    """Return the redirect of httpsOnly: a 301 to the same target over https."""
    host = (request.first("host") or "localhost").strip()
    name = host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
    location = f"https://{name}:{https_port}{request.target}"
    return Answer(status=301, reason="Moved Permanently", headers=(("Location", location),))
