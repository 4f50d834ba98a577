"""What the lab tells of the requests to its Azure: enough to prove what was read, and no secret."""

import json

from probes.lab.azure_names import GROUP
from tests.lab.fixture import RunningLab
from tests.lab.sdk import SITE, call, calls, graph, site_path, token, web_client


def test_reading_is_gets_and_the_query(edge: RunningLab) -> None:
    before = len(calls(edge))
    with web_client(edge) as client:
        client.web_apps.get(GROUP, SITE)
        client.web_apps.get_configuration(GROUP, SITE)
    graph(edge, "resources | take 1")
    seen = calls(edge)[before:]
    assert [(one["method"], one["path"]) for one in seen] == [
        ("GET", site_path()),
        ("GET", site_path("config", "web")),
        ("POST", "/providers/Microsoft.ResourceGraph/resources"),
    ]
    assert {one["status"] for one in seen} == {200}
    assert all(one["bearer"] and one["host"] == str(edge.ready.arm).removeprefix("https://") for one in seen)
    assert "azsdk-python-mgmt-web/" in seen[0]["user_agent"]


def test_no_secret_is_in_it(edge: RunningLab) -> None:
    bearer = token(edge)
    call(edge, "GET", site_path() + f"?token={bearer}", bearer=bearer)
    call(edge, "GET", site_path(), bearer=str(edge.ready.azure_client_secret))
    told = json.dumps(edge.seen()) + json.dumps(edge.get())
    for secret in (bearer, edge.ready.azure_client_secret, edge.ready.identity_header):
        assert str(secret) not in told


def test_what_comes_from_outside_is_printable_and_short(edge: RunningLab) -> None:
    call(
        edge,
        "GET",
        "/subscriptions/" + "x" * 5_000,
        bearer=token(edge),
        headers={"User-Agent": "\x9b31m" + "y" * 900},
    )
    last = calls(edge)[-1]
    assert len(last["path"]) <= 501
    assert last["user_agent"].startswith("\\x9b31m")
    assert len(last["user_agent"]) < 320


def test_the_edge_counts_without_azure(edge: RunningLab) -> None:
    before = edge.seen()
    token(edge)
    after = edge.seen()
    assert len(after["azure"]) > len(before["azure"])
    assert {**after, "azure": []} == {**before, "azure": []}
