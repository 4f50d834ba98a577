"""The command in a real terminal: started, walked, copied from, quit and killed; and the terminal is as before."""

import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest
from rich.cells import cell_len

from probes.case import open_case
from tests.loops.served import patch, serve
from tests.tui.patience import WITHOUT_WAITING
from tests.tui.tmux import Tmux, terminal

pytestmark = pytest.mark.peer("tmux")
CAUSE = "The certificate is asked for too late for large uploads"


@pytest.fixture(scope="module")
def hanging() -> Iterator[dict[str, Any]]:
    """A lab whose front end reads a request and never answers it."""
    with serve("large-body-renegotiation") as lab:
        patch(lab, {"faults": {"stall": "head"}})
        yield lab


def assert_as_before(seen: Tmux) -> None:
    """Nothing of the program is left: no mode, no setting, no screen, no process."""
    assert seen.left_on() == set(), "private modes: mouse, paste, focus, cursor, alternate screen"
    assert seen.changed() == "", "the settings of the line (stty -a)"
    # The terminal's own account of it, which also knows other ways to the same modes.
    flags = "alternate_on", "cursor_flag", "mouse_any_flag", "keypad_cursor_flag", "wrap_flag"
    assert [seen.asks(flag) for flag in flags] == ["0", "1", "0", "0", "1"]
    seen.line("echo $((1000 + 337))")
    shown = seen.wait("1337")
    assert "echo $((1000 + 337))" in shown, "what is typed is shown"
    assert all(" -m " not in words for words in seen.processes().values()), "neither app nor lab runs on"


def ends_at(width: int) -> int:
    """Return the column at which the line of the keys ends: its right end is its last word, before the margin."""
    return width - (2 if width >= 100 else 1)


def assert_whole(shown: list[str], width: int, height: int) -> None:
    """The frame goes from edge to edge, and nothing stands outside of it."""
    assert len(shown) == height
    assert max(cell_len(line) for line in shown) <= width
    wide = width >= 100
    assert shown[-1].endswith("? help")
    assert cell_len(shown[-1]) == ends_at(width)
    assert "localhost:" in shown[0]
    names = ("Configuration", "Certificate") if wide else ("Config", "Cert")
    steps = shown[3 if wide else 1]
    assert all(name in steps for name in ("1 " + names[0], "2 Probes", "3 " + names[1], "4 Diagnosis", "5 Report"))
    assert [line.strip()[0] for line in shown[-3:-1]] == ["▌", "▌"]


@pytest.mark.parametrize(("size", "key"), [((120, 40), "q"), ((80, 24), "C-q")], ids=["120x40-q", "80x24-ctrl+q"])
def test_a_scenario_from_start_to_copy_and_the_terminal_is_as_before(size: tuple[int, int], key: str) -> None:
    with terminal(size) as seen:
        seen.run("lab", "--scenario", "large-body-renegotiation")
        seen.wait("✗ Cause found")
        seen.until(lambda shown: "17 sent" in "\n".join(shown) or "Probes ✓" in "\n".join(shown), 30)
        assert_whole(seen.screen(), *size)
        seen.press("4")
        shown = seen.wait("Reply", 5)
        assert CAUSE in shown
        assert_whole(shown.splitlines(), *size)
        seen.press("y")
        seen.wait("sent to the terminal's clipboard (OSC 52)", 5)
        file = seen.folder / "mtls-triage" / "copied.txt"
        in_file = file.read_text(encoding="utf-8")
        assert in_file.startswith("Your site asks for the client certificate after the upload has already begun.")
        assert seen.tmux("show-buffer").rstrip("\n") == in_file.rstrip("\n"), "the terminal has it too"
        assert file.stat().st_mode & 0o077 == 0
        seen.press(key)
        assert seen.ended() == 0
        assert_as_before(seen)


@pytest.mark.parametrize(
    ("how", "status"),
    [("q", 0), ("C-q", 0), (signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)],
    ids=["q", "ctrl+q", "SIGTERM", "SIGHUP", "SIGINT"],
)
def test_while_probes_hang_it_ends_without_waiting_for_them(hanging: dict[str, Any], how: Any, status: int) -> None:
    with terminal() as seen:
        seen.run(hanging["target"], *hanging["options"])
        seen.wait("of 30 s")
        program, began = seen.app(), time.monotonic()
        if isinstance(how, str):
            seen.press(how)
        else:
            os.kill(program, how)
        while program in seen.processes():
            assert time.monotonic() - began < WITHOUT_WAITING, "it still runs"
            time.sleep(0.01)
        assert seen.ended() == status
        assert_as_before(seen)
        (file,) = (seen.folder / "cases").iterdir()
        assert open_case(file).case.target.url == hanging["target"], "what was seen until then can be read"


def test_a_terminal_that_goes_away_takes_the_app_with_it(hanging: dict[str, Any]) -> None:
    with terminal() as seen:
        seen.run(hanging["target"], *hanging["options"])
        seen.wait("of 30 s")
        assert seen.app()
        seen.tmux("new-window", "-d", "sleep 60")
        seen.tmux("kill-window")
        end = time.monotonic() + WITHOUT_WAITING
        while any(" -m tui" in words for words in seen.processes().values()):
            assert time.monotonic() < end, "the app runs on without a terminal"
            time.sleep(0.05)


def test_what_is_too_small_can_be_quit(hanging: dict[str, Any]) -> None:
    with terminal((60, 20)) as seen:
        seen.run(hanging["target"], *hanging["options"])
        seen.wait("Too small.")
        seen.press("q")
        assert seen.ended() == 0
        assert_as_before(seen)


def test_resizing_while_it_runs(hanging: dict[str, Any]) -> None:
    with terminal((120, 40)) as seen:
        seen.run(hanging["target"], *hanging["options"])
        seen.wait("of 30 s")
        assert_whole(seen.screen(), 120, 40)
        for width, height in ((80, 24), (120, 40)):
            seen.resize(60, 20)
            small = seen.until(lambda shown: "Too small." in " ".join(shown))
            assert "This terminal has 60 by 20 characters" in " ".join(" ".join(small).split())
            assert "localhost" not in " ".join(small)
            seen.resize(width, height)
            ends = ends_at(width)
            shown = seen.until(lambda shown, ends=ends: cell_len(shown[-1]) == ends)  # type: ignore[misc]
            assert_whole(shown, width, height)
            assert "of 30 s" in " ".join(shown), "the run goes on"
        seen.press("q")
        assert seen.ended() == 0
        assert_as_before(seen)
