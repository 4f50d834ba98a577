"""Builds the httpx requests of a probe: every header is ours, the path goes on the wire as it was written."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import httpx

from probes.model import Probe
from probes.version import VERSION

USER_AGENT = f"mtls-triage/{VERSION}"
RUN_HEADER = "X-Mtls-Triage-Run"
PROBE_HEADER = "X-Mtls-Triage-Probe"
CHUNK = 16_384
"""Body bytes in one write: the payload of one full TLS record (RFC 8446 section 5.1)."""
_PATTERN = (b"mtls-triage probe body, nothing in it is meant to be kept. " * 278)[:CHUNK]


async def body_of(size: int) -> AsyncIterator[bytes]:
    """Yield ``size`` bytes of filler in chunks, so that memory stays constant whatever the size."""
    while size > 0:
        piece = _PATTERN[: min(size, CHUNK)]
        size -= len(piece)
        yield piece


def authority(origin: str) -> str:
    """Return the value of Host for an origin, without the scheme's own port (RFC 9110 section 7.2)."""
    parts = urlsplit(origin)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    standard = {"https": 443, "http": 80}.get(parts.scheme)
    return host if parts.port in (None, standard) else f"{host}:{parts.port}"


def build(
    probe: Probe,
    *,
    run_id: str,
    path: str,
    extra: tuple[tuple[str, str], ...] = (),
    head: bool = False,
    canary: str = "",
) -> httpx.Request:
    """Return one request of the probe; ``head`` makes the HEAD that goes before it.

    ``path`` is the probe's path with its secrets in place. The transport reads it from ``extensions["target"]``,
    because httpx removes dot segments from URLs. ``canary`` is what a canary probe claims in X-ARR-ClientCert.
    """
    sends_body = probe.body_bytes > 0 and not head
    headers = [
        ("User-Agent", USER_AGENT),
        ("Accept", "*/*"),
        (RUN_HEADER, run_id),
        (PROBE_HEADER, probe.id),
        *extra,
    ]
    if sends_body or (probe.method in ("POST", "PUT", "PATCH") and not head):
        headers += [("Content-Type", "application/octet-stream"), ("Content-Length", str(probe.body_bytes))]
    if probe.canary:
        headers.append(("X-ARR-ClientCert", canary))
    if probe.expect != "none" and sends_body:
        headers.append(("Expect", "100-continue"))
    return httpx.Request(
        "HEAD" if head else probe.method,
        f"{probe.origin}/",
        headers=headers,
        content=body_of(probe.body_bytes) if sends_body else None,
        extensions={"target": path.encode("utf-8")},
    )
