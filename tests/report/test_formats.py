"""Markdown, HTML, JUnit and JSON of real cases: well formed, whole, and deaf to hostile text."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import msgspec
import pytest
from markdown_it import MarkdownIt

from probes.case import open_case
from probes.model import Attempt, Case, Verdict, VerificationRun
from probes.report import Format, Report, write
from tests.loops.served import run
from tests.report.hostile import EVIL, evil

PARTS = ("Cause", "Evidence", "How it was found", "What to do now, without a change in Azure", "Lasting fix",
         "Lasting fix: az", "Costs and gains", "Verification", "Which clients it hits", "Where the time went",
         "Everything that was sent", "Settings", "In the site's own log", "Not checked", "Sources",
         "About this report")  # fmt: skip


class Tags(HTMLParser):
    """Collects tags with their attributes, and fails on what is not closed in order."""

    VOID = frozenset({"meta", "link", "br", "line", "rect"})

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID or tag == "rect":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def case(faulty: Path) -> Case:
    return open_case(faulty).case


@pytest.mark.parametrize("form", ["markdown", "html"])
def test_a_report_has_all_its_parts(case: Case, form: Format) -> None:
    text = write(Report(case=case), form)
    plain = text.replace("&#39;", "'")
    for part in PARTS:
        assert (f"## {part}\n" if form == "markdown" else f"<h2>{part}</h2>") in plain, part
    assert "large-body-renegotiation" in text
    assert "AppServiceHTTPLogs" in text
    assert case.run.openssl in text
    assert case.run.libraries["pyOpenSSL"] in text
    for seen in case.observations:
        assert f"{seen.id} {seen.probe.id}" in text
        assert seen.at[11:23] in text
    assert f"127.0.0.1:{case.observations[0].connection.port}" in text  # type: ignore[union-attr]


def test_markdown_of_hostile_text_holds_no_link_image_or_html(case: Case) -> None:
    text = write(Report(case=evil(case)), "markdown")
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    inner = [child for token in tokens for child in token.children or ()]
    kinds = {token.type for token in (*tokens, *inner)}
    assert not kinds & {"html_block", "html_inline", "image"}
    links = {str(child.attrs["href"]) for child in inner if child.type == "link_open"}
    assert links
    assert all("evil" not in link for link in links)
    assert not [child.content for child in inner if child.type == "text" and "@team" in child.content]


def test_markdown_tables_keep_their_columns(case: Case) -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(write(Report(case=evil(case)), "markdown"))
    rows: list[int] = []
    heads: list[int] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append(0)
        elif token.type in ("td_open", "th_open"):
            rows[-1] += 1
        elif token.type == "table_open":
            rows = []
        elif token.type == "table_close":
            heads.append(len(rows))
            assert set(rows) == {rows[0]}
    assert len(heads) > 8


def test_html_of_hostile_text_holds_no_tag_of_its_own(case: Case) -> None:
    tags = Tags()
    text = write(Report(case=evil(case)), "html")
    tags.feed(text)
    assert tags.open == []
    assert not {tag for tag, _ in tags.seen} & {"img", "script", "iframe", "object", "form", "base"}
    for tag, attributes in tags.seen:
        assert not [name for name in attributes if name.startswith("on")]
        assert "src" not in attributes
        if tag == "a":
            assert "evil" not in (attributes["href"] or "")
    assert "{{7*7}}" in text
    assert ">49<" not in text


def test_html_asks_for_nothing_from_outside(case: Case) -> None:
    tags = Tags()
    text = write(Report(case=case), "html")
    tags.feed(text)
    assert [attributes for tag, attributes in tags.seen if tag == "link"] == [{"rel": "icon", "href": "data:,"}]
    assert "url(" not in text
    assert "@import" not in text
    assert "default-src 'none'" in text
    assert len([tag for tag, _ in tags.seen if tag == "svg"]) >= 4


def test_junit_counts_what_it_holds(case: Case, healthy: Path) -> None:
    root = ElementTree.fromstring(write(Report(case=case), "junit"))
    cases = root.findall("testsuite/testcase")
    assert root.get("tests") == str(len(cases)) == str(len(case.observations) + 1)
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert root.get(attribute) == str(len(root.findall(f"testsuite/testcase/{tag}")))
    wrong = [seen for seen in case.observations if seen.judged.as_expected is False]
    assert len(root.findall("testsuite/testcase/failure")) == len(wrong) + 1
    fine = ElementTree.fromstring(write(Report(case=open_case(healthy).case), "junit"))
    assert (fine.get("failures"), fine.get("errors")) == ("0", "0")


def test_junit_is_no_success_where_nothing_could_be_concluded(case: Case) -> None:
    nothing = Verdict(finding="inconclusive", confidence="possible")
    root = ElementTree.fromstring(write(Report(case=msgspec.structs.replace(case, verdict=nothing)), "junit"))
    assert root.get("errors") == "1"
    ended = run("diagnose", "https://no-such-host.invalid/", "--allow-uploads", "--junit")
    root = ElementTree.fromstring(ended.stdout)
    assert ended.returncode in (1, 3)
    assert (root.get("failures"), root.get("errors")) in (("1", "0"), ("0", "1"))


def test_junit_of_hostile_text_is_well_formed(case: Case) -> None:
    root = ElementTree.fromstring(write(Report(case=evil(case)), "junit"))
    assert EVIL in root.findall("testsuite")[1].get("name", "")


@pytest.mark.parametrize("audience", ["team", "customer", "public"])
def test_json_follows_the_published_schema(faulty: Path, audience: str) -> None:
    schema = json.loads(run("report", "--json-schema").stdout)
    found = json.loads(run("report", str(faulty), "--json", "--audience", audience).stdout)
    jsonschema.validate(found, schema)


def test_the_notes_of_a_file_stand_in_its_reports(case: Case) -> None:
    for form in ("markdown", "html", "junit"):
        assert "torn in half" in write(Report(case=case, notes=("It was torn in half.",)), form)
    root = ElementTree.fromstring(write(Report(case=case, notes=("n",)), "junit"))
    assert root.get("tests")


def test_a_verification_is_told(case: Case) -> None:
    good = Attempt(at="2026-01-02T03:04:06Z", ip="192.0.2.1", outcome="passed: 200")
    bad = msgspec.structs.replace(good, outcome="failed: edge 403")
    done = VerificationRun(
        probe="post-large",
        started="2026-01-02T03:04:05Z",
        attempts=(bad, *[good] * 20),
        streak=20,
        control_still_refused=True,
    )
    text = write(Report(case=msgspec.structs.replace(case, verification=done)), "markdown")
    assert "20 of 20 in a row got through, it held" in text
    assert "✗" + "✓" * 20 in text
    assert "still refused" in text


def test_a_verification_that_did_not_hold_is_not_told_as_one_that_did(case: Case) -> None:
    good = Attempt(at="2026-01-02T03:04:06Z", ip="192.0.2.1", outcome="passed: 200")
    bad = msgspec.structs.replace(good, outcome="failed: edge 403")
    told = {}
    for name, attempts, refused in (("few", (bad, good), True), ("open", (good, good), False), ("none", (), None)):
        done = VerificationRun(
            probe="post-large",
            started="2026-01-02T03:04:05Z",
            attempts=attempts,
            streak=2,
            control_still_refused=refused,
        )
        told[name] = write(Report(case=msgspec.structs.replace(case, verification=done)), "markdown")
    assert all("it did not hold" in text for text in told.values())
    assert "1 of 2 in a row got through" in told["few"]
    assert "the fix has opened the site" in told["open"]
    assert "nothing is known" in told["none"]


def test_marks_stand_in_the_report(case: Case) -> None:
    changed = msgspec.structs.replace(case.run, insecure=True, keylog=True, redacted=False)
    text = write(Report(case=msgspec.structs.replace(case, run=changed)), "markdown")
    for mark in ("insecure", "keylog", "no-redact"):
        assert mark in text


def test_two_formats_are_one_too_many(faulty: Path) -> None:
    ended = run("report", str(faulty), "--json", "--html")
    assert ended.returncode == 2
    assert "choose one" in ended.stderr


def test_a_report_is_written_whole_and_never_over_its_case(faulty: Path, tmp_path: Path) -> None:
    target, before = tmp_path / "r.html", faulty.read_bytes()
    target.write_text("old")
    assert run("report", str(faulty), "--html", "-o", str(target)).returncode == 0
    assert target.read_text("utf-8") == run("report", str(faulty), "--html").stdout
    assert [file.name for file in tmp_path.iterdir()] == ["r.html"]
    ended = run("report", str(faulty), "--html", "-o", str(faulty))
    assert (ended.returncode, faulty.read_bytes() == before) == (2, True)
    assert run("report", str(faulty), "-o", str(tmp_path / "no" / "r")).returncode == 2


def test_the_query_names_the_run(case: Case) -> None:
    from probes.report import kql

    query = kql(case)
    assert query
    assert query.start < case.observations[0].at < query.end
    for line in ("AppServiceHTTPLogs", 'UserAgent startswith "mtls-triage/"', 'in ("localhost")'):
        assert line in query.text
    sent = [seen for seen in case.observations if seen.exchanges]
    assert query.text.count("datetime(2") == len(sent) + 2
    assert kql(msgspec.structs.replace(case, observations=())) is None


def test_hostile_paths_stay_inside_the_querys_strings(case: Case) -> None:
    from probes.report import kql

    query = kql(evil(case))
    assert query
    rows = [line for line in query.text.splitlines() if line.startswith('  "')]
    literal = r'"(?:[^"\\]|\\.)*"'
    for row in rows:
        assert re.fullmatch(
            rf"  {literal}, {literal}, datetime\([^)]*\), {literal}, {literal}, (\d+|int\(null\)),?", row
        )
