"""The tree along a walk: which other answers each step had, and where they lead."""

from dataclasses import dataclass

from probes.diagnosis.tree import CONTINUE, Node, Tree, the_tree
from probes.model import Step, Symptom


@dataclass(frozen=True)
class Branch:
    """Another answer of a step: where it leads is a finding's slug, or the question that comes next."""

    answer: str
    leads: str
    is_finding: bool


def branches(path: tuple[Step, ...], symptom: Symptom, tree: Tree | None = None) -> dict[str, tuple[Branch, ...]]:
    """Return by node the answers that were not taken; steps that the tree does not have are left out."""
    tree = tree or the_tree()
    found: dict[str, tuple[Branch, ...]] = {}
    node: Node | str = tree.gate
    for step in path:
        if node == CONTINUE:
            node = tree.trees[symptom]
        if isinstance(node, str) or node.question.id != step.node or step.answer not in node.edges:
            break
        others = [answer for answer in node.edges if answer not in (step.answer, "unknown")]
        found[step.node] = tuple(_branch(answer, node.edges[answer], tree, symptom) for answer in others)
        node = node.edges[step.answer]
    return found


def _branch(answer: str, target: Node | str, tree: Tree, symptom: Symptom) -> Branch:
    if target == CONTINUE:
        target = tree.trees[symptom]
    if isinstance(target, Node):
        return Branch(answer, target.question.text, is_finding=False)
    return Branch(answer, target, is_finding=True)


def answers_of(node: str) -> tuple[str, ...]:
    """Return the answers that a question knows, none where the tree has no such question."""
    question = the_tree().questions.get(node)
    return question.answers if question else ()
