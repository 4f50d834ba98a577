"""Which proxy a probe goes through: the one that was named, else the one of the environment."""

import urllib.request
from urllib.parse import urlsplit

from probes.errors import UsageFault
from probes.wire.certificates import is_address


def proxy_for(url: str, named: str | None) -> str | None:
    """Return the proxy URL for ``url`` or None.

    ``named`` (``--proxy``) wins; else HTTPS_PROXY, HTTP_PROXY and NO_PROXY are obeyed as urllib reads them. Loopback
    is never sent to the environment's proxy. Raises UsageFault for a proxy that is not ``http://host:port``.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if named is None:
        if host == "localhost" or (is_address(host) and (host.startswith("127.") or host == "::1")):
            return None
        if urllib.request.proxy_bypass(host):
            return None
        named = urllib.request.getproxies().get(parts.scheme)
    if not named:
        return None
    proxy = named if "://" in named else f"http://{named}"
    try:
        usable = urlsplit(proxy).scheme == "http" and bool(urlsplit(proxy).hostname)
        _ = urlsplit(proxy).port
    except ValueError:
        usable = False
    if not usable:
        raise UsageFault("The proxy cannot be used: give it as http://host:port (an HTTP CONNECT proxy).")
    return proxy
