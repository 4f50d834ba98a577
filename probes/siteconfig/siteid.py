"""The resource id of a site or of one of its slots, taken apart and put together."""

import re
from dataclasses import dataclass

from probes.errors import UsageFault
from probes.printable import printable

_ID = re.compile(
    r"/subscriptions/([^/]+)/resourcegroups/([^/]+)/providers/microsoft\.web/sites/([^/]+)(?:/slots/([^/]+))?/?",
    re.IGNORECASE,
)
# Letters, digits and what Azure allows in names of subscriptions, groups and sites besides; never "..", "?" or "#".
_NAME = re.compile(r"[^\W_][\w.()-]{0,199}|_[\w.()-]{0,199}")
_HOST = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")


@dataclass(frozen=True)
class SiteId:
    """One site; ``slot`` None is production."""

    subscription: str
    group: str
    name: str
    slot: str | None = None

    @property
    def text(self) -> str:
        """The resource id as ARM writes it."""
        end = f"/slots/{self.slot}" if self.slot else ""
        group = f"/subscriptions/{self.subscription}/resourceGroups/{self.group}"
        return f"{group}/providers/Microsoft.Web/sites/{self.name}{end}"

    @property
    def shown(self) -> str:
        """The name as a person writes it."""
        return f"{self.name}/{self.slot}" if self.slot else self.name

    @property
    def production(self) -> "SiteId":
        """The site itself."""
        return SiteId(self.subscription, self.group, self.name)


def is_site_id(text: str) -> bool:
    """Say whether a text is meant as a resource id."""
    return text.lower().startswith("/subscriptions/")


def site_id(text: str) -> SiteId:
    """Return the parts of a resource id; raises UsageFault when it is not one of a site."""
    found = _ID.fullmatch(text)
    if found is None:
        raise UsageFault(
            f"The resource id {printable(text, limit=200)!r} is not of a site. It looks like /subscriptions/…/"
            "resourceGroups/…/providers/Microsoft.Web/sites/NAME[/slots/SLOT]."
        )
    return SiteId(*(checked(part) if part else None for part in found.groups()))  # type: ignore[arg-type]


def checked(name: str) -> str:
    """Return a name that is safe in a path; raises UsageFault for any other."""
    if not _NAME.fullmatch(name) or ".." in name:
        raise UsageFault(f"The name {printable(name, limit=80)!r} holds a character that no name in Azure has.")
    return name


def checked_host(host: str) -> str:
    """Return a host name in lower case and ASCII (RFC 5890); raises UsageFault where Azure could not know it.

    The name goes into a query, so that nothing but a host name may be in it.
    """
    try:
        plain = host.rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        plain = ""
    if not _HOST.fullmatch(plain):
        raise UsageFault(
            f"The host {printable(host, limit=80)!r} is no name that Azure could know. Write TARGET as "
            "https://host/path."
        )
    return plain
