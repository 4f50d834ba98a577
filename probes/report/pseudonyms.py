"""Stable pseudonyms: the same value is always the same name, and no name tells what it stands for."""

import ipaddress
import re
from collections.abc import Callable

from probes.hosts import DEFAULT_SUFFIXES

# Suffixes that say which service of Azure answers and nothing about whose it is.
_AZURE = (
    *(suffix.removeprefix(".") for suffix in DEFAULT_SUFFIXES),
    "azurefd.net",
    "azureedge.net",
    "trafficmanager.net",
    "azure-api.net",
    "cloudapp.azure.com",
    "cloudapp.net",
    "windows.net",
)
_LOCAL = frozenset({"localhost", "proxy.invalid"})
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,24}")
_GUID = re.compile(r"(?<![0-9A-Fa-f-])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Fa-f-])")
# SHA-1 and SHA-256 in hex, bare or with colons, and serial numbers, which name a certificate just as well.
_PRINT = re.compile(
    r"(?<![0-9A-Fa-f:])(?:[0-9A-Fa-f]{32,64}|(?:[0-9A-Fa-f]{2}:){15,31}[0-9A-Fa-f]{2})(?![0-9A-Fa-f:])"
)
_V4 = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.]*\d)")
_V6 = re.compile(r"(?<![0-9A-Fa-f:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![0-9A-Fa-f:])")
# Microsoft Learn, "Resource functions, resourceId": group and resource have their names behind these segments.
_RESOURCE = re.compile(r"(/resourceGroups/|/providers/[\w.]{1,80}/\w{1,60}/)([^/\s\"',;?#]{1,260})", re.IGNORECASE)
_SHORTEST = 4
"""A name shorter than this is replaced where it stands alone as a value, not inside other texts."""


class Pseudonyms:
    """Gives every value its name in the order of first asking, and puts names into texts."""

    def __init__(self) -> None:
        self._given: dict[tuple[str, str], str] = {}
        self._counts: dict[str, int] = {}
        self._known: dict[str, str] = {}
        self._names: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def _name(self, kind: str, value: str, make: Callable[[int], str]) -> str:
        # A pseudonym that stands in a text already is not replaced once more.
        if value in self._names:
            return value
        key = (kind, value)
        if key not in self._given:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._given[key] = make(self._counts[kind])
            self._names.add(self._given[key])
        return self._given[key]

    def remember(self, value: str, name: str) -> None:
        """Put ``name`` wherever ``value`` stands as a word of its own in a later text, in whatever case."""
        if len(value) >= _SHORTEST:
            self._known[value.lower()] = name
            self._pattern = None

    def label(self, value: str) -> str:
        """Return the name of a site, a resource group or another plain name."""
        name = self._name("name", value.lower(), lambda number: f"name-{number}")
        self.remember(value, name)
        return name

    def host(self, value: str) -> str:
        """Return the name of a host; which service of Azure it belongs to stays, and so does this machine's own."""
        host = value.rstrip(".").lower()
        if host in _LOCAL or host.endswith(".localhost") or not host:
            return value
        if _is_address(host):
            return self.address(host)
        if host.startswith("*."):
            return "*." + self.host(host[2:])
        if host in _AZURE:
            return host
        suffix = next((one for one in _AZURE if host.endswith("." + one)), None)
        if suffix:
            label = host.removesuffix("." + suffix)
            scm = ".scm" if label.endswith(".scm") else ""
            made = f"{self.label(label.removesuffix('.scm').partition('.')[0])}{scm}.{suffix}"
        else:
            made = self._name("host", host, lambda number: f"host-{number}.example")
        self.remember(host, made)
        return made

    def address(self, value: str) -> str:
        """Return the name of an IP address: of the documentation ranges, private ones stay recognisable as such."""
        try:
            read = ipaddress.ip_address(value.strip("[]"))
        except ValueError:
            return value
        if read.is_loopback or read.is_unspecified:
            return value
        if read.version == 6:
            kind, make = ("v6p", "fd00::{:x}") if read.is_private else ("v6", "2001:db8::{:x}")
            return self._name(kind, read.compressed, make.format)
        if read.is_private:
            return self._name("v4p", str(read), lambda n: f"10.0.{n >> 8 & 255}.{n & 255}")
        return self._name("v4", str(read), _documentation)

    def thumbprint(self, value: str) -> str:
        """Return the name of a thumbprint or a serial number, however it is written."""
        return self._name("print", value.replace(":", "").lower(), lambda number: f"thumbprint-{number}")

    def text(self, text: str) -> str:
        """Return a text with every name that is known, and everything that looks like one, replaced."""
        text = _MAIL.sub(lambda found: self._mail(found.group(0)), text)
        text = _GUID.sub(lambda found: self._guid(found.group(0)), text)
        text = _RESOURCE.sub(lambda found: found.group(1) + self.label(found.group(2)), text)
        text = _PRINT.sub(lambda found: self.thumbprint(found.group(0)), text)
        if self._known:
            if self._pattern is None:
                longest = sorted(map(re.escape, self._known), key=len, reverse=True)
                self._pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(longest)})(?![\w-])", re.IGNORECASE)
            text = self._pattern.sub(lambda found: self._known[found.group(0).lower()], text)
        text = _V4.sub(lambda found: self.address(found.group(0)), text)
        return _V6.sub(lambda found: self.address(found.group(0)), text)

    def named(self, value: str) -> str:
        """Return a text that is one name: of a person, an app, a rule; an address or a GUID keeps its kind."""
        alone = any(kind.fullmatch(value) for kind in (_MAIL, _GUID, _PRINT, _V4, _V6))
        # A name with an address in it would keep what stands around the address.
        return self.text(value) if alone or value.lower() in self._known else self.label(value)

    def _mail(self, value: str) -> str:
        return self._name("mail", value.lower(), lambda number: f"person-{number}@example.com")

    def _guid(self, value: str) -> str:
        return self._name("guid", value.lower(), lambda number: f"00000000-0000-0000-0000-{number:012d}")

    def distinguished(self, value: str) -> str:
        """Return a distinguished name (RFC 4514) with its attributes kept and their values replaced."""
        parts = []
        for part in re.split(r"(?<!\\),", value):
            attribute, equals, said = part.partition("=")
            parts.append(f"{attribute}={self._said(said)}" if equals else self._said(part))
        return ",".join(parts)

    def _said(self, value: str) -> str:
        if _is_host(value) or value in _LOCAL:
            return self.host(value)
        return self.named(value)


def _documentation(number: int) -> str:
    """Return an address of the ranges that RFC 5737 sets apart for documents."""
    ranges = ("192.0.2", "198.51.100", "203.0.113")
    place, last = divmod(number - 1, 254)
    return f"{ranges[place]}.{last + 1}" if place < len(ranges) else f"198.18.{place >> 8 & 255}.{number & 255}"


def _is_address(value: str) -> bool:
    try:
        ipaddress.ip_address(value.strip("[]"))
    except ValueError:
        return False
    return True


def _is_host(value: str) -> bool:
    return re.fullmatch(r"(?:\*\.)?(?:[A-Za-z0-9_-]{1,63}\.)+[A-Za-z]{2,24}", value) is not None
