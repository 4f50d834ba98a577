"""The store: what the stream of events becomes, without any screen."""

import msgspec

from probes.model import SiteConfig, Unknown
from probes.progress import (
    CaseFinished,
    ConfigurationRead,
    ObservationMade,
    PlanMade,
    ProbesSkipped,
    ProbeStarted,
    ProbeWaiting,
    VerdictChanged,
)
from tests.tui import cases
from tui.store import Store

PLAN = cases.plan()


def planned() -> Store:
    store = Store()
    store.begin()
    store.apply(PlanMade(plan=PLAN, case=cases.case()), now=100.0)
    return store


def test_numbers_follow_the_questions_and_not_the_waves() -> None:
    groups = list(planned().groups())
    numbers = [state.number for _, states in groups for state in states]
    assert numbers == list(range(1, len(PLAN.probes) + 1))
    assert len(groups) == len({probe.question for probe in PLAN.probes})


def test_a_probe_runs_waits_and_ends() -> None:
    store, probe = planned(), PLAN.probes[0]
    store.send()
    store.apply(ProbeStarted(probe=probe, limit_s=30), now=101.0)
    store.apply(ProbeWaiting(probe_id=probe.id, awaiting="continue"), now=102.0)
    state = store.probes[probe.id]
    assert (state.running, state.awaiting, state.started, state.limit_s) == (True, "continue", 101.0, 30)
    store.apply(ObservationMade(observation=cases.observation(probe)), now=103.0)
    assert not state.running
    assert store.sent == 1
    assert store.case is not None
    assert len(store.case.observations) == 1


def test_the_latest_attempt_is_the_row_whatever_the_order() -> None:
    store, probe = planned(), PLAN.probes[0]
    store.apply(ObservationMade(observation=cases.observation(probe, 2, attempt=2)))
    store.apply(ObservationMade(observation=cases.observation(probe, 1, attempt=1)))
    made = store.probes[probe.id].observation
    assert made is not None
    assert made.attempt == 2


def test_the_same_observation_twice_is_kept_once() -> None:
    store, probe = planned(), PLAN.probes[0]
    for _ in range(2):
        store.apply(ObservationMade(observation=cases.observation(probe)))
    assert store.case is not None
    assert len(store.case.observations) == 1


def test_not_run_is_not_sent() -> None:
    store, probe = planned(), PLAN.probes[0]
    store.apply(ObservationMade(observation=cases.observation(probe, outcome="not-run", status=None)))
    assert store.sent == 0


def test_skipped_probes_are_not_to_be_sent() -> None:
    store = planned()
    store.apply(ProbesSkipped(probe_ids=(PLAN.probes[-1].id, "no-such-probe"), because="the name does not resolve"))
    assert store.to_send == len(PLAN.probes) - 1


def test_cancelling_keeps_what_was_seen_and_marks_what_ran() -> None:
    store = planned()
    store.send()
    store.apply(ObservationMade(observation=cases.observation(PLAN.probes[0])))
    store.apply(ProbeStarted(probe=PLAN.probes[1], limit_s=30))
    assert store.case is not None
    store.cancelled(store.case)
    assert store.phase == "cancelled"
    assert store.sent == 1
    assert store.probes[PLAN.probes[1].id].stopped
    assert not store.probes[PLAN.probes[1].id].running


def test_an_observation_that_comes_after_the_cancel_is_still_taken() -> None:
    store = planned()
    store.send()
    assert store.case is not None
    store.cancelled(store.case)
    store.apply(ObservationMade(observation=cases.observation(PLAN.probes[0])))
    assert (store.phase, store.sent) == ("cancelled", 1)


def test_a_new_run_forgets_the_last_one() -> None:
    store = planned()
    first, revision = store.run, store.revision
    assert store.begin() == first + 1
    assert (store.phase, store.plan, store.probes) == ("empty", None, {})
    assert store.revision > revision


def test_what_is_unknown_is_told_once() -> None:
    missing = Unknown(what="access rules", why="no-permission", how_to_get="ask for the Reader role")
    store = Store()
    store.begin()
    store.apply(PlanMade(plan=PLAN, case=cases.case(unknown=(missing,))))
    store.apply(ConfigurationRead(configuration=cases.configuration(), unknown=(missing,)))
    assert store.case is not None
    assert store.case.unknown == (missing,)
    assert store.case.configuration != SiteConfig()


def test_the_finished_case_has_the_last_word_over_a_judgement() -> None:
    store, end = planned(), cases.whole_case(PLAN)
    first = end.observations[0]
    early = msgspec.structs.replace(first, judged=msgspec.structs.replace(first.judged, reached_app="unknown"))
    store.apply(ObservationMade(observation=early))
    store.apply(VerdictChanged(verdict=cases.verdict()))
    store.apply(CaseFinished(case=end))
    assert store.probes[first.probe.id].observation == first
    assert store.phase == "finished"


def test_time_passes_only_while_something_runs() -> None:
    store = planned()
    before = store.revision
    store.tick(500.0)
    assert (store.revision, store.clock) == (before, 100.0)
    store.apply(ProbeStarted(probe=PLAN.probes[0], limit_s=30), now=501.0)
    store.tick(502.0)
    assert store.clock == 502.0


def test_evidence_leads_to_the_row() -> None:
    store = planned()
    last = PLAN.probes[-1]
    store.apply(ObservationMade(observation=cases.observation(last, 7)))
    assert store.number_of("o7") == store.probes[last.id].number
    assert store.number_of("o99") is None
