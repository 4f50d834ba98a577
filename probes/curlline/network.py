"""How a curl command gets to the server: versions of TLS and HTTP, other addresses, proxies."""

from collections.abc import Callable, Sequence
from typing import cast
from urllib.parse import quote, urlsplit

from probes.curlline.options import Option
from probes.model import HttpChoice, TlsChoice, Value

_ORDER: tuple[TlsChoice, ...] = ("1.0", "1.1", "1.2", "1.3")
Leave = Callable[[str], None]


class Network(Value, frozen=True, kw_only=True):
    """The way to the server; ``proxy`` holds its password."""

    http: HttpChoice = "free"
    connect_to: str | None = None
    proxy: str | None = None


def tls_of(options: Sequence[Option], leave_out: Leave) -> TlsChoice:
    """Return the one version of TLS that the flags leave to a curl of today, ``free`` when they leave several.

    ``--tlsv1.2`` is the lowest version that is spoken (since curl 7.54), ``--tls-max`` the highest; where several
    are left below TLS 1.3, the highest is what a server of today chooses.
    """
    lowest: TlsChoice = "1.2"
    highest: TlsChoice = "1.3"
    for option in options:
        if option.name == "tls-max":
            if option.value not in (*_ORDER, "default"):
                leave_out("--tls-max with a version that does not exist")
            elif option.value != "default":
                highest = cast(TlsChoice, option.value)
        elif option.name.startswith("tlsv1."):
            lowest = cast(TlsChoice, option.name.removeprefix("tlsv"))
    if _ORDER.index(lowest) > _ORDER.index(highest):
        lowest = highest
    return highest if highest != "1.3" or lowest == "1.3" else "free"


def network(options: Sequence[Option], url: str | None, leave_out: Leave) -> Network:
    """Return where the command connects to and what HTTP it speaks."""
    http: HttpChoice = "free"
    proxy: str | None = None
    user: str | None = None
    connect_to: str | None = None
    for option in options:
        if option.name == "http1.1":
            http = "1.1"
        elif option.name == "http2-prior-knowledge":
            http = "2"
        elif option.name == "http2":
            http = "free"
        elif option.name == "proxy":
            proxy = option.value
        elif option.name == "proxy-user":
            user = option.value
        elif option.name in ("resolve", "connect-to"):
            connect_to = _elsewhere(option, url, leave_out) or connect_to
    if any(option.name == "noproxy" and option.value == "*" for option in options):
        proxy = ""
    return Network(http=http, connect_to=connect_to, proxy=_proxy(proxy, user, leave_out))


def _proxy(text: str | None, user: str | None, leave_out: Leave) -> str | None:
    """Return the proxy as a URL; empty for none at all, None when the command says nothing."""
    if not text:
        return text
    if "://" not in text:
        text = f"http://{text}"
    try:
        parts = urlsplit(text)
        port = parts.port or 1080
    except ValueError:
        leave_out("-x with a proxy that is no address")
        return None
    if parts.scheme != "http" or not parts.hostname:
        leave_out("-x with a proxy that is no HTTP proxy")
        return None
    name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    who = parts.netloc.rpartition("@")[0] or ":".join(quote(part, safe="") for part in (user or "").split(":", 1))
    return f"http://{who}@{name}:{port}" if who else f"http://{name}:{port}"


def _elsewhere(option: Option, url: str | None, leave_out: Leave) -> str | None:
    """Return ``host:port`` for ``--resolve host:port:addr`` and ``--connect-to host:port:host:port``."""
    host, port = _authority(url)
    found = _fields(option.value.removeprefix("+"))
    if option.name == "resolve" and len(found) >= 3:
        there = ":".join(found[2:]).split(",")[0]
        matches = found[0].lower() in ("*", host) and found[1] == port
        there = f"[{there}]" if ":" in there and not there.startswith("[") else there
        return f"{there}:{port}" if matches else None
    if option.name == "connect-to" and len(found) == 4:
        matches = found[0].lower().strip("[]") in ("", host) and found[1] in ("", port)
        return f"{found[2] or host}:{found[3] or port}" if matches else None
    leave_out(f"{option.shown} with a value that cannot be read")
    return None


def _fields(text: str) -> list[str]:
    """Split at colons outside of brackets."""
    fields = [""]
    inside = False
    for char in text:
        inside = char == "[" or (inside and char != "]")
        if char == ":" and not inside:
            fields.append("")
        else:
            fields[-1] += char
    return fields


def _authority(url: str | None) -> tuple[str, str]:
    try:
        parts = urlsplit(url or "")
        return (parts.hostname or "").lower(), str(parts.port or (80 if parts.scheme == "http" else 443))
    except ValueError:
        return "", ""
