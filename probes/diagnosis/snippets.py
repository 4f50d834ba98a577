"""The shared table of code by task and language, which the findings' texts refer to; one Markdown file for each task.

A file's front matter names the task, who uses it and the sources; each section is one language: words, then code.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

import yaml

from probes.model import Value

REFERENCE = re.compile(r"^\{snippet:([a-z0-9-]+):([a-z0-9-]+)\}$", re.MULTILINE)
"""``{snippet:TASK:LANGUAGE}`` alone on a line of a finding's text."""

LANGUAGES: Mapping[str, str] = MappingProxyType(
    {
        "curl": "curl",
        "openssl": "openssl",
        "python": "Python",
        "node": "Node.js",
        "java": "Java",
        "dotnet": ".NET",
        "go": "Go",
        "envoy": "Envoy",
        "powershell": "PowerShell",
        "aspnetcore": "ASP.NET Core",
        "aspnet": "ASP.NET",
        "functions": "Azure Functions",
        "flask": "Flask",
        "django": "Django",
        "wsgi": "Python, WSGI",
        "express": "Express",
        "php": "PHP",
    }
)
"""Every language or framework by its name in the table, and as a person reads it."""

_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
_FENCE = re.compile(r"^```([a-z]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class SnippetFault(ValueError):
    """A file of the table is not whole, or a text refers to code that is not there. Never caused by a user."""


class Snippet(Value, frozen=True, kw_only=True):
    """Code for one task in one language. ``syntax`` is the name behind the fence; ``note`` may be empty."""

    task: str
    title: str
    use: Literal["client", "server"]
    language: str
    note: str
    syntax: str
    code: str
    sources: tuple[str, ...]

    def markdown(self) -> str:
        """Return language, note and code as a finding's text shows them."""
        label = LANGUAGES[self.language]
        head = f"{label}: {self.note[0].lower()}{self.note[1:]}" if self.note else f"{label}:"
        return f"{head}\n\n```{self.syntax}\n{self.code}```"


def parse(name: str, text: str) -> tuple[Snippet, ...]:
    """Read one file of the table; raises SnippetFault where it is not whole."""
    _, head, body = text.split("---\n", 2)
    meta: dict[str, Any] = yaml.safe_load(head)
    if name != f"{meta['topic']}.md" or meta["use"] not in ("client", "server") or not meta["sources"]:
        raise SnippetFault(f"{name}: topic, use and sources must be there, and the topic be the file's name")
    pieces = _HEADING.split(body)[1:]
    return tuple(_one(meta, title.strip(), part, name) for title, part in zip(pieces[::2], pieces[1::2], strict=True))


def _one(meta: dict[str, Any], language: str, part: str, name: str) -> Snippet:
    found = _FENCE.search(part)
    if language not in LANGUAGES or found is None:
        raise SnippetFault(f"{name}: {language} is no language of the table, or has no code")
    return Snippet(
        task=meta["topic"],
        title=meta["title"],
        use=meta["use"],
        language=language,
        note=" ".join(part[: found.start()].split()),
        syntax=found.group(1),
        code=found.group(2),
        sources=tuple(meta["sources"]),
    )


@cache
def snippets() -> Mapping[tuple[str, str], Snippet]:
    """Return the whole table by task and language."""
    folder = files("probes.diagnosis").joinpath("snippets")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".md"))
    found = [one for name in names for one in parse(name, folder.joinpath(name).read_text(encoding="utf-8"))]
    return MappingProxyType({(one.task, one.language): one for one in found})


def with_snippets(text: str) -> str:
    """Return Markdown with every reference replaced by its code; raises SnippetFault for one that leads nowhere."""

    def code(found: re.Match[str]) -> str:
        one = snippets().get((found.group(1), found.group(2)))
        if one is None:
            raise SnippetFault(f"there is no code for {found.group(1)} in {found.group(2)}")
        return one.markdown()

    return REFERENCE.sub(code, text)
