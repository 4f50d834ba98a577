"""The command line: light to start, one clear line for a wrong call, the exit statuses of the contract."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.loops.served import run
from tests.peers import badservers
from tests.peers.certs import Pki, make_pki

HEAVY = {"textual", "rich", "cryptography", "httpx", "OpenSSL", "azure", "h11", "h2"}


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    return make_pki(tmp_path_factory.mktemp("pki"))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["diagnose", "--help"], ["threshold", "--help"],
                                       ["lab", "--help"], ["decode", "--help"], ["findings", "--help"]])  # fmt: skip
def test_help_and_version_import_nothing_heavy(arguments: list[str]) -> None:
    code = (
        f"import sys\nsys.argv = ['mtls-triage', *{arguments!r}]\nfrom tui.cli import main\n"
        "try:\n    main()\nexcept SystemExit as ended:\n    status = ended.code\n"
        "sys.stderr.write(repr((status, sorted(name.partition('.')[0] for name in sys.modules))))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    status, modules = eval(ended.stderr)
    assert status == 0
    assert ended.stdout
    assert HEAVY & set(modules) == set()


def assert_one_clear_line(ended: "subprocess.CompletedProcess[str]", status: int) -> str:
    assert ended.returncode == status, ended.stderr
    lines = [line for line in ended.stderr.splitlines() if line.strip()]
    assert "Traceback" not in ended.stderr
    assert 1 <= len(lines) <= 3, ended.stderr
    assert ended.stdout == ""
    return lines[-1]


@pytest.mark.parametrize(
    "target",
    ["example.com", "ftp://h/", "https://", "https://h:99999/", "https://h:x/", "https://a b/", "https://u:p@h/",
     "https://[::1", "lab:no-such", "/subscriptions/x", "https://h\x1b]0;x\x07/", ""],
)  # fmt: skip
def test_a_malformed_target_is_one_clear_line(target: str) -> None:
    said = assert_one_clear_line(run("diagnose", target, "--allow-uploads"), 2)
    assert "\x1b" not in said


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["--key", "k.pem"], "--cert"),
        (["--header", "nocolon"], "--header"),
        (["--header", "Host: x"], "Host"),
        (["--header", "X: a\nb"], "not allow"),
        (["--header-env", "X=NO_SUCH_VARIABLE_HERE"], "not set"),
        (["--connect-to", "nowhere"], "HOST:PORT"),
        (["--debug-path", "debug"], "slash"),
        (["--answer", "x"], "NODE=ANSWER"),
        (["--proxy", "socks5://h:1"], "proxy"),
        (["--ca", "/no/such/file"], "CA file"),
        (["--config", "/no/such/file.json"], "file.json"),
        (["--cert-password-env", "NO_SUCH_VARIABLE_HERE", "--cert", "x.pem"], "NO_SUCH_VARIABLE_HERE"),
        (["--timeout", "0"], "--timeout"),
        (["--as", "internet-explorer"], "--as"),
    ],
)
def test_a_wrong_option_says_what_and_what_to_do(options: list[str], word: str) -> None:
    ended = run("diagnose", "https://localhost:9/", *options)
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr
    assert word in ended.stderr


@pytest.mark.parametrize("kind", ["missing", "empty", "binary", "huge", "folder", "text"])
def test_a_certificate_file_that_is_none(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "cert.pem"
    if kind == "folder":
        file.mkdir()
    elif kind == "huge":
        with file.open("wb") as out:
            out.truncate(100 * 1024 * 1024)
    elif kind != "missing":
        file.write_bytes({"empty": b"", "binary": os.urandom(3000), "text": b"hello\n"}[kind])
    said = assert_one_clear_line(run("diagnose", "https://localhost:9/", "--cert", str(file)), 2)
    assert "cert.pem" in said


def test_key_of_another_certificate_and_wrong_pass_phrase(pki: Pki, tmp_path: Path) -> None:
    other = run(
        "diagnose", "https://localhost:9/", "--cert", str(pki.good.certificate), "--key", str(pki.foreign.key)
    )
    assert_one_clear_line(other, 2)
    pfx = tmp_path / "p.pfx"
    made = ["openssl", "pkcs12", "-export", "-out", str(pfx), "-passout", "pass:right", "-in", str(pki.good.pem)]
    subprocess.run(made, check=True, capture_output=True)
    wrong = run(
        "diagnose", "https://localhost:9/", "--cert", str(pfx), "--cert-password-env", "P", env={"P": "wr0ng-one"}
    )
    assert "wr0ng-one" not in assert_one_clear_line(wrong, 2)


def test_uploads_to_a_stranger_need_consent_without_a_terminal() -> None:
    said = assert_one_clear_line(run("diagnose", "https://site.invalid/"), 2)
    assert "--allow-uploads" in said


def test_a_dry_run_prints_the_plan_and_contacts_nobody() -> None:
    with badservers.stall() as peer:
        ended = run("diagnose", f"https://localhost:{peer.port}/x", "--dry-run")
        assert peer.accepted == 0
    assert ended.returncode == 0
    assert "POST /x/mtls-triage-" in ended.stdout
    listed = json.loads(run("diagnose", "https://site.invalid/", "--dry-run", "--json").stdout)
    assert listed["requests"] >= len(listed["probes"]) > 10


def test_unreachable_and_foreign_servers_are_told_apart_in_words() -> None:
    closed = run("diagnose", f"https://localhost:{free_port()}/")
    assert (closed.returncode, "Traceback" in closed.stderr) == (1, False)
    assert "refused" in closed.stdout
    unnamed = run("diagnose", "https://no-such-host.invalid/", "--allow-uploads")
    assert unnamed.returncode == 1
    assert "no-such-host.invalid" in unnamed.stdout
    with badservers.ssh() as peer:
        ssh = run("diagnose", f"https://localhost:{peer.port}/", "--timeout", "5")
    assert ssh.returncode == 3
    assert "SSH" in ssh.stdout
    with badservers.plain_http() as peer:
        plain = run("diagnose", f"https://localhost:{peer.port}/", "--timeout", "5")
    assert plain.returncode == 3
    assert "plain HTTP" in plain.stdout


def test_an_interrupt_ends_with_130_and_one_word(pki: Pki) -> None:
    import signal

    with badservers.stall(pki) as peer:
        command = [sys.executable, "-m", "tui", "diagnose", f"https://localhost:{peer.port}/", "--ca", str(pki.ca)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            while not peer.accepted:
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=10)
    assert process.returncode == 130
    assert "Traceback" not in said


def test_what_is_contacted_decides_about_consent_not_what_the_url_is_called() -> None:
    for option in (
        ["--connect-to", "192.0.2.1:443"],
        ["--proxy", "http://192.0.2.1:3128"],
        ["--origin", "site.invalid"],
    ):
        said = assert_one_clear_line(run("diagnose", "https://localhost:9/", *option), 2)
        assert "--allow-uploads" in said


def test_faults_of_the_certificate_are_said_before_anything_is_sent(pki: Pki) -> None:
    with badservers.stall() as peer:
        ended = run("diagnose", f"https://localhost:{peer.port}/", "--cert", str(pki.expired.pem), "--timeout", "0.5")
    lines = ended.stderr.splitlines()
    assert "expired" in lines[0]
    assert "goes on" in lines[0]
    assert any("get-own" in line for line in lines[1:])
