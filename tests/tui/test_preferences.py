"""The configuration file: found, validated with a hint, and never stronger than what was typed."""

from pathlib import Path

import pytest

from probes.errors import UsageFault
from tests.tui.fake import FakeTriage, render
from tui.app import TriageApp
from tui.commands.options import parse_options
from tui.preferences import Preferences, load, path
from tui.themes import LIGHT


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MTLS_TRIAGE_CONFIG", str(tmp_path / "own.toml"))
    return tmp_path / "own.toml"


def test_without_a_file_there_are_defaults_and_none_is_made(file: Path) -> None:
    assert load() == Preferences()
    assert not file.exists()


def test_it_is_looked_for_where_the_platform_keeps_such_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MTLS_TRIAGE_CONFIG", raising=False)
    assert path().parts[-2:] == ("mtls-triage", "config.toml")


def test_what_was_typed_wins(file: Path) -> None:
    file.write_text('ca = "own.pem"\ntimeout = 5\nparallel = 2\n')
    options = parse_options(["--timeout", "9"])
    merged = load().merged(options, frozenset({"timeout_s"}))
    assert (merged["ca"], merged["timeout_s"], merged["parallel"]) == ("own.pem", 9.0, 2)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('them = "dark"', "did you mean theme?"),
        ('theme = "blue"', "'blue'"),
        ("parallel = 99", "<= 32"),
        ("parallel = ", "is no TOML"),
        ("timeout = true", "does not fit"),
        ("\xff\x1b]0;x\x07 = 1", "is no TOML"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_with_a_hint(file: Path, text: str, words: str) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageFault) as caught:
        load()
    assert words in str(caught.value)
    assert str(caught.value).isprintable()


async def test_the_app_takes_theme_and_audience() -> None:
    app = TriageApp(
        FakeTriage(), autosend=True, render=render, preferences=Preferences(theme="light", audience="team")
    )
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause(0.5)
        assert app.theme == LIGHT.name
        assert app.screen.query_one("ReportPage").audience == "team"  # type: ignore[attr-defined]
