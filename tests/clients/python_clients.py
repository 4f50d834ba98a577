"""Python's clients, in this process: requests, httpx, aiohttp."""

import asyncio
import ssl

import aiohttp
import httpx
import requests
from requests.adapters import HTTPAdapter

from tests.clients.order import Got, Order

EXPECT = {"Expect": "100-continue"}
_VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


def context_of(order: Order) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=order.ca)
    context.load_cert_chain(order.certificate)
    context.maximum_version = _VERSIONS[order.tls]
    return context


class _Capped(HTTPAdapter):
    """Holds requests at one version of TLS; everything else stays as urllib3 sets it up."""

    def __init__(self, order: Order) -> None:
        self._order = order
        super().__init__()

    def init_poolmanager(self, *args: object, **kwargs: object) -> None:
        kwargs["ssl_maximum_version"] = _VERSIONS[self._order.tls]
        super().init_poolmanager(*args, **kwargs)  # type: ignore[arg-type]


def by_requests(order: Order) -> Got:
    with requests.Session() as session:
        session.trust_env = False
        session.verify, session.cert = order.ca, order.certificate
        session.mount("https://", _Capped(order))
        try:
            if order.head_first:
                session.head(order.url, timeout=order.seconds)
            headers = EXPECT if order.expect else {}
            body = b"x" * order.size
            return Got(session.post(order.url, data=body, headers=headers, timeout=order.seconds).status_code)
        except (requests.RequestException, OSError) as fault:
            return Got(None, str(fault))


def by_httpx(order: Order) -> Got:
    with httpx.Client(verify=context_of(order), trust_env=False, timeout=order.seconds) as client:
        try:
            if order.head_first:
                client.head(order.url)
            headers = EXPECT if order.expect else {}
            return Got(client.post(order.url, content=b"x" * order.size, headers=headers).status_code)
        except httpx.TransportError as fault:
            return Got(None, str(fault))


def by_aiohttp(order: Order) -> Got:
    return asyncio.run(_aiohttp(order))


async def _aiohttp(order: Order) -> Got:
    context = context_of(order)
    limit = aiohttp.ClientTimeout(total=order.seconds)
    async with aiohttp.ClientSession(timeout=limit) as session:
        try:
            if order.head_first:
                async with session.head(order.url, ssl=context) as answer:
                    await answer.read()
            body = b"x" * order.size
            async with session.post(order.url, data=body, ssl=context, expect100=order.expect) as answer:
                await answer.read()
                return Got(answer.status)
        except (aiohttp.ClientError, OSError, TimeoutError) as fault:
            return Got(None, str(fault) or type(fault).__name__)
