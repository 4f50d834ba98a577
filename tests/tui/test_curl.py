"""``--curl``: a customer's command is enough to diagnose by, and its secrets go nowhere."""

import json
from pathlib import Path
from typing import Any

import pytest

from probes.errors import UsageFault
from tests.loops.served import diagnose, run, serve
from tui.commands.options import parse_options
from tui.curl import with_curl

SECRET = "s3cr3t-value-of-the-customer"


def merged(command: str, *options: str, target: str = "") -> tuple[str, dict[str, Any]]:
    url, found = with_curl(target, parse_options(["--curl", command, *options]))
    return url, dict(found)


def test_the_command_fills_what_the_user_left_open(tmp_path: Path) -> None:
    (tmp_path / "c.pem").write_text("x")
    (tmp_path / "body").write_bytes(b"x" * 200_000)
    url, found = merged(
        f"curl -k --tlsv1.2 --tls-max 1.2 --http1.1 --ciphers AES -H 'A: b' -T {tmp_path}/body "
        f"--cert {tmp_path}/c.pem:phrase --resolve h:443:10.0.0.1 -x p:3128 https://h/up"
    )
    assert url == "https://h/up"
    wanted = {
        "insecure": True,
        "own_tls": "1.2",
        "own_http": "1.1",
        "own_ciphers": "AES",
        "method": "PUT",
        "large_bytes": 200_000,
        "client": "curl",
        "connect_to": "10.0.0.1:443",
        "proxy": "http://p:3128",
        "headers": ("A: b",),
        "cert": f"{tmp_path}/c.pem",
        "cert_phrase": "phrase",
        "not_honoured": (),
    }
    assert {name: found[name] for name in wanted} == wanted


def test_what_the_user_wrote_wins(tmp_path: Path) -> None:
    url, found = merged(
        "curl --cert missing.pem --tls-max 1.2 -d @missing https://h/up",
        *("--cert", "mine.pem", "--own-tls", "1.3", "--as", "curl-7.68", "--large-bytes", "5000"),
        target="https://other/",
    )
    assert url == "https://other/"
    wanted = {"cert": "mine.pem", "own_tls": "1.3", "client": "curl-7.68", "large_bytes": 5000, "cert_phrase": None}
    assert {name: found.get(name) for name in wanted} == wanted
    assert "not on this machine" in found["not_honoured"][0].what


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("curl --cert missing.pem https://h", "--cert FILE"),
        ("curl --cacert missing.pem https://h", "--ca FILE"),
        ("curl -v", "no URL"),
        ("no-such-file", "neither"),
        ("curl 'https://h", "never closed"),
    ],
)
def test_what_is_missing_is_said(command: str, says: str) -> None:
    with pytest.raises(UsageFault, match=says):
        merged(command)


def test_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "command.txt").write_text("curl \\\n https://from-a-file/\n")
    assert merged(str(tmp_path / "command.txt"))[0] == "https://from-a-file/"


def test_without_target_and_command_one_line_says_what_to_do() -> None:
    ended = run("diagnose")
    assert ended.returncode == 2
    assert "TARGET is missing" in ended.stderr


def test_a_site_is_diagnosed_from_the_command_alone_and_no_secret_gets_out(tmp_path: Path) -> None:
    (tmp_path / "body").write_bytes(b"x" * 300_000)
    with serve("large-body-renegotiation") as ready:
        command = (
            f"curl -sv --cacert {ready['ca']} --cert {ready['certificate']} -H 'Authorization: Bearer {SECRET}' "
            f"-H 'X-Own: {SECRET}' -L --data-binary @{tmp_path}/body {ready['target']}upload?code={SECRET}"
        )
        case = diagnose("--curl", [command])
    assert case["verdict"]["finding"] == "curl-below-threshold"
    assert case["run"]["client"] == "curl"
    assert {one["probe"]["body_bytes"] for one in case["observations"] if one["probe"]["id"] == "as-curl-large"} == {
        300_000
    }
    assert any("-L" in unknown["what"] for unknown in case["unknown"])
    assert SECRET not in json.dumps(case)


def test_expect_in_the_command_is_played_as_it_was_told(tmp_path: Path) -> None:
    (tmp_path / "body").write_bytes(b"x" * 300_000)
    with serve("large-body-renegotiation") as ready:
        given = f"--cacert {ready['ca']} --cert {ready['certificate']} --data-binary @{tmp_path}/body"
        results = {}
        for header in ("Expect: 100-continue", "Expect:"):
            case = diagnose("--curl", [f"curl {given} -H '{header}' {ready['target']}"])
            probes = {one["probe"]["id"]: one["probe"]["expect"] for one in case["observations"]}
            clients = {one["name"]: one["result"] for one in case["verdict"]["clients"]}
            results[header] = (case["run"]["own_expect"], probes["as-curl-large"], clients["curl"])
    assert results == {
        "Expect: 100-continue": ("always", "wait", "works"),
        "Expect:": ("never", "none", "works-if"),
    }
