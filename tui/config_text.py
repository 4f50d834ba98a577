"""An explained configuration for a person: what it means together, setting by setting, and what changed."""

import shutil
import textwrap
from collections.abc import Iterator

import click

from probes.model import SettingChange, SlotFacts
from probes.siteconfig.explain import Explanation, PathAnswer, Setting

_NAME = 26
_ASKED = {
    "never": "never asked for",
    "handshake": "asked for in the TLS handshake",
    "renegotiation": "asked for after the request, by renegotiation",
    "unknown": "not known when it is asked for",
}


def text(found: Explanation, told: str) -> str:
    """Return the whole page."""
    return "\n".join(_lines(found, told))


def _lines(found: Explanation, told: str) -> Iterator[str]:
    config = found.configuration
    head = [config.name, config.resource_group, config.kind, config.state, config.plan_tier]
    yield click.style("  ·  ".join(part for part in head if part) or "a site", bold=True)
    if config.host_names:
        yield f"  {', '.join(config.host_names[:6])}"
    yield click.style(f"  {told}", dim=True)
    yield ""
    row = found.effective
    yield click.style(f"Client certificates: {row.certificate}, {_ASKED[row.asked]}", bold=True)
    yield from _wrapped(row.means, "  ")
    if row.labels:
        yield from _wrapped(f"In the portal: {row.labels}", "  ")
    for one in found.contradictions:
        yield from _wrapped(f"✗ {one.means}", "  ")
    yield ""
    for setting in found.settings:
        yield from _setting(setting)
    yield from _section("Paths", (_path(one) for one in found.paths))
    yield from _section("Changed in the last 14 days", (_change(one) for one in config.changes or ()))
    yield from _section("Other slots", (line for one in config.slots or () for line in _slot(one)))
    yield from _section("Notes", config.notes)
    yield from _section("Not known", (f"? {one.what}: {one.how_to_get}" for one in found.unknown))


def _setting(one: Setting) -> Iterator[str]:
    value = "not known" if one.value is None else one.value
    late = "  ← renegotiation" if one.renegotiation else ""
    yield f"{one.name:<{_NAME}}{click.style(value, bold=one.value is not None)}{late}"
    label = f" Portal: {one.portal_label}." if one.portal_label and one.name != "clientCertMode" else ""
    yield from _wrapped(f"{one.means}{label}", " " * 4)


def _path(one: PathAnswer) -> str:
    answer = {True: "exempt", False: "not exempt", None: "not known"}[one.excluded]
    return f"{one.path}: {answer}; {one.means}"


def _change(one: SettingChange) -> str:
    who = ", ".join(part for part in (one.by, one.client) if part)
    by = f"  by {who}" if who else ""
    return f"{one.at}  {one.setting}: {one.old or '(none)'} → {one.new or '(none)'}{by}"


def _slot(one: SlotFacts) -> Iterator[str]:
    if not one.differences:
        yield f"{one.name}: the same settings"
    for difference in one.differences:
        there, here = difference.there or "(none)", difference.here or "(none)"
        yield f"{one.name}: {difference.setting} is {there} there, {here} here"


def _section(title: str, lines: "Iterator[str] | tuple[str, ...]") -> Iterator[str]:
    found = list(lines)
    if found:
        yield ""
        yield click.style(title, bold=True)
        for line in found:
            yield from _wrapped(line, "  ")


def _wrapped(line: str, indent: str) -> list[str]:
    width = max(60, min(110, shutil.get_terminal_size((100, 24)).columns))
    return textwrap.wrap(line, width, initial_indent=indent, subsequent_indent=indent, break_long_words=False)
