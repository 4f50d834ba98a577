"""The wire engine: one probe in, one observation out; nothing that happens on the wire raises."""

import asyncio
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from probes.errors import CredentialFault
from probes.model import ErrorFacts, Identity, Observation, Outcome, Probe, Value
from probes.redact import Redactor
from probes.wire.call import Call, CallOptions
from probes.wire.contexts import ClientIdentity, TlsContexts
from probes.wire.faults import WireFault
from probes.wire.keylog import KeyLog
from probes.wire.observe import Ending, make_observation
from probes.wire.quiet import quiet
from probes.wire.request import build
from probes.wire.transport import CALL, probe_client
from probes.wire.trust import Trust


class EngineSettings(Value, frozen=True, kw_only=True):
    """What holds for all probes of a run.

    ``timeout_s`` is the one deadline of a probe. ``headers`` are the user's own, every value a secret.
    ``paths`` gives the real path for a probe's path whose secrets were taken out. ``canary`` is the Base64 of the
    DER certificate that canary probes claim to have, and only they. ``keylog`` is the file that the TLS session keys
    are written to, None for none.
    """

    run_id: str
    timeout_s: float = 30.0
    insecure: bool = False
    proxy: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    paths: tuple[tuple[str, str], ...] = ()
    secrets: tuple[str, ...] = ()
    canary: str = ""
    use_messages: bool = True
    keylog: Path | None = None


class Seen(Value, frozen=True, kw_only=True):
    """An observation, and the raw body of its last answer for the decoder; the body is not kept anywhere."""

    observation: Observation
    body: bytes = b""
    content_type: str | None = None


class Engine:
    """Sends probes, each on its own connection; an async context manager.

    ``identities`` maps ``given``, ``throwaway`` … to client certificates; ``none`` sends nothing.
    """

    def __init__(self, settings: EngineSettings, trust: Trust, identities: Mapping[Identity, ClientIdentity]) -> None:
        quiet()
        self.settings = settings
        self.redactor = Redactor((*settings.secrets, *(value for _name, value in settings.headers)))
        self._keylog = KeyLog(settings.keylog) if settings.keylog else None
        self._contexts = TlsContexts(trust, identities, use_messages=settings.use_messages, keylog=self._keylog)
        self._client = probe_client()
        self._paths = dict(settings.paths)

    async def __aenter__(self) -> Self:
        """Enter the client."""
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the client."""
        await self._client.__aexit__(kind, fault, trace)
        if self._keylog is not None:
            self._keylog.close()

    async def observe(
        self,
        probe: Probe,
        observation_id: str,
        *,
        attempt: int = 1,
        small_hello: bool = False,
        on_waiting: Callable[[str], None] | None = None,
    ) -> Seen:
        """Send the probe and say what was seen; cancelling it raises CancelledError after the socket is closed.

        ``small_hello`` offers no post-quantum key share, so that the ClientHello fits into one TCP segment.
        """
        options = CallOptions(proxy=self.settings.proxy, insecure=self.settings.insecure, small_hello=small_hello)
        call = Call(probe, self._contexts, options, on_waiting)
        began = datetime.now(UTC)
        try:
            ending = await self._send(call)
        finally:
            closed_by_us = call.channel is not None and call.channel.ended is None
            await call.close()
        observation = make_observation(
            call, ending, self.redactor, observation_id, attempt=attempt, began=began, closed_by_us=closed_by_us
        )
        return _seen(observation, call)

    async def _send(self, call: Call) -> Ending:
        probe = call.probe
        path = self._paths.get(probe.path, probe.path)
        settings = self.settings
        common = {"run_id": settings.run_id, "path": path, "extra": settings.headers, "canary": settings.canary}
        requests = [build(probe, **common, head=True)] if probe.head_first else []  # type: ignore[arg-type]
        requests.append(build(probe, **common))  # type: ignore[arg-type]
        try:
            async with asyncio.timeout(self.settings.timeout_s):
                for request in requests:
                    request.extensions[CALL] = call
                    await self._client.send(request)
        except TimeoutError:
            limit = f"{self.settings.timeout_s:g} s"
            words = call.awaited.replace("-", " ")
            return _ending("timeout", "deadline", f"Nothing came within {limit} while waiting for: {words}.")
        except httpx.TransportError as error:
            cause = error.__cause__
            if isinstance(cause, WireFault):
                return _ending(cause.outcome, cause.kind, cause.message)
            return _ending("protocol-error", "httpx", str(error))
        except CredentialFault as fault:
            return _ending("not-run", "local", str(fault))
        except Exception as fault:
            # A fault of our own must neither end the run nor look like the site's; its text could hold a secret.
            return _ending("not-run", "internal", f"This probe failed in the tool itself ({_where(fault)}).")
        return Ending(outcome="response")


def _where(fault: BaseException) -> str:
    frame = traceback.extract_tb(fault.__traceback__)[-1]
    return f"{type(fault).__name__} in {frame.name}, line {frame.lineno}"


def _ending(outcome: Outcome, kind: str, message: str) -> Ending:
    return Ending(outcome=outcome, error=ErrorFacts(kind=kind, message=message))


def _seen(observation: Observation, call: Call) -> Seen:
    head = call.exchanges[-1][1].response.head if call.exchanges else None
    if head is None:
        return Seen(observation=observation)
    kinds = [value for name, value in head.headers if name.lower() == b"content-type"]
    return Seen(
        observation=observation,
        body=bytes(call.exchanges[-1][1].response.body),
        content_type=kinds[0].decode("latin-1") if kinds else None,
    )
