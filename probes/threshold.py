"""Finds the exact body size at which a site starts to refuse, and says what the limit belongs to."""

from collections.abc import Awaitable, Callable
from typing import Literal

import msgspec

from probes.model import Observation, Outcome, Probe, Value

KNOWN_LIMITS = (49_152, 65_536, 100_000, 102_400, 131_072, 1_048_576)
"""Bytes. IIS uploadReadAheadSize 48 KiB; 64 KiB; App Service's documented 100 KB in both readings; Apache httpd's
SSLRenegBufferSize 128 KiB; 1 MiB (nginx client_max_body_size, curl's Expect threshold)."""

REQUESTS_AT_MOST = 40
"""What a search up to 1 MiB needs at most, all ways of sending together."""

With = Literal["certificate", "no-certificate", "expect", "head-first"]
Attribution = Literal["renegotiation-buffer", "app-limit", "unknown"]


class Refusal(Value, frozen=True, kw_only=True):
    """In which way a body is refused."""

    outcome: Outcome
    status: int | None = None


class ThresholdRun(Value, frozen=True, kw_only=True, rename={"with_": "with"}):
    """The largest body that was tried and accepted in one way of sending; None when even one byte is refused."""

    with_: With
    largest_accepted: int | None


class Threshold(Value, frozen=True, kw_only=True):
    """The result; ``smallest_refused`` is None where nothing was refused up to the largest size, sizes in bytes.

    ``requests`` and ``bytes_sent`` count all runs. ``largest_accepted`` None means that nothing at all gets through.
    """

    largest_accepted: int | None
    smallest_refused: int | None
    refusal: Refusal | None
    requests: int
    bytes_sent: int
    attribution: Attribution
    runs: tuple[ThresholdRun, ...]


Send = Callable[[Probe], Awaitable[Observation]]
"""Sends one probe and returns what was seen, judged."""


class _Way:
    """One way of sending: knows how a refusal looks, and what was accepted so far."""

    def __init__(self, search: "Search", name: With, shape: Probe) -> None:
        self.search = search
        self.name: With = name
        self.shape = shape
        self.accepted: int | None = None

    async def accepts(self, size: int) -> bool:
        """Send a body of ``size`` bytes; True when it is not refused in the way of the limit."""
        seen = await self.search.send(self.shape, size)
        good = not self.search.is_refusal(seen)
        if good:
            self.accepted = max(self.accepted or 0, size)
            self.search.note_request(seen)
        return good


def _let_through(seen: Observation) -> bool:
    # An app that answers 413 has read the request, but it has refused the body for its size all the same.
    return seen.judged.reached_app == "yes" and seen.status != 413


class Search:
    """The search over one target; ``base`` is an upload probe whose size and way of sending are varied."""

    def __init__(self, base: Probe, send: Send, max_bytes: int) -> None:
        self._base = base
        self._send = send
        self._max = max_bytes
        self._small: tuple[Outcome, int | None] | None = None
        self._refused: tuple[Outcome, int | None] | None = None
        self._asked_late = False
        self.requests = 0
        self.bytes_sent = 0

    async def send(self, shape: Probe, size: int) -> Observation:
        """Send one body and count it."""
        probe = msgspec.structs.replace(shape, id=f"{shape.id}-{size}", body_bytes=size)
        seen = await self._send(probe)
        self.requests += len(seen.exchanges) or 1
        self.bytes_sent += sum(exchange.body.written for exchange in seen.exchanges)
        return seen

    def is_refusal(self, seen: Observation) -> bool:
        """Say whether a body was refused as the largest one was, or kept from the app in another way."""
        way = (seen.outcome, seen.status)
        if way == self._refused:
            return True
        return way != self._small and seen.judged.reached_app != "yes"

    def note_request(self, seen: Observation) -> None:
        """Remember that an accepted body saw the certificate asked for after the request."""
        late = seen.tls is not None and seen.tls.certificate_request in ("renegotiation", "post-handshake")
        self._asked_late = self._asked_late or late

    async def run(self) -> Threshold:
        """Search to the byte with the base probe, then try its two sizes in the other ways of sending."""
        given = self._base.identity != "none"
        main = _Way(self, "certificate" if given else "no-certificate", self._base)
        small = await self.send(self._base, 1)
        self._small = (small.outcome, small.status)
        if small.judged.reached_app != "yes" and (small.outcome != "response" or (small.status or 0) >= 400):
            return self._result(None, None, Refusal(outcome=small.outcome, status=small.status), [main])
        main.accepted = 1
        self.note_request(small)
        largest = await self.send(self._base, self._max)
        if (largest.outcome, largest.status) == self._small or _let_through(largest):
            self.note_request(largest)
            main.accepted = self._max
            return self._result(self._max, None, None, [main])
        self._refused = (largest.outcome, largest.status)
        accepted, refused = await self._bisect(main, *await self._among_known(main))
        ways = [main, *await self._other_ways(accepted, refused, given=given)]
        refusal = Refusal(outcome=largest.outcome, status=largest.status)
        return self._result(accepted, refused, refusal, ways)

    async def _among_known(self, way: _Way) -> tuple[int, int]:
        accepted, refused = 1, self._max
        candidates = [limit for limit in KNOWN_LIMITS if limit < self._max]
        while candidates:
            middle = candidates[len(candidates) // 2]
            if await way.accepts(middle):
                accepted, candidates = middle, [limit for limit in candidates if limit > middle]
            else:
                refused, candidates = middle, [limit for limit in candidates if limit < middle]
        if refused - accepted > 1 and not await way.accepts(accepted + 1):
            refused = accepted + 1
        return (way.accepted or accepted), refused

    async def _bisect(self, way: _Way, accepted: int, refused: int) -> tuple[int, int]:
        while refused - accepted > 1:
            middle = (accepted + refused) // 2
            if await way.accepts(middle):
                accepted = middle
            else:
                refused = middle
        return accepted, refused

    async def _other_ways(self, accepted: int, refused: int, *, given: bool) -> list[_Way]:
        replace = msgspec.structs.replace
        ways = [
            _Way(self, "expect", replace(self._base, id=f"{self._base.id}-expect", expect="wait")),
            _Way(self, "head-first", replace(self._base, id=f"{self._base.id}-head", head_first=True)),
        ]
        if given:
            ways.insert(
                0, _Way(self, "no-certificate", replace(self._base, id=f"{self._base.id}-none", identity="none"))
            )
        for way in ways:
            if await way.accepts(refused):
                if self._max > refused:
                    await way.accepts(self._max)
            elif not await way.accepts(accepted):
                await way.accepts(1)
        return ways

    def _result(
        self, accepted: int | None, refused: int | None, refusal: Refusal | None, ways: list[_Way]
    ) -> Threshold:
        return Threshold(
            largest_accepted=accepted,
            smallest_refused=refused,
            refusal=refusal,
            requests=self.requests,
            bytes_sent=self.bytes_sent,
            attribution=self._attribution(refused, ways),
            runs=tuple(ThresholdRun(with_=way.name, largest_accepted=way.accepted) for way in ways),
        )

    def _attribution(self, refused: int | None, ways: list[_Way]) -> Attribution:
        if refused is None:
            return "unknown"
        held = {way.name: way.accepted or 0 for way in ways}
        helped = [held.get(name, 0) >= refused for name in ("expect", "head-first")]
        if any(helped):
            return "renegotiation-buffer" if self._asked_late else "unknown"
        return "app-limit"
