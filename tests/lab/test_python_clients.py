"""Python's HTTP clients send Expect and do not wait: the lab must let them fail where they fail in the field."""

import http.client
import socket
import ssl
from collections.abc import Callable
from urllib.parse import urlsplit

import aiohttp
import httpx
import pytest
import requests

from tests.lab.fixture import RENEGOTIATES, RunningLab

EXPECT = {"Expect": "100-continue"}
Client = Callable[[RunningLab, bytes, dict[str, str]], int]


def context_of(lab: RunningLab) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=lab.ready.ca)
    context.load_cert_chain(lab.ready.certificate)
    return context


def by_http_client(lab: RunningLab, body: bytes, headers: dict[str, str]) -> int:
    port = urlsplit(lab.ready.front_end).port
    connection = http.client.HTTPSConnection("localhost", port, context=context_of(lab), timeout=30)
    try:
        connection.request("POST", "/upload", body, headers)
        return connection.getresponse().status
    finally:
        connection.close()


def by_requests(lab: RunningLab, body: bytes, headers: dict[str, str]) -> int:
    with requests.Session() as session:
        session.trust_env = False
        answer = session.post(
            f"{lab.ready.front_end}/upload",
            data=body,
            headers=headers,
            verify=lab.ready.ca,
            cert=lab.ready.certificate,
            timeout=30,
        )
        return answer.status_code


def by_httpx(lab: RunningLab, body: bytes, headers: dict[str, str]) -> int:
    with httpx.Client(verify=context_of(lab), trust_env=False, timeout=30) as client:
        return client.post(f"{lab.ready.front_end}/upload", content=body, headers=headers).status_code


BROKEN = (OSError, http.client.HTTPException, requests.RequestException, httpx.TransportError)
"""What a client may raise whose connection ended."""
CLIENTS = [by_http_client, by_requests, by_httpx]


@pytest.mark.parametrize("client", CLIENTS)
def test_small_without_expect_passes(edge: RunningLab, client: Client) -> None:
    edge.patch(settings=RENEGOTIATES)
    assert client(edge, b"x" * 2000, {}) == 200


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("size", [2000, 300_000])
@pytest.mark.parametrize("mode", ["Required", "OptionalInteractiveUser"])
def test_expect_that_is_not_awaited_fails(edge: RunningLab, client: Client, size: int, mode: str) -> None:
    edge.patch(settings={**RENEGOTIATES, "clientCertMode": mode})
    for _ in range(5):
        try:
            status = client(edge, b"x" * size, EXPECT)
        except BROKEN:
            continue
        assert status == 403
    assert edge.seen()["refusals"] > 0


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("size", [2000, 300_000])
def test_expect_does_no_harm_without_renegotiation(edge: RunningLab, client: Client, size: int) -> None:
    assert client(edge, b"x" * size, EXPECT) == 200


async def test_aiohttp_waits_when_told_to(edge: RunningLab) -> None:
    edge.patch(settings=RENEGOTIATES)
    url, context = f"{edge.ready.front_end}/upload", context_of(edge)
    for size, expect in ((300_000, True), (2000, False)):
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, data=b"x" * size, ssl=context, expect100=expect) as answer,
        ):
            assert await answer.text() == f"received {size} bytes\n"


def test_head_and_body_in_one_record_pass(edge: RunningLab) -> None:
    """A client that writes head and small body at once does not wait either, and yet gets through."""
    edge.patch(settings=RENEGOTIATES)
    before = edge.seen()["renegotiations"]
    assert _raw_post(edge, 2000, together=True).startswith(b"HTTP/1.1 200")
    assert edge.seen()["renegotiations"] == before + 1
    assert _raw_post(edge, 2000, together=False).startswith(b"HTTP/1.1 403")
    assert _raw_post(edge, 300_000, together=True).startswith(b"HTTP/1.1 403")


def _raw_post(lab: RunningLab, size: int, *, together: bool) -> bytes:
    head = b"POST /upload HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n" % size
    port = urlsplit(lab.ready.front_end).port
    with (
        socket.create_connection(("localhost", port), 30) as raw,
        context_of(lab).wrap_socket(raw, server_hostname="localhost") as tls,
    ):
        for part in [head + b"x" * size] if together else [head, b"x" * size]:
            tls.sendall(part)
        return tls.recv(65_536)
