"""Draws the tree of questions as text and as a Mermaid flowchart, from the tables that the diagnosis itself walks."""

from probes.diagnosis.catalogue import by_slug
from probes.diagnosis.tree import CONTINUE, UNKNOWN, Node, Tree, the_tree
from probes.model import Symptom

GATE = "gate"
"""The name of the questions that stand before every symptom."""


class Chart:
    """The questions of one tree in the order in which they are come to, numbered from 1."""

    def __init__(self, name: str, root: Node) -> None:
        self.name = name
        self.questions: list[Node] = []
        self._numbers: dict[int, int] = {}
        waiting = [root]
        while waiting:
            node = waiting.pop(0)
            if id(node) in self._numbers:
                continue
            self.questions.append(node)
            self._numbers[id(node)] = len(self.questions)
            waiting += [target for target in node.edges.values() if isinstance(target, Node)]

    def number(self, node: Node) -> int:
        """Return the number of a question."""
        return self._numbers[id(node)]

    def ways(self, node: Node) -> list[tuple[tuple[str, ...], Node | str]]:
        """Return where the answers to a question lead; answers that lead to the same place stand together."""
        found: list[tuple[tuple[str, ...], Node | str]] = []
        for answer, target in node.edges.items():
            place = next((at for at, (_, other) in enumerate(found) if other is target or other == target), None)
            if place is None:
                found.append(((answer,), target))
            else:
                found[place] = ((*found[place][0], answer), target)
        return found


def charts(tree: Tree | None = None, symptom: Symptom | None = None) -> list[Chart]:
    """Return the chart of the gate and of every symptom, or of the gate and one symptom."""
    tree = tree or the_tree()
    chosen = {name: root for name, root in tree.trees.items() if symptom in (None, name)}
    return [Chart(GATE, tree.gate), *(Chart(name, root) for name, root in chosen.items())]


def as_text(found: list[Chart]) -> str:
    """Return the charts as numbered questions with an arrow for each answer."""
    blocks = []
    for chart in found:
        lines = [f"{chart.name}: before every symptom" if chart.name == GATE else f"symptom {chart.name}"]
        for node in chart.questions:
            lines += ["", f"{chart.number(node):>4}  {node.question.text}  [{node.question.id}]"]
            lines += [f"        {' / '.join(answers)} → {_where(chart, to)}" for answers, to in chart.ways(node)]
        blocks.append("\n".join(lines))
    return "\n\n\n".join(blocks)


def _where(chart: Chart, target: Node | str) -> str:
    if isinstance(target, Node):
        return str(chart.number(target))
    return "the questions of the symptom" if target == CONTINUE else target


def as_mermaid(found: list[Chart]) -> str:
    """Return one Mermaid flowchart for each chart; a finding is a box with rounded corners."""
    return "\n\n".join(_flowchart(chart) for chart in found)


def _flowchart(chart: Chart) -> str:
    lines = ["```mermaid", "---", f"title: {chart.name}", "---", "flowchart TD"]
    leaves: dict[str, str] = {}
    edges = []
    for node in chart.questions:
        here = f"q{chart.number(node)}"
        lines.append(f'  {here}{{"{_label(node.question.text)}"}}')
        for answers, target in chart.ways(node):
            there = _leaf(target, leaves) if isinstance(target, str) else f"q{chart.number(target)}"
            arrow = "-.->" if answers == (UNKNOWN,) else "-->"
            edges.append(f'  {here} {arrow}|"{_label(" / ".join(answers))}"| {there}')
    lines += [f'  {name}(["{_label(_title(slug))}"])' for slug, name in leaves.items()]
    return "\n".join([*lines, *edges, "```"])


def _leaf(slug: str, leaves: dict[str, str]) -> str:
    return leaves.setdefault(slug, f"f{len(leaves) + 1}")


def _title(slug: str) -> str:
    return "the questions of the symptom" if slug == CONTINUE else f"{slug}<br/>{by_slug(slug).sentence}"


def _label(text: str) -> str:
    """Return text as it may stand in quotes in Mermaid, which has entities and no escapes."""
    return text.replace("#", "#35;").replace('"', "#quot;").replace("`", "#96;")


def as_data(found: list[Chart]) -> list[dict[str, object]]:
    """Return the charts for JSON: questions by number, answers with the number or the finding that they lead to."""
    return [
        {
            "symptom": chart.name,
            "questions": [
                {
                    "number": chart.number(node),
                    "id": node.question.id,
                    "text": node.question.text,
                    "answers": {
                        answer: chart.number(to) if isinstance(to, Node) else to for answer, to in node.edges.items()
                    },
                }
                for node in chart.questions
            ],
        }
        for chart in found
    ]
