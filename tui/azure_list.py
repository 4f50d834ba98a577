"""The list of sites as it is searched: what was read, what Azure found for the words, and which row is chosen."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from probes.siteconfig.choose import serves
from probes.siteconfig.rows import SiteList, SiteRow

KEPT = 50
"""Searches of Azure whose answers are kept."""


@dataclass
class Found:
    """Sites that were read, and the words that they are filtered by.

    ``deeper`` holds what Azure answered when it was searched itself, which is needed only where ``listed`` is not
    whole; ``asking`` are the words it is searched for now, ``trouble`` why that failed. ``chosen`` is a resource id.
    """

    listed: SiteList
    words: str = ""
    chosen: str | None = None
    asking: str | None = None
    trouble: str | None = None
    deeper: dict[str, SiteList] = field(default_factory=dict)
    rows: tuple[SiteRow, ...] = ()

    def __post_init__(self) -> None:
        """Show all of them at first."""
        self.search(self.words)

    @property
    def url(self) -> str | None:
        """The URL that is searched for, None where the words are none."""
        return self.words.strip() if "://" in self.words else None

    @property
    def asked(self) -> str:
        """The words that Azure would be searched for: of a URL its host."""
        return _host(self.url) if self.url else " ".join(self.words.lower().split())

    @property
    def is_whole(self) -> bool:
        """Whether no site that fits is missing."""
        return self.listed.whole or (self.asked in self.deeper and self.deeper[self.asked].whole)

    def search(self, words: str) -> None:
        """Filter by these words; the chosen row stays chosen where it still fits."""
        self.words, self.trouble = words, None
        known = {row.id.text.lower(): row for row in self.listed.rows}
        known |= {row.id.text.lower(): row for row in self.deeper.get(self.asked, self.listed).rows}
        self.rows = tuple(sorted(filter(self._fits, known.values()), key=lambda row: row.id.shown.lower()))
        if self.chosen not in {row.id.text for row in self.rows}:
            self.chosen = self.rows[0].id.text if self.rows else None

    def _fits(self, row: SiteRow) -> bool:
        if self.url:
            return serves(row.hosts, _host(self.url))
        return row.matches(self.words)

    def read_again(self, listed: SiteList) -> None:
        """Take a list that was read again; what Azure answered to searches before that is forgotten."""
        self.listed, self.asking, self.deeper = listed, None, {}
        self.search(self.words)

    def went_deeper(self, found: SiteList) -> None:
        """Take in what Azure answered for the words that it was searched for."""
        while len(self.deeper) >= KEPT:
            del self.deeper[next(iter(self.deeper))]
        self.deeper[found.words] = found
        if self.asking == found.words:
            self.asking = None
        self.search(self.words)

    @property
    def place(self) -> int:
        """The index of the chosen row, 0 where there is none."""
        return next((place for place, row in enumerate(self.rows) if row.id.text == self.chosen), 0)

    @property
    def row(self) -> SiteRow | None:
        """The chosen row."""
        return self.rows[self.place] if self.rows else None

    def move(self, steps: int) -> None:
        """Choose the row so many rows further down, as far as there are rows."""
        if self.rows:
            self.chosen = self.rows[min(max(self.place + steps, 0), len(self.rows) - 1)].id.text

    def told(self) -> tuple[str, str]:
        """Return how many sites are shown of how many, and what is missing, if anything is."""
        shown = f"{len(self.rows):,} {'site' if len(self.rows) == 1 else 'sites'}"
        if self.words.strip():
            shown = f"{len(self.rows):,} of {max(self.listed.total, len(self.rows)):,} sites"
        if self.asking is not None:
            return shown, "searching in Azure"
        if self.is_whole:
            return shown, ""
        listed = self.deeper.get(self.asked, self.listed)
        if listed.total <= len(listed.rows):
            return shown, "the list did not end; some may be missing"
        part = f"the first {len(listed.rows):,} of {listed.total:,}"
        if listed is not self.listed:
            return shown, f"{part} that fit; narrow the search"
        return shown, f"among {part}" if self.words.strip() else f"{part}; narrow the search"


def _host(url: str | None) -> str:
    try:
        return (urlsplit(url or "").hostname or "").lower()
    except ValueError:
        return ""
