"""Chooses a site in the terminal from the list of those in Azure, and reads it with the same sign-in."""

import sys
from collections.abc import Mapping
from typing import Any

import click

from probes.errors import UsageFault
from probes.printable import printable
from tui.azure_list import Found
from tui.site import Settings, access_of, tell, wanted_of
from tui.terminal import asking

_LISTED = 20
"""Sites that are shown at a time; the words of a search bring others."""


async def chosen(options: Mapping[str, Any]) -> Settings:
    """Let the user choose a site and return its settings; the site itself is not contacted.

    Raises UsageFault without a terminal, click.Abort where the user leaves, and what reading from Azure raises.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageFault("Which site? Give its URL or resource id as TARGET, --name, or --config FILE.")
    from probes.siteconfig.session import AzureSession

    session = AzureSession(access_of(options))
    try:
        how = await session.sign_in(lambda code: tell(code.line))
        named = await _named(session, options)
        read = await session.read(wanted_of(named, {**options, "slot": None}))
    finally:
        session.close(wait_s=0.3)
    return Settings(configuration=read.configuration, unknown=read.unknown, told=f"read from Azure ({how})")


async def _named(session: Any, options: Mapping[str, Any]) -> str:
    """Return the resource id of the site that the user takes."""
    found = Found(await session.sites(options["subscription"]))
    if not found.rows:
        raise UsageFault("No site was found that you can read. Is the right tenant signed in (az account show)?")
    while True:
        _show(found)
        asked = "Number, or words to search for (none: all)"
        with asking():
            answer = str(click.prompt(asked, default="", show_default=False, err=True)).strip()
        if answer.isascii() and answer.isdigit() and 0 < int(answer[:6]) <= min(len(found.rows), _LISTED):
            return found.rows[int(answer[:6]) - 1].id.text
        found.search(printable(answer, limit=300))
        if found.asked and not found.is_whole:
            # What was not read may still fit: Azure itself is searched.
            found.went_deeper(await session.sites(options["subscription"], found.asked))


def _show(found: Found) -> None:
    for number, row in enumerate(found.rows[:_LISTED], 1):
        tell(f"{number:>3}  {row.id.shown}  {row.id.group}  {row.host or ''}".rstrip())
    if len(found.rows) > _LISTED:
        tell(f"     … and {len(found.rows) - _LISTED:,} more")
    shown, missing = found.told()
    tell(f"{shown}{f', {missing}' if missing else ''}.")
