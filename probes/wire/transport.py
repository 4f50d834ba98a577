"""The httpx transport that sends probes: an httpx.AsyncClient on it keeps every fact of the wire."""

from collections.abc import AsyncIterator
from http.cookiejar import CookieJar

import httpx

from probes.wire.call import Call
from probes.wire.exchange import ExchangeRun
from probes.wire.faults import WireFault
from probes.wire.http import RequestHead
from probes.wire.request import authority

CALL = "mtls_triage.call"
"""The key of ``request.extensions`` under which a request brings the :class:`Call` that it belongs to."""


class ProbeTransport(httpx.AsyncBaseTransport):
    """Sends a request on the connection of its Call; the first request opens it.

    httpx's own exceptions tell the caller that there is no answer; the Call holds why.
    """

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request and return its answer, body included and bounded.

        Raises httpx.TransportError with the WireFault as its cause.
        """
        call: Call = request.extensions[CALL]
        target = bytes(request.extensions["target"]).decode("utf-8")
        if call.options.proxy and request.url.scheme == "http":
            # A plain request goes to the proxy in absolute form (RFC 9112 section 3.2.2).
            target = f"{call.probe.origin}{target}"
        head = RequestHead(
            method=request.method,
            scheme=request.url.scheme,
            authority=authority(call.probe.origin),
            target=target,
            headers=tuple((name, value) for name, value in request.headers.raw if name.lower() != b"host"),
        )
        declared = int(request.headers.get("content-length", "0"))
        try:
            run = await call.exchange(head, _chunks(request), declared)
        except WireFault as fault:
            raise _as_httpx(fault)(fault.message, request=request) from fault
        return _response(run, request)


async def _chunks(request: httpx.Request) -> AsyncIterator[bytes]:
    assert isinstance(request.stream, httpx.AsyncByteStream)
    async for chunk in request.stream:
        yield chunk


def _as_httpx(fault: WireFault) -> type[httpx.TransportError]:
    return {
        "dns-failure": httpx.ConnectError,
        "connect-failure": httpx.ConnectError,
        "proxy-failure": httpx.ProxyError,
        "tls-failure": httpx.ConnectError,
        "protocol-error": httpx.RemoteProtocolError,
        "stream-reset": httpx.RemoteProtocolError,
    }.get(fault.outcome, httpx.ReadError)


def _response(run: ExchangeRun, request: httpx.Request) -> httpx.Response:
    head = run.response.head
    assert head is not None
    # The body is kept as it came: decoding what a hostile server compressed could take any amount of memory.
    headers = [(name, value) for name, value in head.headers if name.lower() != b"content-encoding"]
    return httpx.Response(
        head.status,
        headers=headers,
        content=bytes(run.response.body),
        request=request,
        extensions={
            "http_version": f"HTTP/{head.version}".encode("ascii"),
            "reason_phrase": (head.reason or "").encode("latin-1"),
        },
    )


class _NoCookies(CookieJar):
    """A jar that takes nothing and gives nothing: what a server sets must not reach its next probe."""

    def extract_cookies(self, response: object, request: object) -> None:
        """Take nothing."""

    def add_cookie_header(self, request: object) -> None:
        """Give nothing."""


def probe_client() -> httpx.AsyncClient:
    """Return the client through which all probes of a run go: no redirects, no environment, no cookies kept."""
    # One deadline for the whole probe, set by the engine, replaces httpx's timeouts by phase.
    return httpx.AsyncClient(
        transport=ProbeTransport(),
        follow_redirects=False,
        trust_env=False,
        timeout=None,  # noqa: S113
        cookies=_NoCookies(),
    )
