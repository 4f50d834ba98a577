"""The catalogue: one Markdown file for each finding, read and checked once."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

import yaml

from probes.model import Confidence, Symptom, Value

Kind = Literal["site", "client", "app", "path", "certificate", "gateway", "none"]

NOW = "Now (no change in Azure)"
SECTIONS = ("Cause", "Reply", NOW, "Lasting", "Costs and gains", "How it is verified", "Sources")
"""What every finding says."""
AZURE_SECTIONS = ("Portal", "az", "Bicep", "ARM")
"""What a finding about the site's settings says besides."""
CODE = "Code"
"""What a finding says to developers, where code is the remedy; made of references to the table of snippets."""
SENTENCE_LIMIT = 68

_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


class Finding(Value, frozen=True, kw_only=True):
    """One cause that can be named, or one of the two outcomes without a cause.

    ``rank`` is unique; the lowest of several is the verdict. ``requires`` says what must be known before it is named
    (``client``). ``explains`` are symptoms; the symptom ``unknown`` is explained by every finding. ``supersedes``
    are the slugs that it replaces. ``confidence`` is the highest that it can have. ``sections`` are Markdown.
    """

    slug: str
    kind: Kind
    title: str
    sentence: str
    rank: int
    requires: tuple[str, ...]
    explains: tuple[Symptom, ...]
    supersedes: tuple[str, ...]
    confidence: Confidence
    sections: Mapping[str, str]

    def explains_symptom(self, symptom: Symptom) -> bool:
        """Whether the finding can be the cause of ``symptom``."""
        return symptom == "unknown" or symptom in self.explains


class CatalogueFault(ValueError):
    """A finding's file is not whole; says which and what is missing. Never caused by a user."""


def parse(name: str, text: str) -> Finding:
    """Read one finding from its file; raises CatalogueFault where it is not whole."""
    _, head, body = text.split("---\n", 2)
    meta: dict[str, Any] = yaml.safe_load(head)
    pieces = _HEADING.split(body)[1:]
    sections = {title.strip(): unwrapped(part.strip()) for title, part in zip(pieces[::2], pieces[1::2], strict=True)}
    wanted = SECTIONS + (AZURE_SECTIONS if meta.get("kind") == "site" else ())
    if missing := [title for title in wanted if not sections.get(title)]:
        raise CatalogueFault(f"{name}: no text under {', '.join(missing)}")
    if odd := sorted(set(sections) - {*SECTIONS, *AZURE_SECTIONS, CODE}):
        raise CatalogueFault(f"{name}: no section is called {', '.join(odd)}")
    if name != f"{meta['slug']}.md" or len(meta["sentence"]) > SENTENCE_LIMIT:
        raise CatalogueFault(f"{name}: the slug must be the file's name, the sentence at most {SENTENCE_LIMIT} long")
    lists = {field: tuple(meta[field]) for field in ("requires", "explains", "supersedes")}
    return Finding(**(meta | lists), sections=MappingProxyType(sections))


def unwrapped(text: str) -> str:
    """Return Markdown with each paragraph and list item on one line, so that a terminal can wrap it; code stays."""
    lines: list[str] = []
    code = joinable = False
    for line in text.splitlines():
        fence = line.startswith("```")
        starts = fence or code or not line.strip() or line.startswith("- ")
        if joinable and not starts:
            lines[-1] = f"{lines[-1]} {line.strip()}"
        else:
            lines.append(line)
        code = code != fence
        joinable = bool(line.strip()) and not fence and not code
    return "\n".join(lines)


@cache
def _all() -> Mapping[str, Finding]:
    folder = files("probes.diagnosis").joinpath("findings", "en")
    found = [
        parse(entry.name, entry.read_text(encoding="utf-8"))
        for entry in folder.iterdir()
        if entry.name.endswith(".md")
    ]
    found.sort(key=lambda one: one.rank)
    slugs = [one.slug for one in found]
    for one in found:
        if strange := sorted(set(one.supersedes) - set(slugs)):
            raise CatalogueFault(f"{one.slug} supersedes {', '.join(strange)}, which is no finding")
    if len({one.rank for one in found}) < len(found):
        raise CatalogueFault("two findings have the same rank")
    return MappingProxyType({one.slug: one for one in found})


def catalogue() -> tuple[Finding, ...]:
    """Return every finding, the one to be fixed first in front."""
    return tuple(_all().values())


def by_slug(slug: str) -> Finding:
    """Return one finding; raises KeyError when no finding is called so."""
    return _all()[slug]
