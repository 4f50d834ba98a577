"""Postman and a Go service at one site: one run, one set of observations, and each client's own answer."""

import json
import urllib.request
from typing import Any

import pytest

from probes.personas import CLIENTS
from tests.loops.served import run, serve


def connections(ready: dict[str, Any]) -> int:
    with urllib.request.urlopen(ready["control"] + "/seen", timeout=10) as answer:
        return int(json.load(answer)["connections"])


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """What a person reads, and the saved case of that very run; the lab has counted the connections."""
    file = tmp_path_factory.mktemp("one") / "case.jsonl"
    with serve("large-body-renegotiation") as ready:
        ended = run("diagnose", ready["target"], *ready["options"], "--save", str(file))
        sent = connections(ready)
        case = json.loads(run("report", str(file), "--json", "--audience", "team").stdout)
        again = connections(ready)
    assert sent == again == len(case["observations"])
    return ended.stdout, case


def whom(stdout: str) -> dict[str, list[str]]:
    """The line below the verdict, taken apart."""
    text = " ".join(stdout.partition("Cause\n")[0].split())
    line = text[text.index("Hit ") :]
    parts = [part.strip().rpartition(") ") for part in line.split(" · ")]
    groups = {}
    for before, closed, rest in parts:
        label, names = (before, rest) if closed else rest.split(" ", 1)
        groups[label.partition(" ")[0]] = names.split(", ")
    return groups


def test_one_line_says_whom_it_hits_whom_worse_and_whom_it_spares(told: tuple[str, dict[str, Any]]) -> None:
    groups = whom(told[0])
    assert list(groups) == ["Hit", "Worse", "Depends", "Spared"]
    assert {"postman", "requests", "httpx", "node"} <= set(groups["Hit"])
    assert {"go", "rustls"} <= set(groups["Worse"])
    assert "Worse (any size) " in told[0]
    assert {"curl", "dotnet"} <= set(groups["Depends"])
    assert "dotnet-framework" in groups["Spared"]
    assert sum(map(len, groups.values())) == len(CLIENTS)


def test_postman_and_go_have_findings_of_their_own(told: tuple[str, dict[str, Any]]) -> None:
    lines = {one["name"]: one for one in told[1]["verdict"]["clients"]}
    assert lines["postman"]["finding"] == "expect-not-awaited"
    assert lines["go"]["finding"] == "renegotiation-refused-by-client"
    assert "renegotiation" in lines["go"]["because"]
    assert "by itself it waits for 100 Continue only above 1,048,576 bytes" in lines["curl"]["because"]


def test_nobody_who_does_not_wait_is_told_to_send_expect(told: tuple[str, dict[str, Any]]) -> None:
    for line in told[1]["verdict"]["clients"]:
        advised = "told to send Expect" in line["because"]
        assert not advised or CLIENTS[line["name"]].waits, line
    now = " ".join(told[0].partition("Now, without a change in Azure")[2].partition("Lasting")[0].split())
    assert "Only for clients that hold the body back: send `Expect: 100-continue`" in now
    assert "Clients that send the header and do not wait (Postman" in now
