"""Drives one exchange: head, the wait for 100 Continue, body, answer; reading and writing at the same time."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Literal

from probes.model import Awaiting, Value
from probes.wire import trace
from probes.wire.channel import Channel
from probes.wire.http import BODY_READ, HttpMachine, RequestHead, ResponseSoFar
from probes.wire.trace import Trace

ContinueState = Literal["not-asked", "not-awaited", "received", "timed-out", "final-first"]


class Shape(Value, frozen=True, kw_only=True):
    """How the request is sent; ``wait_s`` None waits for 100 Continue until the probe's deadline."""

    declared: int = 0
    expect: Literal["none", "wait", "header-only"] = "none"
    wait_s: float | None = None
    together: bool = False


class ExchangeRun:
    """One exchange in progress; what it holds is true at every moment, also when it is cancelled."""

    def __init__(
        self,
        channel: Channel,
        machine: HttpMachine,
        clock: Trace,
        shape: Shape,
        awaiting: Callable[[Awaiting], None],
    ) -> None:
        self.shape = shape
        self.continue_state: ContinueState = "not-awaited" if shape.expect == "header-only" else "not-asked"
        self.waited_ms: float | None = None
        self.body_written = 0
        self.body_acknowledged: int | None = None
        self.response = ResponseSoFar()
        self._channel = channel
        self._machine = machine
        self._trace = clock
        self._awaiting = awaiting
        self._sent: list[tuple[int, int]] = []
        self._interim_seen = 0

    @property
    def answered(self) -> bool:
        """Whether the head of a final answer has come, or nothing can come any more."""
        machine = self._machine
        lost = machine.failed is not None or machine.reset_code is not None or machine.goaway
        return self.response.head is not None or lost or self._channel.over

    @property
    def complete(self) -> bool:
        """Whether the answer is whole, or as much of it as is wanted."""
        return (
            self.response.done or self.response.body_bytes > BODY_READ or (self.answered and not self.response.head)
        )

    async def run(self, request: RequestHead, body: AsyncIterator[bytes]) -> None:
        """Send the request and read the answer; ends when the answer is whole or cannot come."""
        self._awaiting("response-head")
        head = self._machine.head(request, has_body=self.shape.declared > 0)
        self.response = self._machine.response
        self._channel.attach(self._receive)
        first = b""
        if self.shape.together and self.shape.declared and self.shape.expect != "wait":
            first = await anext(body, b"")
            head += self._machine.data(first)
        self._trace.add("out", "http", trace.REQUEST_HEAD, len(head))
        await self._channel.send(head)
        self._note_body(len(first))
        if self.shape.expect == "wait" and self.shape.declared:
            await self._wait_for_continue()
        writer = asyncio.create_task(self._write(body))
        try:
            await self._channel.until(lambda: self.answered)
            if self.response.head:
                self._awaiting("response-body")
            await self._channel.until(lambda: self.complete)
        finally:
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)

    async def _wait_for_continue(self) -> None:
        self._awaiting("continue")
        self._trace.add("out", "http", trace.WAITING)
        began = self._trace.now_ms()
        try:
            async with asyncio.timeout(self.shape.wait_s):
                await self._channel.until(lambda: 100 in self.response.interim or self.answered)
            self.continue_state = "received" if 100 in self.response.interim else "final-first"
        except TimeoutError:
            self.continue_state = "timed-out"
        finally:
            self.waited_ms = round(self._trace.now_ms() - began, 3)
            self._trace.add("in", "http", trace.WAITED)
        self._awaiting("response-head")

    async def _write(self, body: AsyncIterator[bytes]) -> None:
        if self.shape.declared == 0:
            self._trace.add("out", "http", trace.REQUEST_DONE)
            return
        self._trace.add("out", "http", trace.REQUEST_BODY, self.shape.declared)
        async for chunk in body:
            if not await self._write_chunk(chunk):
                return
        if not self.answered:
            await self._channel.send(self._machine.end())
            self._trace.add("out", "http", trace.REQUEST_DONE, self.body_written)

    async def _write_chunk(self, chunk: bytes) -> bool:
        while chunk:
            change = self._channel.change()
            # A final answer while the body is on its way: nothing more is wanted (RFC 9112 section 9.3.2).
            if self.answered:
                return False
            room = min(self._machine.room(), len(chunk))
            if room == 0:
                await change.wait()
                continue
            piece, chunk = chunk[:room], chunk[room:]
            if not await self._channel.send(self._machine.data(piece)):
                return False
            self._note_body(room)
        return True

    def _note_body(self, size: int) -> None:
        if size:
            self.body_written += size
            self._sent.append((self._channel.written, self.body_written))

    def _receive(self, data: bytes) -> None:
        had_head = self.response.head is not None
        if not data and not had_head:
            return  # the end before an answer: how the connection ended says more than a parser's complaint
        self._machine.receive(data)
        self._channel.layer.send(self._machine.outgoing())
        for status in self.response.interim[self._interim_seen :]:
            self._trace.add("in", "http", f"{trace.INTERIM} {status}")
        self._interim_seen = len(self.response.interim)
        if self.response.head is not None and not had_head:
            self._trace.add("in", "http", trace.RESPONSE_HEAD)
            self.body_acknowledged = self._acknowledged()
        if self.response.done:
            self._trace.add("in", "http", trace.RESPONSE_DONE, self.response.body_bytes)

    def _acknowledged(self) -> int | None:
        """Return how many bytes of the body the peer's TCP had acknowledged, None when the system does not tell."""
        acknowledged = self._channel.acknowledged()
        if acknowledged is None:
            return None
        # The SYN counts as one byte; a record counts once its last byte is acknowledged.
        done = [body for wire, body in self._sent if wire <= acknowledged - 1]
        return done[-1] if done else 0
