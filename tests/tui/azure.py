"""The app on the lab's Azure: the options that lead there, and the keys of a person who signs in and picks a site."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot

from probes.lab.child import ask_control
from tests.loops.served import patch
from tests.tui.driving import typed
from tests.tui.screen_text import settled
from tui.app import TriageApp
from tui.commands.options import parse_options

SCENARIO = "large-body-renegotiation"
FRESH: dict[str, Any] = {"faults": [], "device_login": "approved", "device_seconds": 900, "neighbours": 3,
                         "page_size": 100}  # fmt: skip
"""What a test may have changed of the lab's Azure."""


def reach(lab: dict[str, Any], *more: str) -> list[str]:
    """Return the options that lead to the lab's Azure; its site's default host name is that of this machine."""
    port = lab["front_end"].rpartition(":")[2]
    return ["--arm-endpoint", lab["arm"], "--authority", lab["entra"], "--ca", lab["ca"],
            "--connect-to", f"localhost:{port}", *more]  # fmt: skip


def principal(lab: dict[str, Any]) -> dict[str, str]:
    """Return the environment of the lab's service principal."""
    return {
        "AZURE_TENANT_ID": lab["azure_tenant_id"],
        "AZURE_CLIENT_ID": lab["azure_client_id"],
        "AZURE_CLIENT_SECRET": lab["azure_client_secret"],
    }


def asked(lab: dict[str, Any], service: str) -> list[dict[str, Any]]:
    """Return the requests that the lab's Azure has seen so far: of ``arm`` or of ``entra``."""
    return [one for one in ask_control(lab["control"], "GET", "/seen")["azure"] if one["service"] == service]


def contacted(lab: dict[str, Any]) -> int:
    """Return how many connections the site itself has seen so far."""
    return int(ask_control(lab["control"], "GET", "/seen")["connections"])


def told(lab: dict[str, Any], **azure: Any) -> None:
    """Change the lab's Azure."""
    patch(lab, {"azure": azure})


@asynccontextmanager
async def started(*options: str, target: str = "", size: tuple[int, int] = (120, 36)) -> AsyncIterator[Pilot[None]]:
    """Open the app on its start screen, or on a target, with these options of the command line."""
    names = frozenset(word[2:].replace("-", "_") for word in options if word.startswith("--"))
    given = parse_options(list(options))
    app = TriageApp(begin_with=(lambda app: app.open_named(target, given, names)) if target else None)
    app.given, app.given_typed = given, names
    try:
        async with app.run_test(size=size) as pilot:
            if not target:
                await settled(pilot, "An Azure site")
            yield pilot
    finally:
        app.leave()
        app.end_azure()
        await app.resources.aclose()


async def code_shown(pilot: Pilot[None], lab: dict[str, Any]) -> str:
    """Take the Azure site and choose the device code; returns the screen that shows it."""
    told(lab, device_login="pending")
    await pilot.press("z")
    await settled(pilot, "nobody is signed in.", seconds=20)
    await pilot.press("d")
    return await settled(pilot, "waiting for you to sign in there", seconds=20)


async def picked(pilot: Pilot[None], words: str) -> str:
    """Search the list for these words and pick what is found; returns the question whether it may be probed."""
    await settled(pilot, "resource group", seconds=30)
    await pilot.press("slash")
    await typed(pilot, words)
    return await settled(pilot, "Probe it?", seconds=30)
