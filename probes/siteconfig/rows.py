"""The sites of a list, as a person searches and picks them; imports no Azure."""

from dataclasses import dataclass
from functools import cached_property

from probes.siteconfig.siteid import SiteId


@dataclass(frozen=True, kw_only=True)
class SiteRow:
    """One site that the user can read, as a list shows it; ``subscription`` is the subscription's name, if known."""

    id: SiteId
    host: str | None
    hosts: tuple[str, ...]
    kind: str | None
    state: str | None
    subscription: str | None = None

    @cached_property
    def text(self) -> str:
        """Everything that can be searched for, in lower case."""
        named = (self.id.shown, self.id.group, self.id.subscription, self.subscription or "", *self.hosts)
        return " ".join(named).lower()

    def matches(self, words: str) -> bool:
        """Say whether every word is in the name, the group, the subscription or a host name, in any case."""
        return all(word in self.text for word in words.lower().split())


@dataclass(frozen=True, kw_only=True)
class SiteList:
    """The sites that were listed; where they are not all, ``total`` says how many Azure has that fit the search.

    ``words`` is the search that Azure was asked for, empty for all.
    """

    rows: tuple[SiteRow, ...]
    total: int
    whole: bool
    words: str = ""
