"""The HTML report in a real browser: it asks nobody, complains of nothing, and says what Markdown says."""

import json
import os
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from probes.case import open_case
from probes.report import Report, write
from tests.peers.need import need
from tests.report.hostile import evil

QUIET = ("--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync",
         "--disable-component-update", "--disable-default-apps", "--disable-extensions", "--no-default-browser-check",
         "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
         "--disable-features=OptimizationHints,MediaRouter,Translate")  # fmt: skip
SKIPPED = frozenset({"svg", "style", "title", "head", "script"})
BLOCKS = frozenset({"p", "li", "td", "th", "h1", "h2", "dt", "dd", "pre", "figcaption"})


class Text(HTMLParser):
    """The words of a page that a reader sees, without those inside drawings."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SKIPPED:
            self._hidden += 1
        if tag in BLOCKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in SKIPPED:
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def browse(file: Path, folder: Path, *more: str) -> tuple[str, str, list[str]]:
    """Open a page; return its document as the browser has it, what it logged, and the addresses that it asked for."""
    log, profile = folder / "net.json", folder / "profile"
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    ended = subprocess.run(
        [need("chromium"), *QUIET, *sandbox, f"--user-data-dir={profile}", f"--log-net-log={log}",
         "--net-log-capture-mode=Everything", "--enable-logging=stderr", "--dump-dom", *more, file.as_uri()],
        capture_output=True, text=True, timeout=100, check=True,
    )  # fmt: skip
    return ended.stdout, ended.stderr, requests(log)


def requests(log: Path) -> list[str]:
    """Return every address that a page asked the network for; what the browser wants for itself has no origin."""
    text = log.read_text("utf-8")
    try:
        data = json.loads(text)
    except ValueError:
        # The browser ends before it has closed the list.
        data = json.loads(text.rstrip().rstrip(",") + "]}")
    asked = [event["params"] for event in data["events"] if "url" in event.get("params", {})]
    return sorted({str(one["url"]) for one in asked if one.get("initiator", "not an origin") != "not an origin"})


@pytest.fixture(scope="module", params=["real", "hostile"])
def page(
    request: pytest.FixtureRequest, faulty: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Report]:
    case = open_case(faulty).case
    report = Report(case=case if request.param == "real" else evil(case))
    file = tmp_path_factory.mktemp("page") / "report.html"
    file.write_text(write(report, "html"), "utf-8")
    return file, report


def test_the_browser_asks_nobody_and_complains_of_nothing(page: tuple[Path, Report], tmp_path: Path) -> None:
    file, _ = page
    document, logged, asked = browse(file, tmp_path)
    assert "<h1>" in document
    assert [line for line in logged.splitlines() if "CONSOLE" in line] == []
    assert [url for url in asked if not url.startswith(("file://", "data:"))] == []


def test_the_search_for_requests_finds_one(tmp_path: Path) -> None:
    """The same look at a page that does ask: without this, an empty list would prove nothing."""
    file = tmp_path / "bad.html"
    file.write_text("<h1>x</h1><img src='http://127.0.0.1:9/pixel.png'><script>console.error('heard')</script>")
    _, logged, asked = browse(file, tmp_path)
    assert "http://127.0.0.1:9/pixel.png" in asked
    assert "heard" in logged


def test_its_text_is_that_of_the_markdown_report(page: tuple[Path, Report], tmp_path: Path) -> None:
    file, report = page
    document, _, _ = browse(file, tmp_path)
    parser = Text()
    parser.feed(document)
    shown = words_of("".join(parser.words))
    tokens = MarkdownIt("commonmark").enable("table").parse(write(report, "markdown"))
    written = words_of("\n".join(text_of(token) for token in tokens))
    missing = [word for word in dict.fromkeys(written) if word not in set(shown)]
    # The time lines are tables in Markdown and drawings in HTML: their headings, names and numbers are drawn there.
    assert {word for word in missing if not re.fullmatch(r"[\d.]+", word)} <= {"Phase", "took", "happened", "DNS"}
    extra = [word for word in dict.fromkeys(shown) if word not in set(written)]
    assert extra == []


def text_of(token: Token) -> str:
    if token.type == "fence":
        return token.content
    return "".join(" " if child.type == "softbreak" else child.content for child in token.children or ())


def words_of(text: str) -> list[str]:
    return text.replace("\N{ZERO WIDTH SPACE}", "").split()


@pytest.mark.parametrize("size", ["1100,1600", "420,900"])
def test_it_is_drawn(page: tuple[Path, Report], tmp_path: Path, size: str) -> None:
    file, _ = page
    picture = tmp_path / "page.png"
    browse(file, tmp_path, f"--screenshot={picture}", f"--window-size={size}", "--hide-scrollbars")
    assert picture.stat().st_size > 10_000
