"""Takes the pictures of the real app on the lab: ``python -m tests.tui.screenshots [FOLDER]`` (make screenshots).

One diagnosis is driven from the start screen to the report, once for each size; every picture is taken in both themes
as SVG, and as PNG where Chromium is installed. ``words.json`` holds the words on each picture, by which a test tells
when they are stale.
"""

import asyncio
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Awaitable, Callable
from pathlib import Path

from textual.pilot import Pilot

from probes.lab.child import LabProcess
from probes.triage import Triage
from tests.tui.screen_text import screen_text, settled
from tui.app import TriageApp
from tui.commands.options import parse_options
from tui.request import triage_request
from tui.themes import DARK, LIGHT

FOLDER = Path(__file__).parents[2] / "screenshots"
SIZES = ((120, 36), (80, 24))
WORDS = "words.json"
_FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
_HEX = re.compile(r"[A-F]+|[a-f]+")
_WORD = re.compile(r"[^\W\d_]{3,}")
Shot = Callable[[Pilot[None], str], Awaitable[None]]


def words_of(shown: str) -> list[str]:
    """Return the words on a screen; numbers, times, addresses and bars differ from run to run, and cut words too."""
    kept = [line for line in shown.splitlines() if "localhost" not in line and "Probe " not in line]
    whole = (word for line in kept for word in line.split() if not word.endswith("…"))
    found = {part for word in whole for part in _WORD.findall(word)}
    return sorted(word for word in found if len(word) < 24 and not _HEX.fullmatch(word))


async def story(size: tuple[int, int], shot: Shot) -> None:
    """Drive one diagnosis, and the way through Azure; ``shot`` is called at each picture."""
    await _sheet(size, shot)
    await _azure(size, shot)
    app = TriageApp()
    try:
        async with app.run_test(size=size) as pilot:
            await settled(pilot, "Practise in the lab")
            await shot(pilot, "1-start")
            await pilot.press("l")
            await settled(pilot, "Tickets")
            await shot(pilot, "2-tickets")
            await pilot.press("enter")
            await settled(pilot, "What do you expect?")
            await pilot.press("j")
            await shot(pilot, "3-expectation")
            await pilot.press("enter")
            await settled(pilot, "✗ Cause found", seconds=60)
            await _probes(pilot, app, shot)
            await _stages(pilot, shot)
            await _fix(pilot, shot)
    finally:
        await app.resources.aclose()


async def _sheet(size: tuple[int, int], shot: Shot) -> None:
    async with LabProcess.start("large-body-renegotiation") as lab:
        request = triage_request(lab.ready.target, parse_options([*lab.ready.options]))
        app = TriageApp(Triage(request), autosend=False)
        async with app.run_test(size=size) as pilot:
            await settled(pilot, "What will be sent")
            await shot(pilot, "0-plan")


async def _azure(size: tuple[int, int], shot: Shot) -> None:
    async with LabProcess.start("large-body-renegotiation") as lab:
        ready = lab.ready
        await lab.patch({"azure": {"neighbours": 40, "device_login": "pending"}})
        app = TriageApp()
        reach = ["--arm-endpoint", str(ready.arm), "--authority", str(ready.entra), "--ca", ready.ca]
        app.given = parse_options([*reach, "--sign-in", "device-code"])
        try:
            async with app.run_test(size=size) as pilot:
                await settled(pilot, "An Azure site")
                await pilot.press("z")
                await settled(pilot, "waiting for you to sign in there", seconds=20)
                await shot(pilot, "14-azure-code")
                await lab.patch({"azure": {"device_login": "approved"}})
                await settled(pilot, "42 sites", seconds=30)
                await pilot.press("slash", *"second")
                await settled(pilot, "20 of 42 sites")
                await shot(pilot, "15-azure-sites")
                await pilot.press("ctrl+u", *"lab-site", "enter")
                await settled(pilot, "Probe it?", seconds=30)
                await shot(pilot, "16-azure-host")
        finally:
            app.end_azure()


async def _probes(pilot: Pilot[None], app: TriageApp, shot: Shot) -> None:
    for _ in range(200):
        if app.store.over:
            break
        await pilot.pause(0.05)
    await pilot.press("g")
    app.screen.query_one("ProbeTable").choose("post-large-wait")  # type: ignore[attr-defined]
    await pilot.pause(0.4)
    await shot(pilot, "4-probes")
    await pilot.press("space", "j", "space")
    await settled(pilot, "They differ in one thing")
    await shot(pilot, "5-compare")
    await pilot.press("escape", "enter")
    await settled(pilot, "esc back")
    await shot(pilot, "6-probe")
    await pilot.press("escape")


async def _stages(pilot: Pilot[None], shot: Shot) -> None:
    await pilot.press("1", "j", "j")
    await settled(pilot, "asked for after the request")
    await shot(pilot, "7-configuration")
    await pilot.press("3")
    await settled(pilot, "received by the app")
    await shot(pilot, "8-certificate")
    await pilot.press("4")
    await settled(pilot, "You expected")
    await shot(pilot, "9-diagnosis")


async def _fix(pilot: Pilot[None], shot: Shot) -> None:
    await pilot.press("x")
    await settled(pilot, "lab $")
    await shot(pilot, "10-lab-prompt")
    await pilot.press("enter")
    await settled(pilot, "v verifies the fix")
    await pilot.press("v")
    await settled(pilot, "✓ Fixed", seconds=30)
    await pilot.pause(4.2)
    await shot(pilot, "11-fixed")
    await pilot.press("5")
    await settled(pilot, "Preview")
    await shot(pilot, "12-report")
    await pilot.press("2", "question_mark")
    await settled(pilot, "On this page")
    await shot(pilot, "13-help")


async def take(folder: Path) -> list[Path]:
    """Write all pictures as SVG, and their words; returns the SVG files."""
    files: list[Path] = []
    words: dict[str, list[str]] = {}
    for size in SIZES:

        async def shot(pilot: Pilot[None], name: str, size: tuple[int, int] = size) -> None:
            app = pilot.app
            words[f"{name}-{size[0]}x{size[1]}"] = words_of(screen_text(app))
            for theme, word in ((DARK, "dark"), (LIGHT, "light")):
                app.theme = theme.name
                await pilot.pause(0.25)
                file = folder / f"{name}-{size[0]}x{size[1]}-{word}.svg"
                drawn = app.export_screenshot(title="mtls-triage")
                file.write_text(_FONT_FACE.sub("", drawn), encoding="utf-8")
                files.append(file)
            app.theme = DARK.name

        await story(size, shot)
    text = json.dumps(words, indent=1, ensure_ascii=False, sort_keys=True)
    (folder / WORDS).write_text(text + "\n", encoding="utf-8")
    return files


def to_png(files: list[Path]) -> int:
    """Write a PNG beside each SVG with Chromium; returns how many, 0 where there is no Chromium."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        return 0
    for file in files:
        found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', file.read_text(encoding="utf-8"))
        assert found is not None
        width, height = (round(float(part)) for part in found.groups())
        command = [browser, "--headless", "--no-sandbox", "--hide-scrollbars", f"--window-size={width},{height}"]
        command += ["--default-background-color=00000000", f"--screenshot={file.with_suffix('.png')}", file.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        smaller(file.with_suffix(".png"))
    return len(files)


def smaller(file: Path) -> None:
    """Compress a PNG's pixels once more, as well as zlib can: the browser is in a hurry (PNG, section 5.3)."""
    data = file.read_bytes()
    place, pixels, others = 8, b"", []
    while place < len(data):
        (size,) = struct.unpack(">I", data[place : place + 4])
        kind, body = data[place + 4 : place + 8], data[place + 8 : place + 8 + size]
        place += size + 12
        if kind == b"IDAT":
            pixels += body
        else:
            others += [(kind, body)]
    packed = zlib.compress(zlib.decompress(pixels), 9)
    written = data[:8]
    for kind, body in [*others[:-1], (b"IDAT", packed), others[-1]]:
        written += struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    file.write_bytes(written)


def main() -> None:
    """Take the pictures into the folder of the command line, or into ``screenshots``."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as own:
        for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "MTLS_TRIAGE_CASES"):
            os.environ[name] = own
        files = asyncio.run(take(folder))
    made = to_png(files)
    sys.stdout.write(f"{len(files)} SVG and {made} PNG files in {folder}\n")
    if not made:
        sys.stdout.write("Chromium was not found: the PNG files were not made.\n")


if __name__ == "__main__":
    main()
