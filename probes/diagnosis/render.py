"""Fills the texts of a finding with the names of the user's own case."""

import json
import re
import shlex
from collections.abc import Callable

from probes.diagnosis import again
from probes.diagnosis.catalogue import CODE, NOW, Finding, Kind, by_slug
from probes.diagnosis.facts import Facts
from probes.diagnosis.names import GENERIC, UNNAMED, Names, names_of
from probes.diagnosis.snippets import with_snippets
from probes.model import Case, Value

# %{http_code} is curl's own, in the code that readers copy.
PLACEHOLDER = re.compile(r"(?<!%)\{([a-z][a-z0-9_]*)\}")
_FENCE = re.compile(r"^(```[a-z]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class RenderedFinding(Value, frozen=True, kw_only=True):
    """A finding in the words of one case: Markdown, with the user's own names in it.

    ``sentence`` is true at any moment and at most 68 characters long. ``portal``, ``az``, ``bicep`` and ``arm`` are
    empty where no setting of the site is the fix. ``verify_command`` is this tool's own, ``verify_curl`` the same
    with curl; both are quoted for a POSIX shell. ``code`` is for the client's or the app's developer, by language.
    """

    slug: str
    kind: Kind
    title: str
    sentence: str
    cause: str
    reply: str
    now: str
    lasting: str
    costs: str
    portal: str
    az: str
    bicep: str
    arm: str
    code: str
    verify: str
    verify_command: str
    verify_curl: str
    sources: tuple[str, ...]


def render(slug: str, case: Case) -> RenderedFinding:
    """Return the texts of ``slug`` for ``case``; raises KeyError for a name that is no finding."""
    finding = by_slug(slug)
    names = names_of(Facts(case))
    texts = {title: with_snippets(fill(text, names)) for title, text in finding.sections.items()}
    verify = again.completed(texts["How it is verified"], Facts(case))
    commands = [found.group(2).strip() for found in _FENCE.finditer(verify)]
    return RenderedFinding(
        slug=finding.slug,
        kind=finding.kind,
        title=finding.title,
        sentence=finding.sentence,
        cause=texts["Cause"],
        reply=texts["Reply"],
        now=texts[NOW],
        lasting=texts["Lasting"],
        costs=texts["Costs and gains"],
        portal=texts.get("Portal", ""),
        az=texts.get("az", ""),
        bicep=texts.get("Bicep", ""),
        arm=texts.get("ARM", ""),
        code=texts.get(CODE, ""),
        verify=verify,
        verify_command=commands[0] if commands else "",
        verify_curl=commands[1] if len(commands) > 1 else "",
        sources=sources(finding),
    )


def generic(finding: Finding) -> dict[str, str]:
    """Return the sections of a finding for a reader without a case, with ``<name>`` for each of the user's names."""

    def value(found: re.Match[str]) -> str:
        name = found.group(1)
        return GENERIC.get(name, f"<{name.replace('_', '-')}>")

    return {title: with_snippets(PLACEHOLDER.sub(value, text)) for title, text in finding.sections.items()}


def sources(finding: Finding) -> tuple[str, ...]:
    """Return the public documents that a finding rests on, one line each."""
    lines = finding.sections["Sources"].splitlines()
    return tuple(line.removeprefix("- ").strip() for line in lines if line.strip())


def fill(text: str, names: Names) -> str:
    """Replace every placeholder once. What came from outside is quoted for the language of the code it stands in."""
    done: list[str] = []
    end = 0
    for fence in _FENCE.finditer(text):
        done.append(_replaced(text[end : fence.start()], names, _prose))
        done.append(_replaced(fence.group(0), names, _QUOTES.get(fence.group(1)[3:], _prose)))
        end = fence.end()
    done.append(_replaced(text[end:], names, _prose))
    return "".join(done)


def _replaced(text: str, names: Names, quote: Callable[[str], str]) -> str:
    def value(found: re.Match[str]) -> str:
        name = found.group(1)
        if name in names.own:
            return names.own[name]
        if name not in names.outside:
            return found.group(0)
        known = names.outside[name]
        return known if known == UNNAMED.get(name) else quote(known)

    return PLACEHOLDER.sub(value, text)


def _prose(value: str) -> str:
    return value


def _json(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)[1:-1]


def _bicep(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'").replace("${", "\\${")


# A name out of a customer's file is pasted into a shell: it must stay one word there.
_QUOTES: dict[str, Callable[[str], str]] = {"bash": shlex.quote, "json": _json, "bicep": _bicep}
