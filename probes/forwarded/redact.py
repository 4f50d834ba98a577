"""Keeps secrets out of an app's headers, known and unknown: by the name, and by what stands in the value."""

import re
from collections.abc import Callable

from probes.forwarded.names import is_certificate_header, plain_name
from probes.redact import REDACTED, hide_by_name

Redact = Callable[[str, str], str]
"""Takes a header's name and value and returns the value that may be kept."""

_SECRET_NAMES = re.compile(
    r"auth|cookie|token|secret|passw|pwd|apikey|accesskey|functionskey|subscriptionkey|signature|session|credential"
    r"|clientprincipal|csrf|xsrf|jwt|bearer|privatekey|connectionstring|key$"
)
# JSON Web Tokens (RFC 7519) begin with the Base64 of '{"'; schemes of RFC 7235 come before their credentials.
_SECRET_VALUES = re.compile(
    r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY|\beyJ[A-Za-z0-9_-]{8,}"
    r"|^(?:Basic|Bearer|Digest|Negotiate|NTLM|SharedAccessSignature)\s",
    re.IGNORECASE,
)
_QUERY = re.compile(r"([?&][^=&\s\"'<>]{1,100}+=)[^&\s\"'<>]++")


def without_secrets(name: str, value: str) -> str:
    """Return the value with everything hidden that could be a secret; certificate headers stay whole.

    A text about a request may name a secret header with its value; that is hidden, too.

    Hidden are the values of headers named like credentials, private keys, tokens and authentication schemes
    anywhere, and the values in a URL's query (function keys and signatures travel there).
    """
    if is_certificate_header(name):
        return REDACTED if "PRIVATE KEY" in value else value
    if _SECRET_NAMES.search(plain_name(name)) or _SECRET_VALUES.search(value):
        return REDACTED
    return _QUERY.sub(rf"\1{REDACTED}", hide_by_name(value))
