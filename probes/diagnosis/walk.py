"""Walks the tree over one case: which questions are asked, what answers them, and where that ends."""

from probes.diagnosis.facts import Facts
from probes.diagnosis.questions import ASK, Reply
from probes.diagnosis.tree import CONTINUE, UNKNOWN, Node, Question, Tree, the_tree
from probes.model import Case, Step, Value

_WEIGHED = frozenset({"prompted"})
"""Questions whose answer by evidence has the user's word in it already; what no probe can see is only told. The word
alone leads to no finding there."""


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
        if said is not None and not (node.question.id in _WEIGHED and isinstance(node.edges[said], str)):
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
