"""The table of snippets: whole, and right by the syntax checker of each language that is on the machine."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from probes.diagnosis import catalogue, generic
from probes.diagnosis.snippets import LANGUAGES, REFERENCE, Snippet, SnippetFault, parse, snippets, with_snippets
from tests.peers.need import need

TABLE = snippets()
IDS = [f"{task}-{language}" for task, language in TABLE]


def _checked(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return "" if done.returncode == 0 else done.stderr + done.stdout


def _python(path: Path) -> str:
    compile(path.read_text(), str(path), "exec")
    return ""


def _java(path: Path) -> str:
    program = Path(__file__).parent / "programs" / "ParseOnly.java"
    need("javac")
    return _checked(need("java"), str(program), str(path))


def _yaml(path: Path) -> str:
    return "" if isinstance(yaml.safe_load(path.read_text()), dict) else "not a mapping"


CHECKERS: dict[str, tuple[str, Callable[[Path], str]]] = {
    "bash": ("x.sh", lambda path: _checked(need("bash"), "-n", str(path))),
    "python": ("x.py", _python),
    "javascript": ("x.js", lambda path: _checked(need("node"), "--check", str(path))),
    "java": ("X.java", _java),
    "go": ("x.go", lambda path: _checked(need("gofmt"), "-e", "-l", str(path))),
    "php": ("x.php", lambda path: _checked(need("php"), "-l", str(path))),
    "yaml": ("x.yaml", _yaml),
}
UNCHECKED = {"csharp", "powershell"}
"""Languages without a checker on an ordinary build machine."""


@pytest.mark.parametrize(
    "one",
    [one for one in TABLE.values() if one.syntax not in UNCHECKED],
    ids=lambda one: f"{one.task}-{one.language}",
)
def test_the_syntax_is_right(one: Snippet, tmp_path: Path) -> None:
    name, check = CHECKERS[one.syntax]
    (tmp_path / name).write_text(one.code)
    assert check(tmp_path / name) == ""


@pytest.mark.parametrize("syntax", CHECKERS)
def test_a_checker_finds_what_is_wrong(syntax: str, tmp_path: Path) -> None:
    name, check = CHECKERS[syntax]
    (tmp_path / name).write_text("<?php if ( {" if syntax == "php" else "if ( { [")
    try:
        said = check(tmp_path / name)
    except (SyntaxError, yaml.YAMLError):
        return
    assert said


@pytest.mark.parametrize(
    "one", [one for one in TABLE.values() if one.syntax in UNCHECKED], ids=lambda one: f"{one.task}-{one.language}"
)
def test_what_no_checker_reads_has_at_least_its_brackets_in_pairs(one: Snippet) -> None:
    code = re.sub(r'"[^"\n]*"', "", one.code)
    for opening, closing in ("()", "[]", "{}"):
        assert code.count(opening) == code.count(closing)


def test_no_line_is_wider_than_a_page_and_no_secret_stands_in_the_code() -> None:
    for one in TABLE.values():
        assert max(map(len, one.code.splitlines())) <= 130
        assert not re.search(r"(?i)pass(word|phrase)\s*[:=]\s*[\"'][^\"']", one.code)
        assert all("https://" in source for source in one.sources)


def test_every_reference_of_a_finding_leads_to_code() -> None:
    for finding in catalogue():
        wanted = [found for text in finding.sections.values() for found in REFERENCE.findall(text)]
        told = "\n".join(generic(finding).values())
        assert "{snippet:" not in told
        for task, language in wanted:
            assert TABLE[task, language].code in told


def test_every_task_is_used_by_a_finding() -> None:
    used = {
        task for finding in catalogue() for text in finding.sections.values() for task, _ in REFERENCE.findall(text)
    }
    assert {task for task, _ in TABLE} - used <= {"offer-pha", "allow-renegotiation"}


def test_a_reference_that_leads_nowhere_is_refused() -> None:
    with pytest.raises(SnippetFault, match="cobol"):
        with_snippets("{snippet:wait-for-100:cobol}")
    assert with_snippets("{snippet:wait-for-100:curl} in a sentence stays").startswith("{snippet")


@pytest.mark.parametrize(
    "change", [("topic: x", "topic: y"), ("use: client", "use: nobody"), ("## curl", "## cobol"), ("```bash", "")]
)
def test_a_file_that_is_not_whole_is_refused(change: tuple[str, str]) -> None:
    text = '---\ntopic: x\ntitle: "t"\nuse: client\nsources:\n  - "s"\n---\n\n## curl\n```bash\ncurl\n```\n'
    assert len(parse("x.md", text)) == 1
    with pytest.raises(SnippetFault):
        parse("x.md", text.replace(*change))


def test_every_language_has_a_name() -> None:
    assert {language for _, language in TABLE} == set(LANGUAGES)
