"""A headless Chromium, driven by its DevTools protocol: it opens pages, clicks, types, and tells what it asks for."""

import asyncio
import json
import os
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.peers.need import need

QUIET = ("--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-extensions",
         "--disable-dev-shm-usage", "--no-default-browser-check", "--window-size=1400,900",
         "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
         "--disable-features=OptimizationHints,MediaRouter,Translate")  # fmt: skip
_ASKS = {"Network.requestWillBeSent": ("request", "url"), "Network.webSocketCreated": ("url",)}
_CATCH = """
Object.defineProperty(Object.prototype, 'fitAddon', {configurable: true, set(addon) {
  Object.defineProperty(this, 'fitAddon', {value: addon, writable: true});
  window.shown = this.terminal;
}});
"""
"""The page draws its terminal on a canvas: this keeps hold of the terminal, whose lines can then be read."""
_LINES = """
(() => {
  const buffer = window.shown?.buffer.active;
  return buffer ? Array.from({length: window.shown.rows},
    (_, row) => buffer.getLine(row)?.translateToString(true) ?? '') : [];
})()
"""
_PLACE = """
(() => {
  const box = document.querySelector('.xterm-screen').getBoundingClientRect();
  return [box.x, box.y, box.width / window.shown.cols, box.height / window.shown.rows];
})()
"""


class Page:
    """One page of the browser. ``asked`` is every address that it asked for, ``complaints`` its errors."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket, self._number = socket, 0
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for message in self._socket:
            said = json.loads(message.data)
            if "id" in said:
                self._answers.pop(said["id"]).set_result(said)
                continue
            value = said.get("params", {})
            if path := _ASKS.get(said["method"]):
                for name in path:
                    value = value[name]
                self.asked.append(value)
            if said["method"] == "Log.entryAdded" and value["entry"]["level"] == "error":
                self.complaints.append(f"{value['entry']['text']} {value['entry'].get('url', '')}")
            if said["method"] == "Runtime.exceptionThrown":
                self.complaints.append(value["exceptionDetails"]["text"])

    async def tell(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command and return its result."""
        self._number += 1
        answer = self._answers[self._number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": self._number, "method": method, "params": params})
        said = await asyncio.wait_for(answer, 30)
        assert "error" not in said, said
        result: dict[str, Any] = said["result"]
        return result

    async def value(self, script: str) -> Any:
        """Return what a script of the page comes to."""
        result = await self.tell("Runtime.evaluate", expression=script, returnByValue=True)
        return result["result"].get("value")

    async def open(self, url: str) -> None:
        """Go to an address."""
        for domain in ("Network", "Page", "Runtime", "Log"):
            await self.tell(f"{domain}.enable")
        await self.tell("Page.addScriptToEvaluateOnNewDocument", source=_CATCH)
        await self.tell("Page.navigate", url=url)

    async def lines(self) -> list[str]:
        """Return the lines of the terminal on the page."""
        return list(await self.value(_LINES))

    async def wait(self, words: str, seconds: float = 60) -> list[str]:
        """Return the lines once they hold ``words``."""
        end = time.monotonic() + seconds
        while words not in "\n".join(shown := await self.lines()):
            if time.monotonic() > end:
                pytest.fail(f"{words!r} was not shown within {seconds:.0f} s:\n" + "\n".join(shown))
            await asyncio.sleep(0.1)
        return shown

    async def until(self, script: str, what: str, seconds: float = 20) -> None:
        """Wait until a script of the page comes to something true."""
        end = time.monotonic() + seconds
        while not await self.value(script):
            assert time.monotonic() < end, f"waited {seconds:.0f} s for {what}"
            await asyncio.sleep(0.1)

    async def click(self, words: str) -> None:
        """Click with the mouse on words that the terminal shows."""
        shown = await self.wait(words)
        row, line = next((row, line) for row, line in enumerate(shown) if words in line)
        left, top, wide, high = await self.value(_PLACE)
        place = {"x": left + (line.index(words) + 0.5) * wide, "y": top + (row + 0.5) * high}
        for kind, held in (("mouseMoved", 0), ("mousePressed", 1), ("mouseReleased", 0)):
            button = "none" if kind == "mouseMoved" else "left"
            await self.tell("Input.dispatchMouseEvent", type=kind, **place, button=button, buttons=held, clickCount=1)

    async def type(self, text: str) -> None:
        """Type a text into what has the focus."""
        await self.tell("Input.insertText", text=text)

    async def enter(self) -> None:
        """Press the enter key."""
        key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13}
        await self.tell("Input.dispatchKeyEvent", type="keyDown", text="\r", **key)
        await self.tell("Input.dispatchKeyEvent", type="keyUp", **key)


@asynccontextmanager
async def chromium(log: Path) -> AsyncIterator[Page]:
    """Yield an empty page of a browser of its own, whose network log is ``log`` when it has ended.

    Skips, or fails in CI, where there is no Chromium.
    """
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="mt-", ignore_cleanup_errors=True) as profile:
        command = [need("chromium"), *QUIET, *sandbox, f"--user-data-dir={profile}", "--remote-debugging-port=0",
                   f"--log-net-log={log}", "about:blank"]  # fmt: skip
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            async with aiohttp.ClientSession() as client:
                port = await _port(Path(profile) / "DevToolsActivePort", process)
                async with client.get(f"http://127.0.0.1:{port}/json/list") as answer:
                    targets = await answer.json()
                address = next(one["webSocketDebuggerUrl"] for one in targets if one["type"] == "page")
                async with client.ws_connect(address, max_msg_size=0) as socket:
                    page = Page(socket)
                    yield page
                    await page.tell("Browser.close")
            await asyncio.to_thread(process.wait, 20)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()


async def _port(file: Path, process: subprocess.Popen[bytes]) -> int:
    for _ in range(600):
        if file.exists() and (lines := file.read_text().split()):
            return int(lines[0])
        assert process.poll() is None, "the browser has ended"
        await asyncio.sleep(0.1)
    pytest.fail("the browser did not start within 60 s")
