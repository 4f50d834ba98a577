"""The header names under which front ends forward a client certificate, however a page or a framework spells them."""

import re
from types import MappingProxyType

# Most specific first: where several are present, the first of them is read.
_NAMES = (
    "X-ARR-ClientCert",  # App Service (Microsoft Learn, Configure TLS mutual authentication, 2025-05-09)
    "X-Client-Cert",  # ASP.NET Core's default (CertificateForwardingOptions.CertificateHeader)
    "X-SSL-Client-Cert",
    "SSL-Client-Cert",  # ingress-nginx, and the environment name of Apache mod_ssl
    "X-Forwarded-Client-Cert",  # Envoy (HTTP header manipulation, x-forwarded-client-cert)
    "Client-Cert",  # RFC 9440
    "X-Forwarded-Tls-Client-Cert",  # Traefik (PassTLSClientCert)
    "X-Amzn-Mtls-Clientcert-Leaf",  # AWS application load balancer (mutual authentication)
    "X-Amzn-Mtls-Clientcert",
    "Cf-Client-Cert-Der-Base64",  # Cloudflare (managed transforms)
    "X-Client-Certificate",
    "X-ClientCert",
    "X-SSL-Cert",
    "X-SSL-Client-Certificate",
    "X-TLS-Client-Cert",
    "X-SSL-Client-DER",
    "SSL-Client-Escaped-Cert",
    "SSL-Client-Raw-Cert",
    "WL-Proxy-Client-Cert",
)
_SPECIAL = re.compile(r"[^a-z0-9]+")


def plain_name(name: str) -> str:
    """Return the name as it is compared: lower case, letters and digits only, without the CGI prefix ``HTTP_``.

    CGI and WSGI write ``HTTP_X_ARR_CLIENTCERT`` for ``X-ARR-ClientCert`` (RFC 3875 section 4.1.18).
    """
    name = name.strip().lower()
    if name.startswith(("http_", "http-")):
        name = name[5:]
    return _SPECIAL.sub("", name)


CERTIFICATE_HEADERS = MappingProxyType({plain_name(name): rank for rank, name in reversed(list(enumerate(_NAMES)))})
"""Plain name to rank; the lowest rank is read first."""

NAME_PATTERN = re.compile(
    r"(?<![A-Za-z0-9_-])(?:HTTP_)?(?:"
    + "|".join(re.escape(name).replace(r"\-", "[-_]") for name in sorted(_NAMES, key=len, reverse=True))
    + r")(?![A-Za-z0-9_-])",
    re.IGNORECASE,
)
"""Finds any of the names in running text."""

REQUEST_HEADERS = frozenset(
    {"host", "accept", "acceptencoding", "acceptlanguage", "useragent", "connection", "contentlength", "contenttype"}
    | {"cookie", "authorization", "referer", "origin", "via", "forwarded", "maxforwards", "expect", "traceparent"}
    | {"xforwardedfor", "xforwardedproto", "xforwardedhost", "xforwardedtlsversion", "xappserviceproto", "xrealip"}
    | {"xarrlogid", "xarrssl", "xoriginalurl", "xwawsunencodedurl", "xsitedeploymentid", "wasdefaulthostname"}
    | {"disguisedhost", "clientip", "xclientip", "xclientport", "xrequestid", "xazureref", "xazurefdid"}
)
"""Plain names by which a list of request headers is recognised."""


def is_certificate_header(name: str) -> bool:
    """Say whether a header of this name carries a client certificate."""
    return plain_name(name) in CERTIFICATE_HEADERS
