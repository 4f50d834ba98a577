"""Azure on a real terminal: options without a target, the list of the command line, quitting while Azure hangs."""

import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.loops.served import run, serve
from tests.siteconfig.conftest import VARIABLES
from tests.tui.azure import FRESH, SCENARIO, asked, contacted, principal, reach, told
from tests.tui.patience import WITHOUT_WAITING
from tests.tui.tmux import Tmux, terminal


@pytest.fixture(scope="module")
def running() -> Iterator[dict[str, Any]]:
    with serve(SCENARIO) as ready:
        yield ready


@pytest.fixture
def lab(running: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    told(running, **FRESH)
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    return running


@pytest.fixture
def principal_here(lab: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in principal(lab).items():
        monkeypatch.setenv(name, value)


def test_the_list_is_searched_and_a_site_is_picked_by_its_number(lab: dict[str, Any], principal_here: None) -> None:
    with terminal() as tmux:
        tmux.run("config", *reach(lab))
        shown = tmux.wait("Number, or words to search for")
        assert "5 sites." in shown
        assert "neighbour-2" in shown
        tmux.line("neighbour second")
        tmux.wait("1 of 5 sites.")
        tmux.line("")
        tmux.until(lambda lines: sum("5 sites." in line for line in lines) == 3)
        tmux.line("lab-site local")
        tmux.wait("2 of 5 sites.")
        tmux.line("1")
        assert tmux.ended(20) == 0
        assert b"clientCertExclusionPaths" in tmux.raw()
        assert b"read from Azure (service principal with a secret)" in tmux.raw()
    tokens = [one for one in asked(lab, "entra") if one["path"].endswith("/token")]
    assert len(tokens) == 1, "the list and the site are read with one sign-in"


def test_a_no_to_the_host_probes_nothing(
    lab: dict[str, Any], principal_here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contacted(lab)
    # The neighbour's host is another machine's, so that it is asked for; its name resolves nowhere (RFC 6761).
    options = [word for word in reach(lab) if not word.startswith(("--connect-to", "localhost:"))]
    with terminal() as tmux:
        tmux.run("diagnose", *options)
        tmux.wait("Number, or words to search for")
        tmux.line("neighbour-3")
        tmux.wait("1 of 5 sites.")
        tmux.line("1")
        tmux.wait("Azure names the host neighbour-3.lab.test for this site. Probe it? [y/N]")
        tmux.line("n")
        assert tmux.ended(20) == 130
        assert not list(tmux.folder.rglob("*.jsonl")), "no case was begun"
    assert contacted(lab) == before


def test_ctrl_c_leaves_the_list(lab: dict[str, Any], principal_here: None) -> None:
    with terminal() as tmux:
        tmux.run("config", *reach(lab))
        tmux.wait("Number, or words to search for")
        tmux.press("C-c")
        # The shell's script is interrupted with it, so that no status is printed.
        tmux.wait("^Cinterrupted", 5)
        assert b"Traceback" not in tmux.raw()


def on_screen(tmux: Tmux, lab: dict[str, Any], *more: str) -> None:
    tmux.run(*reach(lab), *more)
    tmux.wait("An Azure site")
    tmux.press("z")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"kind": "silent"}, "listing the sites of all subscriptions"),
        ({"kind": "dripping", "seconds": 0.3}, "listing the sites of all subscriptions"),
        ({"kind": "silent", "service": "entra"}, "asking who is signed in here"),
    ],
    ids=["arm silent", "arm dripping", "authority silent"],
)
def test_the_app_quits_within_a_second_while_azure_hangs(
    lab: dict[str, Any], principal_here: None, fault: dict[str, Any], words: str
) -> None:
    told(lab, faults=[fault])
    with terminal() as tmux:
        on_screen(tmux, lab)
        tmux.wait(f"{words}")
        tmux.until(lambda lines: any(words in line and " 2 " in line for line in lines))
        began = time.monotonic()
        tmux.press("C-q")
        assert tmux.ended(10) == 0
        assert time.monotonic() - began < WITHOUT_WAITING
        assert tmux.changed() == ""
        assert tmux.left_on() == set()
        assert "Traceback" not in "\n".join(tmux.screen())


def test_the_app_quits_within_a_second_while_a_code_waits(lab: dict[str, Any]) -> None:
    told(lab, device_login="pending")
    with terminal((80, 24)) as tmux:
        on_screen(tmux, lab, "--sign-in", "device-code")
        shown = tmux.wait("waiting for you to sign in there")
        assert "devicelogin" in shown
        began = time.monotonic()
        tmux.press("C-q")
        assert tmux.ended(10) == 0
        assert time.monotonic() - began < WITHOUT_WAITING
        assert tmux.left_on() == set()
        raw, polls = tmux.raw(), len(asked(lab, "entra"))
        assert b"access_token" not in raw
        time.sleep(2.2)
        assert len(asked(lab, "entra")) == polls, "nobody asks for a token any more"


def test_without_a_terminal_options_alone_say_what_to_use(lab: dict[str, Any]) -> None:
    ended = run(*reach(lab))
    assert ended.returncode == 2
    assert "`mtls-triage diagnose TARGET` does the same without it" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    ended = run("--no-such-option")
    assert ended.returncode == 2
    assert "No such option" in ended.stderr


def test_the_app_loads_nothing_of_azure_before_it_is_asked_for() -> None:
    program = (
        "import sys, tui.app\n"
        "heavy = ('azure', 'msal', 'aiohttp', 'requests')\n"
        "print(sorted(name for name in sys.modules if name.partition('.')[0] in heavy))"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert ended.stdout.strip() == "[]"
