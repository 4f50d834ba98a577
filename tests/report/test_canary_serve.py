"""The app in a browser: no secret of the environment or of a visitor's own headers is in what it serves or prints."""

import asyncio
import json
import os
import sys
from pathlib import Path
from urllib.parse import quote

import aiohttp

from tests.report.canary_places import inner_base64
from tests.tui.test_serve import ROOT, free_port, get

PHRASE, AZURE, PROXY, BEARER, COOKIE = (
    "pfx-Zs01canary",
    "azr~Zs02.canary",
    "prx-Zs03canary",
    "brr-Zs04canary",
    "cki-Zs05canary",
)
PLANTED = (PHRASE, AZURE, PROXY, BEARER, COOKIE)
ENVIRONMENT = {
    "PFX_PASSWORD": PHRASE,
    "AZURE_CLIENT_SECRET": AZURE,
    "AZURE_TENANT_ID": "11111111-1111-1111-1111-111111111111",
    "AZURE_CLIENT_ID": "22222222-2222-2222-2222-222222222222",
    "HTTPS_PROXY": f"http://user:{PROXY}@127.0.0.1:9",
}


def forms() -> set[bytes]:
    found: set[str] = set()
    for secret in PLANTED:
        found |= {secret, quote(secret, safe="")} | inner_base64(secret)
    return {one.encode() for one in found}


async def shown(client: aiohttp.ClientSession, url: str) -> bytes:
    """Return every byte of the app's screen until its start screen stood, and of its help."""
    seen = b""
    async with client.ws_connect(url) as websocket:
        await websocket.send_str(json.dumps(["resize", {"width": 100, "height": 30}]))
        for _ in range(200):
            message = await websocket.receive(timeout=20)
            seen += message.data.encode() if isinstance(message.data, str) else bytes(message.data or b"")
            if b"Practise" in seen:
                break
        await websocket.send_str(json.dumps(["stdin", "?"]))
        await asyncio.sleep(0.5)
        for _ in range(20):
            try:
                message = await websocket.receive(timeout=0.5)
            except TimeoutError:
                break
            seen += message.data.encode() if isinstance(message.data, str) else bytes(message.data or b"")
    return seen


async def test_nothing_secret_is_served_or_printed(tmp_path: Path) -> None:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tui", "serve", "--port", str(port)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **ENVIRONMENT, "HOME": str(tmp_path), "TMPDIR": str(tmp_path)},
    )
    assert process.stderr is not None
    said = await asyncio.wait_for(process.stderr.readline(), 20)
    address = said.decode().removeprefix("Open ").strip()
    base = address.partition("?")[0]
    own = {"Authorization": f"Bearer {BEARER}", "X-Functions-Key": COOKIE}
    try:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as guest:
            assert (await get(guest, address, **own))[0] == 200
            async with guest.get(base, headers=own) as page:
                body = await page.read()
            async with guest.get(f"{base}no-such-page?code={COOKIE}", headers=own) as missing:
                body += await missing.read()
            screen = await shown(guest, f"{base}ws?width=100&height=30")
    finally:
        process.terminate()
        out, err = await asyncio.wait_for(process.communicate(), 10)
    assert b"Practise" in screen
    written = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    everything = said + out + err + body + screen + written
    assert [form for form in forms() if form in everything] == []
