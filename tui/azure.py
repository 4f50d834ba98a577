"""The way through Azure to one site: what was asked for, who is signed in, what failed; no widget is known here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Literal

from probes.errors import MtlsTriageError
from probes.printable import printable
from probes.siteconfig.asking import Wanted
from probes.siteconfig.clouds import Access
from probes.siteconfig.faults import AzureFault, SignedOut
from probes.siteconfig.live import FIND_S, READ_S
from probes.siteconfig.session import AzureSession
from probes.siteconfig.ways import TITLES, has_browser, ways
from tui.crash import fault_line

Step = Literal["sign-in", "list", "read"]

_AGAIN = ("r", "again", "Try again", "")
_BY_CODE = ("d", "device-code", "Sign in with a device code", "a code to enter in a browser, on any machine")
_BY_BROWSER = ("b", "browser", "Sign in with a browser", "it opens on this machine")
_OTHERWISE = ("s", "otherwise", "Sign in in another way", "the account may be the wrong one, or have too few rights")
_NAMED = ("a", "named", "Name the site", "by its URL or resource id")
_WITHOUT = ("w", "without", "Go on without the settings", "the wire alone still names the cause")

Offer = tuple[str, str, str, str]
"""The key of a choice, its name, what it is called, and what is to be known about it."""


@dataclass
class Trip:
    """One way to a site.

    ``url`` is the address that the user named, so that its host may be probed; None where only Azure names it.
    ``wanted`` is the site, None where it is to be picked from the list. ``step`` is what is done now, or what failed:
    then ``trouble`` says why. ``number`` counts the questions, so that a late word about an older one is dropped.
    """

    access: Access
    options: Mapping[str, Any]
    typed: frozenset[str] = frozenset()
    url: str | None = None
    wanted: Wanted | None = None
    session: AzureSession | None = None
    step: Step = "sign-in"
    doing: str | None = None
    limit_s: float | None = None
    since: float = field(default_factory=monotonic)
    trouble: tuple[str, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    number: int = 0

    @property
    def signed_in(self) -> str | None:
        """By which way the user is signed in, in words; None before."""
        return self.session.signed_in if self.session is not None else None

    def begin(self, step: Step, doing: str) -> int:
        """Note what is asked now, and return the number of the question."""
        self.step, self.doing, self.trouble, self.since = step, doing, (), monotonic()
        self.limit_s = {"list": FIND_S, "read": FIND_S + READ_S}.get(step)
        self.notes = _tried_now(self.access) if step == "sign-in" else ()
        self.number += 1
        return self.number

    def failed(self, fault: MtlsTriageError) -> None:
        """Note why it failed."""
        self.doing = None
        self.trouble = told(fault)
        self.notes = tuple(_split(one) for one in fault.tried) if isinstance(fault, SignedOut) else ()

    def stopped(self, words: str) -> None:
        """Note that the user stopped it."""
        self.doing, self.trouble, self.notes = None, (words,), ()
        self.number += 1

    def offers(self) -> tuple[Offer, ...]:
        """Return what can be done about the trouble."""
        if self.doing is not None or not self.trouble:
            return ()
        on = (_WITHOUT,) if self.url is not None else ()
        if self.step == "sign-in":
            again = (*_AGAIN[:3], "after az login in another terminal, for example")
            return (_BY_CODE, *((_BY_BROWSER,) if has_browser() else ()), again, *on)
        named = (_NAMED,) if self.step == "list" else ()
        return (_AGAIN, *named, _OTHERWISE, *on)


def told(fault: MtlsTriageError) -> tuple[str, ...]:
    """Return in a line or two what was done and seen; what to do is offered beside it."""
    seen = fault.seen if isinstance(fault, AzureFault) and fault.seen else str(fault)
    first = printable(" ".join(seen.split())).rstrip(".") + "."
    if "403" in first:
        return first, "Your sign-in may not read there: the role Reader on the site or its subscription is enough."
    if "429" in first:
        return first, "Azure takes no more questions for now; nothing is wrong with the site."
    return (first,)


def unread(fault: BaseException) -> str:
    """Return why the settings were not read, in one line."""
    return fault_line(fault)


def _tried_now(access: Access) -> tuple[tuple[str, str], ...]:
    found = ways(access)
    return (*((TITLES[way], "is asked") for way in found.set_up), *(_split(one) for one in found.missing))


def _split(tried: str) -> tuple[str, str]:
    """Return a way and its reason of ``way (reason)``."""
    name, bracket, reason = tried.partition(" (")
    return (name, reason.removesuffix(")")) if bracket else ("", tried)
