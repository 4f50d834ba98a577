"""Takes secrets out of everything that an observation keeps, at the moment the observation is made."""

import re
from collections.abc import Iterable
from urllib.parse import quote, unquote, urlsplit

REDACTED = "[redacted]"

SECRET_HEADERS = frozenset(
    {
        "authorization",
        "proxy-authorization",
        "cookie",
        "set-cookie",
        "x-functions-key",
        "x-api-key",
        "api-key",
        "ocp-apim-subscription-key",
        "x-ms-token-aad-access-token",
        "x-ms-token-aad-id-token",
        "x-ms-token-aad-refresh-token",
        "x-ms-client-principal",
        "x-auth-token",
        "x-site-deployment-secret",
        "x-zumo-auth",
    }
)
"""Header names, lower case, whose values are secrets whoever sends them."""

SECRET_PARAMETERS = frozenset(
    {
        "code",
        "sig",
        "access_token",
        "token",
        "key",
        "api_key",
        "apikey",
        "subscription-key",
        "password",
        "secret",
        "client_secret",
        "id_token",
        "refresh_token",
        "sas",
        "signature",
    }
)
"""Query parameters, lower case, whose values are secrets: function keys (``code``), SAS (``sig``), tokens."""

_HEADER_IN_TEXT = re.compile(
    r"(?i)((?:http[_-])?(?:"
    + "|".join(re.escape(name).replace(r"\-", "[-_]") for name in sorted(SECRET_HEADERS))
    + r")\"?'?(?:</t[dh]>\s*<t[dh][^>]*>|\s*[:=]\s*)\[?\s*[\"']?)([^\"'<\r\n]+)"
)
_PARAMETER_IN_TEXT = re.compile(
    r"(?i)([?&;](?:" + "|".join(re.escape(name) for name in sorted(SECRET_PARAMETERS)) + r")=)([^&#\s\"'<>;]+)"
)
# Whatever stands before the @ of an address with a pass word, also where the address is none that can be used.
_USER_IN_TEXT = re.compile(r"(?:(?<=//)|(?<![^\s'\"]))[^\s'\"/@]{0,200}:[^\s'\"/@]{1,200}@")
_SHORTEST = 4


def hide_query_secrets(url: str) -> str:
    """Return a URL or path with the values of secret query parameters and any user information taken out."""
    hidden = _PARAMETER_IN_TEXT.sub(rf"\g<1>{REDACTED}", url)
    parts = urlsplit(hidden)
    if parts.scheme and "@" in parts.netloc:
        hidden = hidden.replace(f"//{parts.netloc}", f"//{parts.netloc.rpartition('@')[2]}", 1)
    return hidden


def hide_by_name(text: str) -> str:
    """Return a text without the values of secret headers and secret query parameters, known by their names alone."""
    return _PARAMETER_IN_TEXT.sub(rf"\g<1>{REDACTED}", _HEADER_IN_TEXT.sub(rf"\g<1>{REDACTED}", text))


def hide_in_words(text: str) -> str:
    """Return a message of ours without what an address in it carries: user information, secret query parameters.

    Header names are left alone: our own advice names them.
    """
    return _PARAMETER_IN_TEXT.sub(rf"\g<1>{REDACTED}", _USER_IN_TEXT.sub(rf"{REDACTED}@", text))


class Redactor:
    """Knows the secrets of one run and takes them out of headers and texts.

    ``secrets`` are values that the user gave (``--header``, pass phrases, proxy passwords); values shorter than four
    characters are not searched for in texts, they would hit everything.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms: set[str] = set()
        for secret in secrets:
            for part in {secret, secret.rpartition(" ")[2]}:
                forms |= {part, quote(part, safe=""), unquote(part)}
        self._forms = sorted((form for form in forms if len(form) >= _SHORTEST), key=len, reverse=True)

    def text(self, text: str) -> str:
        """Return ``text`` without the known secrets, secret headers' values, and secret query parameters."""
        for form in self._forms:
            text = text.replace(form, REDACTED)
        return hide_by_name(text)

    def header(self, name: str, value: str) -> str:
        """Return the value of a header as it may be kept."""
        return (
            REDACTED if name.lower().replace("_", "-").removeprefix("http-") in SECRET_HEADERS else self.text(value)
        )
