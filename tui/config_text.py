"""An explained configuration for a person: what it comes to first, then setting by setting, and what changed."""

import shutil
import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime

import click

from probes.model import SettingChange, SiteConfig, SlotFacts, SlotSwap, Unknown
from probes.siteconfig.explain import Explanation, PathAnswer, Setting

_NAME, _VALUE = 26, 26
_NO_CHANGE = "Nothing that bears on client certificates."
_NO_SLOT = "There are none."
_WHY = {
    "no-permission": "permission missing",
    "not-run": "not run",
    "not-observable": "not read",
    "no-answer": "no answer",
}


def text(found: Explanation, told: str, now: datetime | None = None) -> str:
    """Return the whole page; ``now`` (UTC) is what ages are counted from."""
    return "\n".join(_lines(found, told, now or datetime.now(UTC)))


def _lines(found: Explanation, told: str, now: datetime) -> Iterator[str]:
    config = found.configuration
    for line in _wrapped(found.consequence, ""):
        yield click.style(line, bold=True)
    head = [config.name, config.resource_group, config.kind, config.state, config.plan_tier]
    known = [part for part in (*head, *(config.host_names or ())[:6]) if part]
    for line in (*_wrapped("  ·  ".join(known) or "a site", "  "), *_wrapped(told, "  ")):
        yield click.style(line, dim=True)
    yield ""
    yield from _wrapped(found.effective.means, "  ")
    for one in found.contradictions:
        yield from _wrapped(f"✗ {one.means}", "  ")
    for caution in found.cautions:
        yield from _wrapped(f"! {caution}", "  ")
    yield ""
    yield click.style(f"{'Setting':<{_NAME}}{'Value':<{_VALUE}}In the portal", bold=True)
    for setting in found.settings:
        yield from _setting(setting)
    yield from _section("Paths", (_path(one) for one in found.paths))
    yield from _section("Changed in the last 14 days", _changed(config, now))
    yield from _section("Other slots", slots(config, now))
    yield from _section("Notes", config.notes)
    yield from _section("Not known", (line for one in found.unknown for line in _unknown(one)))


def _setting(one: Setting) -> Iterator[str]:
    value = "not known" if one.value is None else one.value
    late = "  ← renegotiation" if one.renegotiation else ""
    if len(value) < _VALUE:
        after = f"{' ' * (_VALUE - len(value))}{one.portal_label}" if one.portal_label else ""
        yield f"{one.name:<{_NAME}}{click.style(value, bold=one.value is not None)}{after}{late}"
    else:
        yield f"{one.name:<{_NAME}}{one.portal_label or ''}{late}".rstrip()
        yield from (click.style(line, bold=True) for line in _wrapped(value, " " * 4))
    yield from _wrapped(one.means, " " * 4)


def _path(one: PathAnswer) -> str:
    answer = {True: "exempt", False: "not exempt", None: "not known"}[one.excluded]
    return f"{one.path}: {answer}; {one.means}"


def _changed(config: SiteConfig, now: datetime) -> Iterator[str]:
    if config.changes is not None and not config.changes:
        yield _NO_CHANGE
    for one in config.changes or ():
        yield _change(one, now)


def _change(one: SettingChange, now: datetime) -> str:
    who = ", ".join(part for part in (one.by or "by whom is not known", one.client) if part)
    return f"{_when(one.at, now)}  {who}:  {one.setting}  {one.old or '(none)'} → {one.new or '(none)'}"


def _when(at: str | None, now: datetime) -> str:
    """Return a time of Azure to the minute in UTC and how long ago that is; as it stands where it is no time."""
    try:
        then = datetime.fromisoformat((at or "").replace("Z", "+00:00"))
    except ValueError:
        return at or "at an unknown time"
    then = then.replace(tzinfo=UTC) if then.tzinfo is None else then.astimezone(UTC)
    hours = (now - then).total_seconds() / 3600
    ago = f"{hours * 60:.0f} min" if hours < 2 else f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.0f} days"
    return f"{then:%Y-%m-%d %H:%M} UTC ({ago} ago)" if hours >= 0 else f"{then:%Y-%m-%d %H:%M} UTC"


def slots(config: SiteConfig, now: datetime) -> Iterator[str]:
    """Yield what is different in the site's other slots and when they were swapped last; ``now`` is UTC."""
    if config.slots is not None and not config.slots:
        yield _NO_SLOT
    for one in config.slots or ():
        yield from _slot(one)
    if config.last_swap is not None:
        yield _swap(config.last_swap, now)
    if any(one.differences for one in config.slots or ()):
        yield "That slots differ is normal. A swap moves the app, and leaves these settings where they are."


def _slot(one: SlotFacts) -> Iterator[str]:
    if not one.differences:
        yield f"{one.name}: the same settings"
    for difference in one.differences:
        there, here = difference.there or "(none)", difference.here or "(none)"
        yield f"{one.name}: {difference.setting} is {there} there, {here} here"


def _swap(one: SlotSwap, now: datetime) -> str:
    return f"Last swap: {one.source or '?'} into {one.destination or '?'}, {_when(one.at, now)}"


def _unknown(one: Unknown) -> Iterator[str]:
    yield f"? {one.what}"
    yield f"    {_WHY.get(one.why, one.why)}: {one.how_to_get}"


def _section(title: str, lines: "Iterator[str] | tuple[str, ...]") -> Iterator[str]:
    found = list(lines)
    if found:
        yield ""
        yield click.style(title, bold=True)
        for line in found:
            yield from _wrapped(line, " " * (2 + len(line) - len(line.lstrip())))


def _wrapped(line: str, indent: str) -> list[str]:
    width = max(60, min(110, shutil.get_terminal_size((100, 24)).columns))
    hanging = indent + ("  " if line[:2] in ("✗ ", "! ", "? ") else "")
    return textwrap.wrap(
        line.strip(), width, initial_indent=indent, subsequent_indent=hanging, break_long_words=False
    )
