"""Opening case files: whole ones, torn ones, damaged ones, hostile ones; nothing is ever misread."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from probes.case import CaseFault, open_case, replayed
from tests.loops.served import run


def lines_of(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_bytes().splitlines()]


def store(file: Path, lines: list[dict[str, Any]]) -> Path:
    file.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
    return file


def test_the_envelope_is_that_of_the_contract(saved: Path) -> None:
    lines = lines_of(saved)
    assert lines[0]["type"] == "run"
    assert lines[0]["schema"] == "mtls-triage/case/1"
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert all(set(line) - {"schema"} == {"type", "seq", "at", "data"} for line in lines)
    assert all(line["at"].endswith("Z") for line in lines)
    assert lines[-1]["type"] == "end"
    kinds = {line["type"] for line in lines}
    assert {"target", "credential", "configuration", "plan", "observation", "verdict", "unknown"} <= kinds


def test_every_prefix_opens_with_all_its_whole_lines(saved: Path, tmp_path: Path) -> None:
    raw, file = saved.read_bytes(), tmp_path / "c.jsonl"
    first = raw.index(b"\n") + 1
    ends = [place for place, byte in enumerate(raw) if byte == 10]
    cuts = sorted({cut for end in ends for cut in (end - 1, end, end + 1, end + 2, end + 40) if cut <= len(raw)})
    assert len(cuts) > 100
    for cut in cuts:
        file.write_bytes(raw[:cut])
        if cut < raw.index(b"\n", first):
            with pytest.raises(CaseFault, match="holds no case yet"):
                open_case(file)
            continue
        opened = open_case(file)
        whole = raw[:cut].count(b'\n{"type":"observation"') - (not raw[:cut].endswith(b"\n"))
        assert len(opened.case.observations) >= whole
        assert opened.case.verdict is not None


def test_a_torn_line_is_named(saved: Path, tmp_path: Path) -> None:
    file = tmp_path / "c.jsonl"
    file.write_bytes(saved.read_bytes()[:-30])
    assert any("torn" in note for note in open_case(file).notes)


@pytest.mark.parametrize(
    ("schema", "word"),
    [
        ("mtls-triage/case/2", "a newer format"),
        ("mtls-triage/case/0", "an older format"),
        ("mtls-triage/case/x", "no case file"),
        ("other/1", "no case file"),
        (None, "no case file"),
    ],
)
def test_other_formats_are_refused_with_a_clear_word(
    saved: Path, tmp_path: Path, schema: str | None, word: str
) -> None:
    lines = lines_of(saved)
    lines[0]["schema"] = schema
    file = store(tmp_path / "c.jsonl", lines)
    with pytest.raises(CaseFault, match=word):
        open_case(file)


def test_lines_of_a_later_version_are_left_out_and_named(saved: Path, tmp_path: Path) -> None:
    lines = lines_of(saved)
    lines.append({"type": "weather", "seq": len(lines) + 1, "at": "2026-01-01T00:00:00Z", "data": {"x": 1}})
    opened = open_case(store(tmp_path / "c.jsonl", lines))
    assert opened.case == open_case(saved).case
    assert "weather" in opened.notes[0]


@pytest.mark.parametrize("change", ["doubled", "missing", "cut", "wrong value", "not JSON", "list"])
def test_damage_in_the_middle_is_refused(saved: Path, tmp_path: Path, change: str) -> None:
    raw = saved.read_bytes().splitlines(keepends=True)
    at = next(place for place, line in enumerate(raw) if line.startswith(b'{"type":"observation"'))
    raw[at : at + 1] = {
        "doubled": [raw[at], raw[at]],
        "missing": [],
        "cut": [raw[at][:200] + b"\n"],
        "wrong value": [
            raw[at].replace(b'"outcome":"response"', b'"outcome":"perfect"').replace(b"tls-failure", b"x")
        ],
        "not JSON": [b"hello\n"],
        "list": [b"[]\n"],
    }[change]
    file = tmp_path / "c.jsonl"
    file.write_bytes(b"".join(raw))
    with pytest.raises(CaseFault, match=f"damaged at line {at + 1}|damaged at line {at + 2}"):
        open_case(file)


@pytest.mark.parametrize(
    "content",
    [b"hello", b"hello\n", b"{}\n", b"[1]\n", b"\x00" * 4096, b"PK\x03\x04", b"null\n", b"{" * 100_000,
     '{"type":"run"}'.encode("utf-16")],
)  # fmt: skip
def test_other_files_are_no_case_and_end_in_one_line(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "c.jsonl"
    file.write_bytes(content)
    ended = run("report", str(file))
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert len(ended.stderr.splitlines()) == 1
    assert "c.jsonl" in ended.stderr


def test_files_that_editors_have_touched_still_open(saved: Path, tmp_path: Path) -> None:
    file, raw = tmp_path / "c.jsonl", saved.read_bytes()
    for touched in (b"\xef\xbb\xbf" + raw, raw.replace(b"\n", b"\r\n"), raw.rstrip(b"\n")):
        file.write_bytes(touched)
        opened = open_case(file)
        assert (opened.case, opened.finished) == (open_case(saved).case, True)


def test_strings_of_a_hostile_file_are_made_printable(saved: Path, tmp_path: Path) -> None:
    lines = lines_of(saved)
    bad = "a\x1b]0;owned\x07\u202eb\x9bc\nd"
    for line in lines:
        if line["type"] == "target":
            line["data"]["url"] = f"https://localhost/{bad}"
        if line["type"] == "observation":
            line["data"]["judged"]["because"] = bad
            line["data"]["probe"]["path"] = f"/{bad}"
    opened = open_case(store(tmp_path / "c.jsonl", lines))
    shown = r"a\x1b]0;owned\x07\u202eb\x9bc\x0ad"
    assert opened.case.target.url == f"https://localhost/{shown}"
    assert {seen.judged.because for seen in opened.case.observations} == {shown}
    text = run("report", str(tmp_path / "c.jsonl"))
    assert text.returncode == 0
    assert not set("\x1b\x07\x9b\u202e") & set(text.stdout)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_bytes_changed_anywhere_are_refused_or_read_never_a_crash(
    saved: Path, tmp_path: Path, data: st.DataObject
) -> None:
    raw = bytearray(saved.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    file = tmp_path / "c.jsonl"
    file.write_bytes(bytes(raw))
    said = ""
    try:
        opened = open_case(file)
    except CaseFault as refused:
        said = str(refused)
    else:
        assert opened.case.verdict is not None
    assert not said or ("c.jsonl" in said and "\n" not in said)


def test_a_verdict_that_this_version_does_not_know_is_told(saved: Path, tmp_path: Path) -> None:
    lines = lines_of(saved)
    for line in lines:
        if line["type"] == "verdict":
            line["data"]["finding"] = "moon-phase"
    opened = open_case(store(tmp_path / "c.jsonl", lines))
    assert opened.case.verdict is not None
    assert opened.case.verdict.finding == "large-body-renegotiation"
    assert any("moon-phase" in note for note in opened.notes)


def test_a_verdict_that_would_differ_today_stands_and_is_told(saved: Path, tmp_path: Path) -> None:
    lines = lines_of(saved)
    for line in lines:
        if line["type"] == "verdict":
            line["data"]["finding"] = "large-body-legacy-edge"
    opened = open_case(store(tmp_path / "c.jsonl", lines))
    assert opened.case.verdict is not None
    assert opened.case.verdict.finding == "large-body-legacy-edge"
    assert "would say large-body-renegotiation" in replayed(opened.case)[0]
