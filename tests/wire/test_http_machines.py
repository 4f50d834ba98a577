"""The HTTP machines without sockets: whole or byte by byte, the same; hostile input fails and never raises."""

import h2.config
import h2.connection
import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.wire.http import RequestHead
from probes.wire.http1 import Http1
from probes.wire.http2 import Http2, error_code_name

GET = RequestHead(method="GET", scheme="https", authority="h", target="/")
POST = RequestHead(method="POST", scheme="https", authority="h", target="/", headers=((b"Content-Length", b"5"),))

ANSWERS = {
    "plain": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "interim": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
    b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
    "chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "no-reason": b"HTTP/1.1 204 \r\n\r\n",
}


def facts(machine: Http1) -> tuple[object, ...]:
    response = machine.response
    head = response.head
    return (response.interim, head, bytes(response.body), response.body_bytes, response.done, machine.failed)


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_whole_or_byte_by_byte_is_the_same(answer: bytes) -> None:
    results = []
    for size in (1, len(answer)):
        machine = Http1()
        machine.head(GET, has_body=False)
        for at in range(0, len(answer), size):
            machine.receive(answer[at : at + size])
        results.append(facts(machine))
    assert results[0] == results[1]
    assert results[0][1] is not None
    assert results[0][4] is True


def test_an_early_final_answer_is_there_while_the_body_is_still_to_be_sent() -> None:
    machine = Http1()
    assert machine.head(POST, has_body=True).endswith(b"\r\n\r\n")
    machine.receive(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    assert machine.response.head is not None
    assert machine.response.head.status == 403
    assert not machine.open


def test_a_second_exchange_needs_a_connection_that_stays_open() -> None:
    machine = Http1()
    machine.head(GET, has_body=False)
    machine.receive(ANSWERS["plain"])
    assert machine.open
    machine.head(GET, has_body=False)
    machine.receive(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    assert not machine.open


@given(st.binary(max_size=300))
def test_any_bytes_are_an_answer_or_a_failure(data: bytes) -> None:
    for machine in (Http1(), Http2()):
        machine.head(GET, has_body=False)
        machine.receive(data)
        machine.receive(b"")
        assert machine.failed is None or machine.failed.isprintable()


@given(st.binary(max_size=120))
def test_a_body_is_counted_whole(body: bytes) -> None:
    machine = Http1()
    machine.head(GET, has_body=False)
    machine.receive(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    assert (machine.response.body_bytes, bytes(machine.response.body)) == (len(body), body)
    assert machine.response.done


def converse_h2(size: int, *, reset: int | None = None, body: bytes = b"hello") -> Http2:
    """Answer one POST as an HTTP/2 server in memory, ``size`` bytes at a time towards the client."""
    server = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
    server.initiate_connection()
    client = Http2()
    said = client.head(POST, has_body=True)
    assert client.room() > 0
    server.receive_data(said + client.data(body) + client.end())
    if reset is None:
        server.send_headers(1, [(":status", "103"), ("link", "x")])
        server.send_headers(1, [(":status", "403"), ("server", "lab"), ("set-cookie", "a")])
        server.send_data(1, b"no", end_stream=True)
    else:
        server.reset_stream(1, reset)
    answer = server.data_to_send()
    for at in range(0, len(answer), size):
        client.receive(answer[at : at + size])
    return client


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_http2_whole_or_in_pieces_is_the_same(size: int) -> None:
    client = converse_h2(size)
    head = client.response.head
    assert head is not None
    assert (head.status, head.version, head.reason) == (403, "2", None)
    assert head.headers == ((b"server", b"lab"), (b"set-cookie", b"a"))
    assert (client.response.interim, bytes(client.response.body), client.response.done) == ([103], b"no", True)
    assert client.open


@pytest.mark.parametrize("size", [1, 1 << 20])
def test_http2_a_reset_stream_keeps_its_code(size: int) -> None:
    client = converse_h2(size, reset=13)
    assert (client.reset_code, client.response.head, client.room()) == (13, None, 0)


def test_names_of_http2_errors() -> None:
    assert error_code_name(13) == "HTTP_1_1_REQUIRED"
    assert error_code_name(999) == "error code 999"
