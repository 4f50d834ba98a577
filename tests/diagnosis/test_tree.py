"""The tree's data is whole, and its loader refuses data that is not."""

import re

import msgspec
import pytest

from probes.diagnosis import Finding, catalogue, overrules, verdict
from probes.diagnosis.facts import Facts
from probes.diagnosis.predicates import FAULTS
from probes.diagnosis.questions import ASK
from probes.diagnosis.tree import TreeFault, leaves, nodes, parse, the_tree
from probes.diagnosis.walk import walk
from probes.model import Answer, Symptom
from tests.diagnosis.build import EXCLUDED, REQUIRED, Site, make_case
from tests.diagnosis.generate import SYMPTOMS
from tests.diagnosis.test_scenarios import FAULTY

FINDINGS = {one.slug: one for one in catalogue()}
SMALL = """
questions:
  who-answers: {text: Who?, answers: [it is, a, b, c, d, e, f], needs: []}
  when: {text: When?, answers: [now, later], needs: [own-get]}
trees:
  gateway-500: {ask: when, now: inconclusive, later: inconclusive, unknown: inconclusive}
gate:
  ask: who-answers
  it is: continue
  a: server-certificate-wrong-host
  b: server-certificate-untrusted
  c: server-certificate-expired
  d: network-unreachable
  e: tls-inspection-proxy
  f: host-name-unbound
  unknown: continue
"""


def test_every_symptom_has_a_tree_and_every_question_an_asker() -> None:
    tree = the_tree()
    assert set(tree.trees) == set(SYMPTOMS)
    assert set(tree.questions) == set(ASK)


def test_every_finding_is_a_leaf_and_every_predicate_a_finding() -> None:
    tree = the_tree()
    there = set().union(*(leaves(root) for root in tree.trees.values()), leaves(tree.gate))
    assert set(FINDINGS) <= there
    assert set(FINDINGS) == {*FAULTS, "healthy", "inconclusive"}


@pytest.mark.parametrize("slug", FAULTY)
def test_every_fault_is_reached_by_some_case(slug: str) -> None:
    assert walk(Facts(FAULTY[slug])).leaf == slug


def test_no_path_asks_the_same_twice() -> None:
    for root in the_tree().trees.values():
        for node in nodes(root):
            below = [n.question.id for edge in node.edges.values() if not isinstance(edge, str) for n in nodes(edge)]
            assert node.question.id not in below


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("unknown: inconclusive}", "}"),
        ("now: inconclusive", "now: inconclusive, now: healthy"),
        ("now: inconclusive", "now: no-such-finding"),
        ("now: inconclusive", "now: large-body-renegotiation"),
        ("now: inconclusive", "soon: inconclusive"),
        ("ask: when", "ask: why"),
        ("now: inconclusive", "now: {ask: when, now: inconclusive, later: inconclusive, unknown: inconclusive}"),
        ("needs: [own-get]", "needs: [own-goal]"),
        ("later]", "yes]"),
        ("{ask: when, now: inconclusive, later: inconclusive", "{yes: inconclusive, ask: when"),
    ],
)
def test_broken_data_is_refused(old: str, new: str) -> None:
    parse(SMALL, FINDINGS)
    assert old in SMALL
    with pytest.raises(TreeFault):
        parse(SMALL.replace(old, new, 1), FINDINGS)


CHAINED = SMALL.replace(
    "trees:",
    """  early: {text: Early?, answers: [fine, bad], needs: []}
  late: {text: Late?, answers: [fine, bad], needs: []}
  expected: {text: All?, answers: [all], needs: []}
trees:""",
).replace(
    "{ask: when, now: inconclusive, later: inconclusive, unknown: inconclusive}",
    """
    first: [early: {bad: inconclusive}]
    last: [late: {bad: inconclusive}]
    ask: when
    now: &end {ask: expected, all: healthy, unknown: inconclusive}
    later: *end
    unknown: inconclusive""",
)


def _all_healthy() -> dict[str, Finding]:
    explains = msgspec.structs.replace(FINDINGS["healthy"], explains=("gateway-500",))
    return {**FINDINGS, "healthy": explains}


def test_steps_stand_before_a_question_and_before_the_end() -> None:
    root = parse(CHAINED, _all_healthy()).trees["gateway-500"]
    assert [node.question.id for node in nodes(root)] == ["early", "when", "late", "expected"]
    assert root.edges["bad"] == "inconclusive"
    assert root.edges["fine"] is root.edges["unknown"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("first: [early: {bad:", "first: [early: {worse:", "no answer worse"),
        ("first: [early: {bad:", "first: [nothing: {bad:", "no question"),
        ("last: [late:", "last: [early:", "asked already"),
        ("last: [late:", "last: [who-answers:", "no answer bad"),
    ],
)
def test_steps_that_contradict_the_tree_are_refused(old: str, new: str, words: str) -> None:
    assert old in CHAINED
    with pytest.raises(TreeFault, match=words):
        parse(CHAINED.replace(old, new, 1), _all_healthy())


def test_what_the_gate_asked_is_not_asked_again() -> None:
    again = CHAINED.replace("first: [early: {bad:", "first: [who-answers: {a:", 1)
    with pytest.raises(TreeFault, match="who-answers was asked already"):
        parse(again, _all_healthy())


def test_a_question_nobody_asks_is_refused() -> None:
    with pytest.raises(TreeFault, match="nobody asks"):
        parse(re.sub(r"trees:", "  spare: {text: Spare?, answers: [a], needs: []}\ntrees:", SMALL), FINDINGS)


def _answered(node: str, answer: str, symptom: Symptom = "upload-403") -> tuple[str, str]:
    case = make_case(Site(when="renegotiation", tls13=False), symptom=symptom)
    told = msgspec.structs.replace(case, answers=(Answer(node=node, answer=answer, by="user"),))
    found = verdict(told)
    step = next(step for step in found.path if step.node == node)
    return found.finding, step.answer


def test_the_user_can_answer_what_the_evidence_cannot() -> None:
    assert _answered("settings", "in-the-handshake") == ("large-body-legacy-edge", "in the handshake")
    assert _answered("settings", "after the request") == ("large-body-renegotiation", "after the request")
    assert _answered("client", "it does not wait") == ("expect-not-awaited", "it does not wait")


def test_an_answer_the_question_does_not_have_is_not_taken() -> None:
    assert _answered("settings", "perhaps") == ("large-body-renegotiation", "unknown")


def test_an_overruling_answer_cannot_reach_a_finding_that_is_not_true() -> None:
    assert _answered("large", "it does") == ("large-body-renegotiation", "it does")
    case = make_case(Site(when="renegotiation", tls13=False), config=EXCLUDED)
    assert overrules(case, "large", "it does") == "it is refused"
    assert overrules(case, "large", "it is refused") is None
    assert overrules(make_case(Site(), config=REQUIRED), "no-such-node", "x") is None
