"""Loads the tree of questions and checks it: every edge there, none twice, every leaf a finding."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from probes.diagnosis.catalogue import Finding, catalogue
from probes.diagnosis.scope import SELECTORS
from probes.model import Symptom, Value

UNKNOWN = "unknown"
CONTINUE = "continue"
HEALTHY = "healthy"


class Question(Value, frozen=True, kw_only=True):
    """One thing that is asked: its plain words, its answers without ``unknown``, and the probes that answer it."""

    id: str
    text: str
    answers: tuple[str, ...]
    needs: tuple[str, ...]


class Node(Value, frozen=True, kw_only=True):
    """A question at its place in a tree; ``edges`` lead to the next node or to the slug of a finding."""

    question: Question
    edges: Mapping[str, "Node | str"]


class Tree(Value, frozen=True, kw_only=True):
    """The gate, which stands before every symptom, and one tree for each symptom."""

    gate: Node
    trees: Mapping[Symptom, Node]
    questions: Mapping[str, Question]


class TreeFault(ValueError):
    """The data of the tree contradicts itself; says where. Never caused by a user."""


class _Loader(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):  # type: ignore[misc]
    """A safe loader that refuses an edge that is written twice, which YAML otherwise passes over in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Build one mapping; raises TreeFault for a key that stands twice or that YAML took for a boolean."""
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if not isinstance(key, str) or keys.count(key) > 1:
                raise TreeFault(f"tree, line {node.start_mark.line + 1}: the edge {key!r} is not one edge")
        found: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return found


def parse(text: str, findings: Mapping[str, Finding]) -> Tree:
    """Read a tree from its YAML; raises TreeFault where it is not a whole and unambiguous one."""
    data: Any = yaml.load(text, _Loader)  # noqa: S506 - derived from the safe loader
    questions = {name: _question(name, entry) for name, entry in data["questions"].items()}
    gate = _Builder(questions).node(data["gate"])
    trees = {symptom: _Builder(questions, entry.get("last")).node(entry) for symptom, entry in data["trees"].items()}
    at_gate = {node.question.id for node in nodes(gate)}
    for root in (gate, *trees.values()):
        _check_asked_once(root, at_gate if root is not gate else set())
    used = {node.question.id for root in (gate, *trees.values()) for node in nodes(root)}
    if unused := sorted(set(questions) - used):
        raise TreeFault(f"tree: nobody asks {', '.join(unused)}")
    tree = Tree(gate=gate, trees=trees, questions=questions)
    _check_leaves(tree, findings)
    return tree


def _question(name: str, entry: Mapping[str, Any]) -> Question:
    question = Question(id=name, text=entry["text"], answers=tuple(entry["answers"]), needs=tuple(entry["needs"]))
    if unknown := sorted(set(question.needs) - set(SELECTORS)):
        raise TreeFault(f"tree: {name} needs {', '.join(unknown)}, which is no kind of probe")
    return question


class _Builder:
    """Builds the nodes of one tree. A branch that YAML shares is one node, or the tree would double at
    every question.

    ``last`` are steps that are asked wherever this tree would come to the question that ends in ``healthy``.
    """

    def __init__(self, questions: Mapping[str, Question], last: Sequence[Mapping[str, Any]] | None = None) -> None:
        self._questions = questions
        self._last = last or ()
        self._made: dict[int, Node] = {}

    def node(self, entry: Mapping[str, Any]) -> Node:
        """Return the node of one entry: its question, after the steps of its ``first``."""
        if id(entry) not in self._made:
            plain = self._plain(entry)
            ends = HEALTHY in plain.edges.values()
            after = self._before(self._last, plain) if ends else plain
            self._made[id(entry)] = self._before(entry.get("first", ()), after)
        return self._made[id(entry)]

    def _plain(self, entry: Mapping[str, Any]) -> Node:
        question = self._question(entry["ask"])
        edges = {answer: target for answer, target in entry.items() if answer not in ("ask", "first", "last")}
        if set(edges) != {*question.answers, UNKNOWN}:
            odd = sorted(map(str, set(edges) ^ {*question.answers, UNKNOWN}))
            raise TreeFault(f"tree: {question.id} has an edge too many or too few: {', '.join(odd)}")
        return Node(question=question, edges={answer: self._target(target) for answer, target in edges.items()})

    def _before(self, steps: Sequence[Mapping[str, Any]], after: Node) -> Node:
        """Put questions before ``after``: the answers that a step names lead away, all others go on."""
        for step in reversed(steps):
            ((name, leads),) = step.items()
            question = self._question(name)
            if odd := sorted(set(leads) - set(question.answers)):
                raise TreeFault(f"tree: {name} has no answer {', '.join(odd)}")
            edges = {answer: self._target(leads[answer]) if answer in leads else after for answer in question.answers}
            after = Node(question=question, edges={**edges, UNKNOWN: after})
        return after

    def _target(self, target: Mapping[str, Any] | str) -> "Node | str":
        return target if isinstance(target, str) else self.node(target)

    def _question(self, name: str) -> Question:
        if name not in self._questions:
            raise TreeFault(f"tree: {name!r} is asked and is no question")
        return self._questions[name]


def _check_asked_once(root: Node, before: set[str]) -> None:
    """Raise TreeFault where a path asks the same question twice; ``before`` was asked at the gate."""
    below: dict[int, set[str]] = {}

    def asked(node: Node) -> set[str]:
        if id(node) not in below:
            further = set().union(*(asked(target) for target in node.edges.values() if isinstance(target, Node)))
            if node.question.id in further | before:
                raise TreeFault(f"tree: {node.question.id} was asked already")
            below[id(node)] = further | {node.question.id}
        return below[id(node)]

    asked(root)


def nodes(root: Node) -> Iterator[Node]:
    """Yield a node and all below it, each once, also where several edges lead to it."""
    waiting, known = [root], {id(root)}
    while waiting:
        node = waiting.pop()
        yield node
        for target in node.edges.values():
            if isinstance(target, Node) and id(target) not in known:
                known.add(id(target))
                waiting.append(target)


def leaves(root: Node) -> frozenset[str]:
    """Return the findings that a tree can end in."""
    return frozenset(target for node in nodes(root) for target in node.edges.values() if isinstance(target, str))


def _check_leaves(tree: Tree, findings: Mapping[str, Finding]) -> None:
    gate = leaves(tree.gate) - {CONTINUE}
    for symptom, root in tree.trees.items():
        there = leaves(root)
        if strange := sorted((there | gate) - set(findings)):
            raise TreeFault(f"tree of {symptom}: no finding is called {', '.join(strange)}")
        wanted = {slug for slug, one in findings.items() if one.explains_symptom(symptom)} - gate
        if odd := sorted((there | {"inconclusive"}) ^ wanted):
            raise TreeFault(f"tree of {symptom}: these lead there or explain it, but not both: {', '.join(odd)}")


@cache
def the_tree() -> Tree:
    """Return the tree that the tool ships, read and checked once."""
    text = files("probes.diagnosis").joinpath("tree.yaml").read_text(encoding="utf-8")
    return parse(text, {one.slug: one for one in catalogue()})
