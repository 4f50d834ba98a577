"""``mtls-triage serve`` on loopback: who gets in, who does not, and that the app is behind the door."""

import asyncio
import json
import os
import socket
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tui import serving

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


async def started() -> tuple[asyncio.subprocess.Process, str]:
    """Start the command and return it with the address that it prints."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tui", "serve", "--port", str(port)),
        cwd=ROOT,
        stderr=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        env={**os.environ},
    )
    assert process.stderr is not None
    line = await asyncio.wait_for(process.stderr.readline(), 20)
    return process, line.decode().removeprefix("Open ").strip()


async def get(client: aiohttp.ClientSession, url: str, **headers: str) -> tuple[int, Any]:
    for _ in range(100):
        try:
            async with client.get(url, headers=headers) as response:
                return response.status, response.headers
        except aiohttp.ClientConnectorError:
            await asyncio.sleep(0.1)
    raise AssertionError("the server does not listen")


async def test_only_the_key_opens_and_the_app_is_behind_it() -> None:
    process, address = await started()
    base = address.partition("?")[0]
    try:
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession() as stranger, aiohttp.ClientSession(cookie_jar=jar) as guest:
            assert (await get(stranger, base))[0] == 403
            assert (await get(stranger, f"{base}?key=wrong"))[0] == 403
            assert (await get(stranger, base, Host="evil.example:80"))[0] == 403
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await stranger.ws_connect(f"{base}ws")
            status, headers = await get(guest, address)
            assert status == 200
            assert "default-src 'self'" in headers["Content-Security-Policy"]
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await guest.ws_connect(f"{base}ws", headers={"Origin": "http://evil.example"})
            assert "Practise in the lab" in await screen(guest, f"{base}ws?width=100&height=30")
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), 10)


async def screen(client: aiohttp.ClientSession, url: str) -> str:
    """Return what the app wrote until its start screen stood."""
    shown = b""
    async with client.ws_connect(url) as websocket:
        await websocket.send_str(json.dumps(["resize", {"width": 100, "height": 30}]))
        for _ in range(200):
            message = await websocket.receive(timeout=20)
            if message.type == aiohttp.WSMsgType.BINARY:
                shown += message.data
            if b"Practise in the lab" in shown:
                break
    return shown.decode("utf-8", "replace")


def test_the_server_listens_on_loopback_only() -> None:
    server = serving.made(1, "k", "true")
    assert server.host == "127.0.0.1"
    assert server.address == "http://127.0.0.1:1/?key=k"
