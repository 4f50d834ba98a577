"""The pure drawing: widths in cells, rows, phases, the one difference, sheet, walk, verdict line."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from probes.model import Judged, Observation, TlsFacts, Verdict
from probes.printable import printable
from probes.progress import CaseFinished, ObservationMade, PlanMade, ProbeStarted, ProbeWaiting, VerdictChanged
from tests.tui import cases
from tests.tui.fake import render, script
from tui.compare import counterpart, differences
from tui.drawing.frame import case_bar, keys_line, stage_at, stage_states, stepper
from tui.drawing.parts import cells, crop, fit, plain, spread, text, wrap
from tui.drawing.phases import bars, detail
from tui.drawing.prose import prose_lines
from tui.drawing.rows import FULL, certificate_phrase, header, note, row, tls_label
from tui.drawing.sheet import sheet
from tui.drawing.verdict import plain_verdict, state_of, verdict_lines
from tui.drawing.walk import source_of, walk
from tui.drawing.words import kilobytes, milliseconds, outcome_glyph, should_have_reached
from tui.store import Store

PLAN = cases.plan()
HOSTILE = st.text(alphabet=st.characters(codec=None), max_size=40)


def at_end(**verdict: Any) -> Store:
    store, end = Store(), cases.whole_case(PLAN)
    if verdict:
        end = msgspec.structs.replace(end, verdict=cases.verdict(**verdict))
    store.begin()
    store.apply(PlanMade(plan=PLAN, case=cases.case()), now=0.0)
    store.send()
    for event in script(PLAN, end):
        store.apply(event, now=1.0)
    return store


def seen(store: Store, probe_id: str) -> Observation:
    made = store.probes[probe_id].observation
    assert made is not None
    return made


@given(HOSTILE, st.integers(0, 30), st.booleans())
def test_fit_gives_exactly_the_cells_that_were_asked_for(value: str, width: int, right: bool) -> None:
    fitted = fit(value, width, right=right)
    assert cell_len(fitted) == width
    assert fitted == printable(fitted)


@given(HOSTILE, HOSTILE, st.integers(1, 30))
def test_crop_and_wrap_never_exceed_the_width(one: str, two: str, width: int) -> None:
    assert cells(crop(((one, ""), (two, "muted")), width)) <= width
    assert all(cells(line) <= max(width, 2) for line in wrap(f"{one} {two}", width))


@given(HOSTILE, HOSTILE, st.integers(4, 60))
def test_spread_fills_the_width(left: str, right: str, width: int) -> None:
    assert cells(spread(text(left), text(right), width)) <= width


@pytest.mark.parametrize("width", [63, 70, FULL, 97, 115])
def test_every_row_has_the_same_width_and_the_ms_stand_in_one_column(width: int) -> None:
    store = at_end()
    store.apply(ProbeStarted(probe=PLAN.probes[0], limit_s=30), now=2.0)
    lines = [
        row(state, width, target_path="/upload", usual_tls="1.2 h1", clock=3.2) for state in store.probes.values()
    ]
    ends = {cells(line) for line in lines}
    assert len(ends) == 1
    assert ends.pop() <= width
    assert cells(header(width)) <= width


def test_wide_characters_keep_the_columns() -> None:
    store = Store()
    probe = cases.renamed(PLAN.probes[0], path="/証明書/データ", identity="given")
    plan = msgspec.structs.replace(PLAN, probes=(probe, *PLAN.probes[1:]))
    store.begin()
    store.apply(PlanMade(plan=plan, case=cases.case()))
    widths = {
        cells(row(state, 115, target_path="/upload", usual_tls="", clock=0.0)) for state in store.probes.values()
    }
    assert widths == {115}


def test_a_running_row_says_what_it_waits_for_and_how_long_it_may() -> None:
    store = at_end()
    probe = PLAN.probes[-1]
    store.apply(ProbeStarted(probe=probe, limit_s=30), now=10.0)
    store.apply(ProbeWaiting(probe_id=probe.id, awaiting="continue"), now=10.5)
    assert note(store.probes[probe.id], 11.2) == "for 100 Continue, 1.2 of 30 s"


def test_red_is_only_where_the_request_should_have_reached_the_app() -> None:
    store = at_end()
    control, own = seen(store, "get-none"), seen(store, "post-large")
    assert outcome_glyph(control) == ("✗", "muted")
    assert outcome_glyph(own) == ("✗", "error")
    open_door = cases.observation(
        control.probe, judged=Judged(reached_app="yes", expected="refused", as_expected=False)
    )
    assert outcome_glyph(open_door) == ("✓", "warning")
    untold = cases.observation(own.probe, judged=Judged())
    assert outcome_glyph(untold) == ("?", "warning")
    assert outcome_glyph(cases.observation(own.probe, outcome="not-run", status=None)) == ("–", "muted")


def test_without_an_expectation_the_given_certificate_decides() -> None:
    judged = Judged(reached_app="no")
    assert should_have_reached(cases.observation(PLAN.probes[0], judged=judged))
    assert not should_have_reached(cases.observation(cases.renamed(PLAN.probes[0], identity="none"), judged=judged))


@pytest.mark.parametrize(
    ("facts", "more", "phrase"),
    [
        ({"certificate_request": "handshake", "certificate_sent": "yes"}, {}, "sent in handshake"),
        ({"certificate_request": "renegotiation", "certificate_sent": "yes"}, {}, "sent after request"),
        ({"certificate_request": "post-handshake", "certificate_sent": "yes"}, {}, "sent after request"),
        (
            {"certificate_request": "renegotiation", "certificate_sent": "yes"},
            {"head_first": True},
            "sent before, by HEAD",
        ),
        ({"certificate_request": "none", "certificate_sent": "no"}, {}, "never asked"),
        (
            {"certificate_request": "none", "certificate_sent": "no", "renegotiation": "refused"},
            {},
            "renegotiation no",
        ),
        ({"certificate_request": "handshake", "certificate_sent": "no"}, {"identity": "none"}, "asked, had none"),
        ({"certificate_request": "handshake", "certificate_sent": "unknown"}, {}, "asked, not known"),
        ({"certificate_request": None}, {}, "not known"),
        ({"version": None, "certificate_request": "none"}, {}, "not known"),
    ],
)
def test_the_certificate_in_words(facts: dict[str, Any], more: dict[str, Any], phrase: str) -> None:
    tls = TlsFacts(**({"version": "TLSv1.2"} | facts))
    assert certificate_phrase(cases.observation(cases.renamed(PLAN.probes[0], **more), tls=tls)) == phrase
    assert len(phrase) <= 20


def test_no_server_hello_is_never_called_never_asked() -> None:
    made = cases.observation(PLAN.probes[0], tls=None, outcome="timeout", status=None)
    assert certificate_phrase(made) == "not known"


def test_what_was_spoken_is_shown_and_not_what_was_offered() -> None:
    store = at_end()
    state = store.probes["get-own"]
    assert tls_label(state, state.observation) == "1.2 h1"
    assert tls_label(state, None) == "free"


def test_sizes_and_times() -> None:
    assert [kilobytes(size) for size in (0, 1023, 1024, 307_200, 1_572_864)] == [
        "0 B", "1023 B", "1 kB", "300 kB", "1.5 MB",
    ]  # fmt: skip
    assert [milliseconds(value) for value in (None, 0.4, 44.1, 9999.4, 30_000.0)] == ["", "0", "44", "9999", "30 s"]


def test_phases_come_from_the_events_of_one_clock() -> None:
    found = {bar.label: (bar.start, bar.end) for bar in bars(seen(at_end(), "post-large"))}
    assert found["dns"] == (0.0, 0.6)
    assert found["connect"] == (0.6, 11.4)
    assert found["TLS"] == (11.4, 27.9)
    assert found["send"] == (28.0, 33.0)
    assert found["answer"] == (33.0, 44.1)


def test_a_phase_that_did_not_happen_has_no_bar() -> None:
    made = cases.observation(PLAN.probes[0], events=cases.observation(PLAN.probes[0]).events[:2], exchanges=())
    assert [bar.label for bar in bars(made)] == ["dns", "connect"]


@pytest.mark.parametrize(("width", "rows", "wide"), [(116, 8, True), (78, 6, False)])
def test_the_detail_fits(width: int, rows: int, wide: bool) -> None:
    store = at_end()
    for state in store.probes.values():
        assert state.observation is not None
        lines = detail(store, state.observation, state.number, width, rows=rows, wide=wide)
        assert len(lines) <= rows
        assert all(cells(line) <= width for line in lines)


def test_the_detail_names_the_probe_that_differs_in_one_thing_and_passed() -> None:
    store = at_end()
    large = seen(store, "post-large")
    shown = plain(detail(store, large, 13, 116, rows=8, wide=True))
    number = store.probes["post-large-wait"].number
    assert f"probe {number} is the same request, holds its body back until 100 Continue, and reaches the app" in shown


def test_one_difference_is_one_difference() -> None:
    store = at_end()
    large, wait = seen(store, "post-large"), seen(store, "post-large-wait")
    assert differences(large.probe, wait.probe) == ("expect",)
    both = cases.observation(cases.renamed(wait.probe, tls="1.3"), judged=Judged(reached_app="yes"))
    assert counterpart(large, [both]) is None
    assert counterpart(large, [wait]) == (wait, "expect")
    assert counterpart(wait, [large]) is None, "a probe that passed needs no counterpart"
    untold = cases.observation(large.probe, judged=Judged(reached_app="unknown"))
    assert counterpart(untold, [wait]) is None, "what is not known is no failure"


def test_of_several_sizes_the_nearest_is_named() -> None:
    store = at_end()
    others = [seen(store, name) for name in ("post-small", "post-90k")]
    found = counterpart(seen(store, "post-110k"), others)
    assert found is not None
    assert found[0].probe.id == "post-90k"


@pytest.mark.parametrize("width", [64, 78, 116])
def test_the_sheet_says_what_is_sent_and_fits(width: int) -> None:
    lines = sheet(cases.case(), PLAN, width)
    shown = " ".join(plain(lines).split())
    assert all(cells(line) <= width for line in lines)
    assert f"{PLAN.requests} requests on {len(PLAN.probes)} connections" in shown
    assert f"{PLAN.upload_bytes:,} bytes" in shown
    assert "nothing in your app will be written; expect 404" in shown


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"upload_path": None, "real_path": True}, "That is the target itself"),
        ({"upload_path": "/files/mtls-triage-here"}, "You named it"),
    ],
)
def test_the_sheet_promises_nothing_for_a_path_that_may_exist(more: dict[str, Any], words: str) -> None:
    shown = plain(sheet(cases.case(), cases.plan(**more), 116))
    assert words in shown
    assert "expect 404" not in shown


def test_the_sheet_tells_the_faults_of_the_certificate() -> None:
    case = cases.case()
    expired = msgspec.structs.replace(case.credential, faults=("expired", "weak-key"))
    shown = plain(sheet(msgspec.structs.replace(case, credential=expired), PLAN, 116))
    assert "it has expired" in shown
    assert "its key is weak" in shown


def state_words(store: Store) -> str:
    return state_of(store)[1]


def test_the_verdict_line_is_true_at_every_moment() -> None:
    store = Store()
    store.begin()
    assert state_words(store) == "Not sent"
    store.apply(PlanMade(plan=PLAN, case=cases.case()))
    assert plain_verdict(store, render) == "Not sent: Nothing was sent yet"
    store.send()
    assert state_words(store) == "Probing"
    healthy = Verdict(finding="healthy", confidence="confirmed")
    store.apply(VerdictChanged(verdict=healthy))
    assert state_words(store) == "Probing", "healthy is not said before all is in"
    store.apply(CaseFinished(case=cases.case(verdict=healthy)))
    assert state_words(store) == "Healthy"


@pytest.mark.parametrize(
    ("confidence", "words"),
    [("confirmed", "Cause found"), ("likely", "Likely cause"), ("possible", "Not enough evidence")],
)
def test_the_state_follows_the_confidence(confidence: str, words: str) -> None:
    assert state_words(at_end(confidence=confidence)) == words


def test_a_cancelled_run_is_never_healthy() -> None:
    store = Store()
    store.begin()
    store.apply(PlanMade(plan=PLAN, case=cases.case()))
    store.send()
    store.apply(ObservationMade(observation=cases.observation(PLAN.probes[0])))
    store.apply(VerdictChanged(verdict=Verdict(finding="healthy", confidence="confirmed")))
    assert store.case is not None
    store.cancelled(store.case)
    assert plain_verdict(store, render) == "Not enough evidence: Stopped by you after 1 of 19 probes"


def test_the_verdict_line_names_its_probes_and_fits() -> None:
    store = at_end()
    first, second = verdict_lines(store, render, 113)
    assert "The site asks for the certificate too late for a body over 100 KB" in plain([first])
    assert "confirmed by probes 10 13" in plain([second])
    for width in (60, 75):
        assert all(cells(line) <= width for line in verdict_lines(store, render, width))
    assert "…" not in plain([verdict_lines(store, render, 75)[0]]).removeprefix("… ")


def test_the_stages_say_what_is_known_in_at_most_17_characters() -> None:
    for store in (Store(), at_end(), at_end(confidence="likely"), at_end(finding="healthy")):
        states = stage_states(store)
        assert len(states) == 5
        assert all(len(words) <= 17 and glyph in "✓✗!?…–" for glyph, words, _ in states)


@pytest.mark.parametrize("width", [66, 76, 80, 116, 118, 168])
@pytest.mark.parametrize("stage", [1, 2, 3, 4, 5])
def test_the_frame_fits_and_a_click_finds_its_stage(width: int, stage: int) -> None:
    store, wide = at_end(), width >= 100
    assert all(cells(line) <= width for line in case_bar(store, width, wide=wide))
    lines = stepper(store, stage, width, wide=wide)
    assert all(cells(line) <= width for line in lines)
    name = ("Config", "Probes", "Cert", "Diagnosis", "Report")[stage - 1]
    assert stage_at(plain(lines).index(name), width, wide=wide) == stage
    assert stage_at(plain(lines).index(f"{stage} {name}"), width, wide=wide) == stage


def test_keys_give_way_to_palette_and_help() -> None:
    line = plain([keys_line([("r", "run again"), ("y", "copy"), ("q", "quit")], 40, wide=False)])
    assert line.endswith("^p more  ? help")
    assert "r run again" in line


def test_the_walk_names_its_evidence() -> None:
    store = at_end()
    assert store.case is not None
    assert store.case.verdict is not None
    sources = [source_of(store, step) for step in store.case.verdict.path]
    assert sources == ["probe 2", "probe 10", "probe 13", "probe 10", "setting"]
    for width, wide in ((48, True), (78, False)):
        lines, places = walk(store, render, width, wide=wide)
        assert list(places) == ["answers", "small", "large", "when", "settings", "finding"]
        assert all(cells(line) <= width for line in lines)
        assert "Do the settings explain it?" in plain(lines)
        assert "A body over 100 KB cannot wait" in plain(lines)


def test_prose_wraps_and_code_keeps_its_lines() -> None:
    lines = prose_lines(
        "One two three four.\n\n- item `a` with **b**\n  going on\n\n```bash\naz  x \\\n  --y\n```\n", 16
    )
    assert plain(lines).split("\n") == [
        "One two three", "four.", "", "- item a with b", "  going on", "", " az  x \\", "   --y",
    ]  # fmt: skip
