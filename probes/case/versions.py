"""The versions of what a run rests on, for its case: a verdict of years ago must say what it was made with."""

import platform
from importlib.metadata import PackageNotFoundError, version

_LIBRARIES = ("pyOpenSSL", "cryptography", "httpx", "h11", "h2")


def libraries() -> dict[str, str]:
    """Return the versions of Python, of the system's kind, and of the libraries that speak on the wire."""
    found = {"python": platform.python_version(), "system": f"{platform.system()} {platform.machine()}".strip()}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "unknown"
    return found
