"""Every page and screen at both sizes as text; keys that are documented are keys that are bound; contrasts."""

import re
from typing import Any

import pytest
from textual.binding import Binding
from textual.color import Color
from textual.pilot import Pilot

from probes.forwarded import Decoded
from probes.model import ForwardedCertificate
from tests.tui.fake import FakeTriage, render
from tests.tui.screen_text import same_as_golden, screen_text, settled
from tests.tui.test_app_hostile import HOSTILE, hostile_case
from tui.app import TriageApp
from tui.screens.case import PAGES, CaseScreen
from tui.screens.choose import ChooseScreen
from tui.screens.edit import EditScreen
from tui.screens.help import HelpScreen
from tui.screens.limit import LimitScreen
from tui.screens.plan import PlanScreen
from tui.screens.probe import ProbeScreen, VersusScreen
from tui.screens.start import StartScreen
from tui.screens.switches import SwitchScreen
from tui.themes import DARK, LIGHT

SIZES = [(80, 24), (120, 36)]
NAMES = {
    "↑": "up", "↓": "down", "esc": "escape", "[": "left_square_bracket", "]": "right_square_bracket",
    "←": "left", "→": "right", "/": "slash", "?": "question_mark",
}  # fmt: skip
SCREENS: list[Any] = [
    CaseScreen, ChooseScreen, EditScreen, HelpScreen, LimitScreen, PlanScreen, ProbeScreen, StartScreen,
    SwitchScreen, VersusScreen,
]  # fmt: skip


def made(triage: FakeTriage | None = None) -> TriageApp:
    return TriageApp(triage or FakeTriage(), autosend=True, render=render)


@pytest.mark.parametrize("size", SIZES)
async def test_the_pages_are_those_that_were_agreed(size: tuple[int, int]) -> None:
    app = made()
    name = f"{size[0]}x{size[1]}"
    async with app.run_test(size=size) as pilot:
        await settled(pilot, "Cause found")
        await pilot.press("1", "j", "j")
        await settled(pilot, "clientCertExclusionPaths ──")
        same_as_golden(app, f"configuration-{name}")
        app.store.desk.pasted = _damaged()
        await pilot.press("3")
        await settled(pilot, "The certificate arrived damaged.")
        same_as_golden(app, f"certificate-{name}")
        await pilot.press("2", "g", "space", "j", "space")
        await settled(pilot, "They differ in")
        same_as_golden(app, f"versus-{name}")
        await pilot.press("escape", "e")
        await settled(pilot, "A probe of your own")
        same_as_golden(app, f"edit-{name}")
        await pilot.press("escape", "a")
        await settled(pilot, "Run as …")
        same_as_golden(app, f"run-as-{name}")
        await pilot.press("escape", "question_mark")
        await settled(pilot, "On this page")
        same_as_golden(app, f"help-{name}")


def _damaged() -> Decoded:
    return Decoded(
        ForwardedCertificate(
            header="X-ARR-ClientCert",
            encoding="base64-der",
            faults=("plus-became-space",),
            matches_sent=False,
            subject="CN=another,O=Contoso",
            issuer="CN=Partner CA",
            thumbprint_sha1="CD" * 20,
            not_before="2025-03-01T00:00:00Z",
            not_after="2027-03-01T00:00:00Z",
            key="RSA 2048",
        )
    )


@pytest.mark.parametrize("size", SIZES)
async def test_the_start_screen_is_that_which_was_agreed(size: tuple[int, int]) -> None:
    app = TriageApp()
    async with app.run_test(size=size) as pilot:
        await settled(pilot, "An earlier case")
        same_as_golden(app, f"start-{size[0]}x{size[1]}")


def bound(kind: Any) -> set[str]:
    """Return the names of all keys that do something on a screen, the app's own among them."""
    found: set[str] = set()
    for base in (*kind.__mro__, TriageApp):
        for binding in base.__dict__.get("BINDINGS", ()):
            assert isinstance(binding, Binding)
            found |= {key.strip() for key in binding.key.split(",")}
    return found


@pytest.mark.parametrize("kind", SCREENS, ids=lambda kind: kind.__name__)
def test_keys_that_are_shown_are_bound(kind: Any) -> None:
    shown = [key for keys, _ in kind.KEYS for key in keys.split()]
    assert shown
    assert {NAMES.get(key, key) for key in shown} <= bound(kind)


@pytest.mark.parametrize("number", PAGES)
def test_keys_of_a_page_are_bound_and_do_something(number: int) -> None:
    _, kind = PAGES[number]
    for keys, _ in (*kind.KEYS, *kind.ABOUT):
        for key in keys.split():
            assert NAMES.get(key, key) in bound(CaseScreen), key
    for method in kind.ACTIONS.values():
        assert callable(getattr(kind, method))


def test_the_help_names_only_keys_that_are_bound() -> None:
    from tui.screens import help as page

    known = bound(CaseScreen) | bound(PlanScreen) | {"ctrl+p", "ctrl+q"}
    for keys, _ in page._KEYS:
        for key in keys.split():
            assert NAMES.get(key, key.replace("^", "ctrl+")) in known, key


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_text_stands_out_from_its_background(theme: Any) -> None:
    texts = [theme.foreground, theme.primary, theme.success, theme.warning, theme.error, theme.variables["muted"]]
    for ground in (theme.background, theme.surface, theme.variables["select"]):
        for text in texts:
            assert contrast(ground, text) >= 4.5, (ground, text)
    for ground in (theme.background, theme.surface):
        assert contrast(ground, theme.variables["faint"]) >= 4.5, ground


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours as WCAG 2.2 defines it."""

    def luminance(colour: str) -> float:
        parts = (value / 255 for value in Color.parse(colour).rgb)
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


async def visited(pilot: Pilot[None]) -> str:
    """Go through every page and screen of a case, and return all that was shown."""
    shown = ""
    for keys in (
        "1",
        "jjj",
        "3",
        "4",
        "kk",
        "5",
        "f",
        "2",
        "G",
        " k ",
        "E",
        "e",
        "E",
        "a",
        "E",
        "\n",
        "G",
        "E",
        "?",
        "E",
    ):
        for key in keys:
            await pilot.press({" ": "space", "E": "escape", "\n": "enter", "?": "question_mark"}.get(key, key))
        await pilot.pause(0.25)
        shown += screen_text(pilot.app) + "\n"
    return shown


@pytest.mark.parametrize("name", sorted(HOSTILE))
async def test_no_page_obeys_what_comes_from_outside(name: str) -> None:
    app = made(FakeTriage(end=hostile_case(HOSTILE[name])))
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot, "Cause found")
        shown = await visited(pilot)
        assert app.is_running
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", shown)
        assert "contoso.azurewebsites.net" in shown
