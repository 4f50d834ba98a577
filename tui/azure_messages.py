"""What the Azure screens ask of the app, and what comes to it from the thread that talks to Azure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from probes.siteconfig.rows import SiteRow
    from probes.siteconfig.ways import DeviceCode


class AzureWanted(Message):
    """The user wants to choose a site in Azure."""


class AzureAsked(Message):
    """The user takes a choice of an Azure screen, by its name: ``again``, ``back``, ``device-code`` …"""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action = action


class SitePicked(Message):
    """The user picks a site of the list; ``url`` is the address that was searched for, if it was one."""

    def __init__(self, row: SiteRow, url: str | None) -> None:
        super().__init__()
        self.row, self.url = row, url


class SiteNamed(Message):
    """The user names a site by its URL or resource id instead of picking it."""

    def __init__(self, named: str) -> None:
        super().__init__()
        self.named = named


class SitesSearched(Message):
    """The list is not whole, so that Azure itself is to be searched for these words."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words


class CodeCame(Message):
    """A device code was handed out for the question of this number."""

    def __init__(self, number: int, code: DeviceCode) -> None:
        super().__init__()
        self.number, self.code = number, code


class RowsCame(Message):
    """So many sites were read so far for the question of this number."""

    def __init__(self, number: int, count: int) -> None:
        super().__init__()
        self.number, self.count = number, count

    def can_replace(self, message: Message) -> bool:
        """Let a newer count take the place of an older one that nobody has seen."""
        return isinstance(message, RowsCame)
