"""Checks a TARGET that is a URL; imports nothing heavy, because every command begins with it."""

from urllib.parse import urlsplit

from probes.errors import UsageFault
from probes.printable import printable


def checked_url(target: str) -> str:
    """Return TARGET as a URL with an ASCII host.

    Raises UsageFault when it is not ``http[s]://host[:port][/path]``.
    """
    shown = printable(target, limit=120)
    if "://" not in target:
        raise UsageFault(f"TARGET {shown!r} is no URL. Write it as https://host/path, or lab:SCENARIO.")
    try:
        parts = urlsplit(target)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii")
    except ValueError:
        raise UsageFault(
            f"TARGET {shown!r} has no usable host or port. Write it as https://host[:port]/path."
        ) from None
    if parts.scheme not in ("http", "https") or not host:
        raise UsageFault(f"TARGET {shown!r} is no web address. Write it as https://host/path.")
    if parts.username is not None:
        raise UsageFault("TARGET holds a user name. Send credentials with --header-env Authorization=VAR instead.")
    if any(ord(char) <= 32 or ord(char) == 127 for char in target):
        raise UsageFault(f"TARGET {shown!r} holds a space or a control character. Percent-encode it.")
    name = f"[{host}]" if ":" in host else host
    return parts._replace(netloc=name if port is None else f"{name}:{port}", fragment="").geturl()
