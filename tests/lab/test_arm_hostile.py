"""Nothing that a client sends to the lab's Azure breaks it: each gets an answer, and no connection crashes."""

from typing import Any

import pytest

from tests.lab.fixture import RunningLab
from tests.lab.raw import read_all, tcp
from tests.lab.sdk import call, site_path, token

GRAPH = "/providers/Microsoft.ResourceGraph/resources"
LONG = "9" * 5_000


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "//",
        "/subscriptions?$top=" + LONG,
        "/subscriptions?$top=0&$skipToken=" + LONG,
        "/subscriptions?$skiptoken=%C2%B2",
        "/%00/%ff/%2e%2e/x",
        site_path("config", "%2e%2e"),
        site_path("slots"),
        site_path("slots", "staging", "slots"),
        site_path("providers", "Microsoft.Resources", "changes", "a", "b"),
        "/subscriptions/a/b/c/d/e/f/g/h/i/j/k",
        "/?" + "&".join(f"a{number}=1" for number in range(300)),
    ],
)
def test_paths(edge: RunningLab, path: str) -> None:
    status, _, body = call(edge, "GET", path, bearer=token(edge))
    assert status in (200, 400, 404)
    assert isinstance(body, dict)


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {"query": 5},
        {"query": "resources", "subscriptions": 5},
        {"query": "resources", "options": [1]},
        {"query": "resources", "options": {"$skip": "x"}},
        {"query": "resources", "options": {"$top": -1}},
        {"query": "resources | extend x = split(name, '')"},
        {"query": "resources | where properties[dynamic([1])] == 1"},
        {"query": f"resources | where name == 'x' | take {LONG}"},
        {"query": f"resources | where {LONG}d == 1"},
        {"query": "resources | extend x = ago('1')"},
        {"query": "resources | order by"},
        {"query": "resources | mv-expand"},
        {"query": "\x00"},
    ],
)
def test_queries(edge: RunningLab, body: Any) -> None:
    status, _, answer = call(edge, "POST", GRAPH, body=body, bearer=token(edge))
    assert (status, answer["error"]["code"]) == (400, "BadRequest")


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
@pytest.mark.parametrize("properties", [{"siteConfig": []}, {"siteConfig": {"ipSecurityRestrictions": {"a": 1}}}, {}])
def test_writes(edge: RunningLab, method: str, properties: Any) -> None:
    before = edge.get()
    assert call(edge, method, site_path(), body={"properties": properties}, bearer=token(edge))[0] in (200, 400)
    assert edge.get() == before


def test_sign_in_with_too_many_fields(edge: RunningLab) -> None:
    form = {f"field{number}": "x" for number in range(200)}
    path = f"/{edge.ready.azure_tenant_id}/oauth2/v2.0/token"
    assert call(edge, "POST", path, service="entra", form=form, api=None)[0] == 400


@pytest.mark.parametrize("service", ["arm", "entra", "identity_endpoint"])
@pytest.mark.parametrize(
    "data",
    [b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x00\x05\x01\x00\x00\x00\x00", b"\x00" * 100, b"GET x\r\n\r\n", b""],
)
def test_bytes(edge: RunningLab, service: str, data: bytes) -> None:
    with tcp(edge, getattr(edge.ready, service)) as sock:
        sock.settimeout(5)
        sock.sendall(data)
        sock.shutdown(1)
        assert b"HTTP/1.1 200" not in read_all(sock)
    assert edge.seen()["crashes"] == 0


def test_a_body_that_is_too_large_and_one_that_is_awaited(edge: RunningLab) -> None:
    bearer = token(edge)
    assert call(edge, "POST", GRAPH, body={"query": "x" * 900_000}, bearer=bearer)[0] == 400
    headers = {"Expect": "100-continue"}
    assert call(edge, "POST", GRAPH, body={"query": "resources | count"}, bearer=bearer, headers=headers)[0] == 200
