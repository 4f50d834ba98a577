"""Walks the tree over one case: which questions are asked, what answers them, and where that ends."""

from collections.abc import Sequence

from probes.diagnosis.facts import Facts
from probes.diagnosis.questions import ASK, Reply
from probes.diagnosis.tree import CONTINUE, UNKNOWN, Node, Question, Tree, the_tree
from probes.model import Case, Step, Symptom, Value


class Walk(Value, frozen=True, kw_only=True):
    """One walk: its steps, the finding it ended at, and whether the user overruled the evidence on the way."""

    steps: tuple[Step, ...]
    leaf: str
    overruled: bool = False


def user_answer(facts: Facts, question: Question) -> str | None:
    """Return the user's answer to a question in the tree's own words, None for none or for one it does not have."""
    given = facts.answer(question.id)
    if given is None:
        return None
    return next((word for word in question.answers if word.replace("-", " ").casefold() == given), None)


def walk(facts: Facts, tree: Tree | None = None) -> Walk:
    """Walk from the gate to a leaf; whether that holds is for the caller to check, as the user may have overruled."""
    tree = tree or the_tree()
    steps: list[Step] = []
    node: Node | str = tree.gate
    overruled = False
    while isinstance(node, Node):
        reply = ASK[node.question.id](facts)
        said = user_answer(facts, node.question)
        if said is not None:
            overruled |= reply.value not in (None, said)
            reply = Reply(value=said, evidence=(f"answer:{node.question.id}",))
        answer = reply.value or UNKNOWN
        step = Step(node=node.question.id, question=node.question.text, answer=answer, evidence=reply.evidence)
        steps.append(step)
        node = node.edges[answer]
        if node == CONTINUE:
            node = tree.trees[facts.case.run.symptom]
    return Walk(steps=tuple(steps), leaf=node, overruled=overruled)


def overrules(case: Case, node: str, answer: str) -> str | None:
    """Return the answer of the evidence that the user's ``answer`` to ``node`` would replace, None when none."""
    facts = Facts(case)
    if node not in ASK:
        return None
    by_evidence = ASK[node](facts).value
    return None if by_evidence in (None, answer) else by_evidence


def open_questions(facts: Facts, tree: Tree | None = None) -> tuple[Question, ...]:
    """Return the questions without an answer that the walk may still come to, whichever way they turn out."""
    tree = tree or the_tree()
    found: dict[str, Question] = {}
    _open(tree.gate, facts, tree, facts.case.run.symptom, found, {}, set())
    return tuple(found.values())


def _open(
    node: Node | str,
    facts: Facts,
    tree: Tree,
    symptom: Symptom,
    found: dict[str, Question],
    replies: dict[str, Reply],
    done: set[int],
) -> None:
    if node == CONTINUE:
        node = tree.trees[symptom]
    if isinstance(node, str) or id(node) in done:
        return
    done.add(id(node))
    question = node.question
    if question.id not in replies:
        said = user_answer(facts, question)
        replies[question.id] = ASK[question.id](facts) if said is None else Reply(value=said)
    answer = replies[question.id].value
    ways: Sequence[Node | str] = list(node.edges.values()) if answer is None else [node.edges[answer]]
    if answer is None:
        found.setdefault(question.id, question)
    for way in ways:
        _open(way, facts, tree, symptom, found, replies, done)
