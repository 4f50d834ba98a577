"""HTTP/1.1 for the lab's Azure: requests in, replies out, over TLS or plain TCP, also such as go wrong on purpose."""

import asyncio
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

import h11
import msgspec

from probes.lab.streams import Gone, Stream

MAX_BODY_BYTES = 1_048_576
ENDLESS_BYTES = 256 * 1024 * 1024
SILENCE_SECONDS = 600.0
End = Literal["whole", "truncated", "reset", "silent", "endless"]


class AzureRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One request. ``parts`` are the path's segments, percent-decoded; header names and query keys are lower case.

    ``origin`` is ``scheme://host:port`` as the client named it.
    """

    method: str
    origin: str
    path: str
    parts: tuple[str, ...]
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""

    @property
    def json(self) -> Any:
        """The body as JSON, None when it is none."""
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, ValueError, RecursionError):
            return None

    @property
    def form(self) -> dict[str, str]:
        """The body as ``application/x-www-form-urlencoded``, empty when it is none."""
        try:
            return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=100))
        except ValueError:
            return {}

    def number(self, name: str) -> int | None:
        """The query parameter ``name`` as a whole number, None when it is none of at most nine digits."""
        text = self.query.get(name, "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """One reply. ``delay_s`` is waited before it, ``drip_s`` between two bytes of its body.

    ``end`` says how it ends: ``truncated`` and ``reset`` in the middle of the body, ``silent`` before the head,
    ``endless`` never.
    """

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    delay_s: float = 0.0
    drip_s: float | None = None
    end: End = "whole"


def json_reply(body: Any, status: int = 200, *headers: tuple[str, str]) -> Reply:
    """Return a reply with ``body`` as JSON."""
    return Reply(
        status=status,
        body=msgspec.json.encode(body),
        headers=(("Content-Type", "application/json; charset=utf-8"), ("Cache-Control", "no-cache"), *headers),
    )


Answer = Callable[[AzureRequest], Awaitable[Reply]]


async def serve(stream: Stream, answer: Answer) -> None:
    """Serve requests until one side ends the connection; nothing that a client sends raises."""
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=65_536)
    scheme = "https" if stream.tls else "http"
    try:
        while (request := await _request(connection, stream, scheme)) is not None:
            if not await _send(connection, stream, request, await answer(request)):
                return
            if connection.our_state is not h11.DONE or connection.their_state is not h11.DONE:
                break
            connection.start_next_cycle()
    except h11.RemoteProtocolError:
        await stream.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    except (h11.LocalProtocolError, Gone, TimeoutError):
        pass
    await stream.close()


async def _request(connection: h11.Connection, stream: Stream, scheme: str) -> AzureRequest | None:
    head: h11.Request | None = None
    body = b""
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await stream.receive())
        elif isinstance(event, h11.Request):
            head = event
            if connection.they_are_waiting_for_100_continue:
                await stream.send(connection.send(h11.InformationalResponse(status_code=100, headers=[])) or b"")
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > MAX_BODY_BYTES:
                raise h11.RemoteProtocolError("the body is too large")
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            return _parsed(head, body, scheme)
        else:
            return None


def _parsed(head: h11.Request, body: bytes, scheme: str) -> AzureRequest:
    target = head.target.decode("latin-1")
    try:
        split = urlsplit(target if target.startswith("/") else "/")
    except ValueError:
        raise h11.RemoteProtocolError("the request target is no URL") from None
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in head.headers}
    pairs = parse_qsl(split.query, keep_blank_values=True)[:100]
    return AzureRequest(
        method=head.method.decode("latin-1"),
        origin=f"{scheme}://{headers.get('host', '')}",
        path=split.path,
        parts=tuple(unquote(part) for part in split.path.split("/") if part),
        query={name.lower(): value for name, value in pairs},
        headers=headers,
        body=body,
    )


async def _send(connection: h11.Connection, stream: Stream, request: AzureRequest, reply: Reply) -> bool:
    """Write the reply; False when the connection is over."""
    if reply.end == "silent":
        await stream.wire.drain(SILENCE_SECONDS)
        stream.wire.abandon()
        return False
    await asyncio.sleep(reply.delay_s)
    length = () if reply.end == "endless" else (("Content-Length", str(len(reply.body))),)
    headers = [*reply.headers, *length, ("Date", formatdate(usegmt=True))]
    await _write(stream, connection.send(h11.Response(status_code=reply.status, headers=headers)))
    if reply.end == "endless":
        return await _endless(connection, stream)
    if reply.end != "whole":
        return await _cut(stream, reply)
    if reply.drip_s is not None:
        for byte in reply.body:
            await asyncio.sleep(reply.drip_s)
            await _write(stream, connection.send(h11.Data(data=bytes([byte]))))
    elif request.method != "HEAD":
        await _write(stream, connection.send(h11.Data(data=reply.body)))
    await _write(stream, connection.send(h11.EndOfMessage()))
    return True


async def _write(stream: Stream, data: bytes | None) -> None:
    if data and not await stream.send(data):
        raise Gone


async def _cut(stream: Stream, reply: Reply) -> bool:
    await stream.send(reply.body[: len(reply.body) // 2])
    if reply.end == "reset":
        stream.wire.reset()
    else:
        await stream.close()
    return False


async def _endless(connection: h11.Connection, stream: Stream) -> bool:
    await _write(stream, connection.send(h11.Data(data=b'{"value":["')))
    chunk = b"x" * 65_536
    for _ in range(ENDLESS_BYTES // len(chunk)):
        await _write(stream, connection.send(h11.Data(data=chunk)))
        await asyncio.sleep(0)
    stream.wire.reset()
    return False
