"""The raw bytes that a terminal gets while hostile sites, cases and settings are looked at: only the app's own."""

from pathlib import Path

import msgspec
import pytest
from rich.cells import cell_len

from probes.model import Case
from tests.tui import cases
from tests.tui.hostile import CELLS, EVIL, MARKUP, case_lines, foreign_in, full, planted
from tests.tui.hostile_site import hostile_site
from tests.tui.test_tmux import assert_as_before, ends_at
from tests.tui.tmux import Tmux, terminal

PASTED = f"{MARKUP}\x9b7357m\x9d52;c;NzM1Nw==\x9c\u202e\u2066"
"""Terminals take ESC out of what is pasted; C1 and what reorders text they leave in."""
pytestmark = pytest.mark.peer("tmux")


def visit(seen: Tmux, width: int, *steps: tuple[str, str]) -> None:
    """Press keys one after the other, each until the screen holds its words, and nothing stands outside of it."""
    for keys, words in steps:
        seen.press(*keys.split())
        shown = seen.wait(words, 8).splitlines()
        assert max(cell_len(line) for line in shown) <= width


def assert_own(seen: Tmux) -> None:
    """Quit, and look at everything that was written until then."""
    seen.until(lambda shown: shown[-1].endswith("? help"), 20)
    assert cell_len(seen.screen()[-1]) == ends_at(int(seen.asks("window_width")))
    seen.press("q")
    assert seen.ended() == 0
    assert_as_before(seen)
    raw = seen.raw()
    assert b"click=app.quit" in raw, "the site's text was shown"
    assert foreign_in(raw) == []


@pytest.mark.parametrize(
    "hostile",
    ["\x1b[7357h", "\x1b]0;t\x07", "\x1b]52;c;G10=\x07", "\x1b]8;;u\x1b\\", "\x1bP1\x1b\\", "\x1bc", "\x9b1m",
     "\x9d0;t\x9c", "\u202e", "\u2066", "\u200b", "\u2028", "\x07", "\x00", "\x7f", "\x85"],
)  # fmt: skip
def test_the_search_finds_what_it_is_for(hostile: str) -> None:
    own = "\x1b[?1049h\x1b[1;1H\x1b[1;38;2;1;2;3mtext\x1b[0m\r\n\x1b]52;c;dGV4dA==\x07"
    assert foreign_in(own.encode()) == []
    assert foreign_in(f"{own}a{hostile}b{own}".encode()) != []


def test_an_edited_case_on_every_page() -> None:
    case = msgspec.convert(planted(full(cases.whole_case(cases.plan())), "x"), Case)
    with terminal((120, 40)) as seen:
        (seen.folder / "cases").mkdir()
        (seen.folder / "cases" / "edited.jsonl").write_text(case_lines(planted(case, EVIL + CELLS)), "utf-8")
        seen.run()
        seen.wait("An earlier case")
        visit(
            seen, 120,
            ("e", "Earlier cases"), ("Enter", "Cause found"), ("1 G", "clientCert"), ("2 G", "enter details"),
            ("Enter", "esc back"), ("G y", "clipboard"), ("Escape", "run as"), ("Space k Space", "esc back"),
            ("Escape", "run as"), ("3", "What is wrong"), ("y", "clipboard"), ("4", "Reply"),
            ("]", "Only for clients"), ("y", "clipboard"),
            ("5", "Preview"), ("f G", "</html>"), ("y", "copied.txt"), ("?", "On this page"), ("Escape", "</html>"),
            ("C-p", "Search for commands"),
        )  # fmt: skip
        seen.press("Escape")
        seen.until(lambda shown: "Search for commands" not in "".join(shown))
        assert_own(seen)


def test_a_hostile_site_from_probes_to_the_limit(tmp_path: Path) -> None:
    with hostile_site(tmp_path) as site, terminal((80, 24)) as seen:
        seen.run(site.url, "--ca", str(site.ca), "--cert", str(site.certificate), "--debug-path", "/debug",
                 "--timeout", "5")  # fmt: skip
        seen.wait("Not enough evidence")
        seen.until(lambda shown: "Probes ✓" in " ".join(shown), 30)
        visit(
            seen, 80,
            ("g Enter", "esc back"), ("G", "esc back"), ("Escape", "Probes"), ("L", "How far"),
            ("j Enter", "With the certificate"),
        )  # fmt: skip
        seen.press("Escape")
        if "stopped" in "".join(seen.until(lambda shown: "stopped" in shown[1] or "2 Probes" in shown[1])):
            seen.press("Escape")
        # What follows an escape too closely would be taken for alt and that key.
        seen.wait("2 Probes", 15)
        visit(seen, 80, ("/", "show only rows"))
        seen.tmux("set-buffer", PASTED)
        seen.tmux("paste-buffer", "-p")
        visit(seen, 80, ("Enter", "with this text; /"), ("3", "issuer"), ("4", "Reply"), ("5", "Preview"))
        assert_own(seen)


def test_the_switches_of_a_lab() -> None:
    with terminal((100, 30)) as seen:
        seen.run("lab", "--scenario", "healthy-required")
        seen.wait("Healthy")
        visit(
            seen,
            100,
            ("1", "clientCertMode"),
            ("w", "by their ARM names"),
            ("j j Enter", "clientCertExclusionPaths:"),
        )
        seen.tmux("set-buffer", f"/{PASTED}")
        seen.tmux("paste-buffer", "-p")
        visit(seen, 100, ("Enter", f"/{MARKUP[:30]}"), ("Escape", "2 Probes"), ("1", "clientCertMode"))
        assert_own(seen)
