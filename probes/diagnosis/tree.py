"""Loads the tree of questions and checks it: every edge there, none twice, every leaf a finding."""

from collections.abc import Hashable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from probes.diagnosis.catalogue import Finding, catalogue
from probes.diagnosis.scope import SELECTORS
from probes.model import Symptom, Value

UNKNOWN = "unknown"
CONTINUE = "continue"


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
    gate = _node(data["gate"], questions, ())
    trees = {symptom: _node(entry, questions, ("who-answers",)) for symptom, entry in data["trees"].items()}
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


def _node(entry: Mapping[str, Any], questions: Mapping[str, Question], before: tuple[str, ...]) -> Node:
    name = entry["ask"]
    if name not in questions or name in before:
        raise TreeFault(f"tree: {name!r} after {' > '.join(before)} is unknown or was asked already")
    question = questions[name]
    edges = {answer: target for answer, target in entry.items() if answer != "ask"}
    if set(edges) != {*question.answers, UNKNOWN}:
        odd = sorted(map(str, set(edges) ^ {*question.answers, UNKNOWN}))
        raise TreeFault(f"tree: {' > '.join((*before, name))} has an edge too many or too few: {', '.join(odd)}")
    further = (*before, name)
    built = {
        answer: target if isinstance(target, str) else _node(target, questions, further)
        for answer, target in edges.items()
    }
    return Node(question=question, edges=built)


def nodes(root: Node) -> Iterator[Node]:
    """Yield a node and all below it."""
    yield root
    for target in root.edges.values():
        if isinstance(target, Node):
            yield from nodes(target)


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
