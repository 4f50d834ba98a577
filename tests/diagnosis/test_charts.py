"""The tree as a document is the tree: every question, every answer, every finding, and nothing else."""

import json
import re

import pytest
from click.testing import CliRunner

from probes.diagnosis.charts import as_mermaid, as_text, charts
from probes.diagnosis.tree import CONTINUE, UNKNOWN, leaves, nodes, the_tree
from tui.commands.findings import command


def output(*args: str) -> str:
    return CliRunner().invoke(command, ["--tree", *args], standalone_mode=False, catch_exceptions=False).output


@pytest.mark.parametrize("symptom", sorted(the_tree().trees))
def test_every_question_answer_and_finding_stands_in_the_text(symptom: str) -> None:
    root = the_tree().trees[symptom]  # type: ignore[index]
    text = output("--symptom", symptom).partition(f"\nsymptom {symptom}\n")[2]
    wanted = list(nodes(root))
    assert len(re.findall(r"^ +\d+  .*\[[a-z0-9-]+\]$", text, re.MULTILINE)) == len(wanted)
    arrows = re.findall(r"^ {8}(.+) → (.+)$", text, re.MULTILINE)
    told = sum(len(answers.split(" / ")) for answers, _ in arrows)
    assert told == sum(len(node.edges) for node in wanted)
    assert {to for _, to in arrows if not to.isdigit()} == leaves(root)
    assert {int(to) for _, to in arrows if to.isdigit()} == set(range(2, len(wanted) + 1))


def test_walking_the_document_ends_where_the_tree_ends() -> None:
    data = {chart["symptom"]: chart["questions"] for chart in json.loads(output("--json"))}
    for symptom, root in the_tree().trees.items():
        here, node = data[symptom][0], root
        for turn in range(100):
            answer = list(node.edges)[turn % len(node.edges)]
            to = here["answers"][answer]
            target = node.edges[answer]
            if isinstance(target, str):
                assert to == target
                break
            here, node = data[symptom][to - 1], target
            assert here["id"] == node.question.id
    assert any(CONTINUE in question["answers"].values() for question in data["gate"])


def test_mermaid_defines_every_name_that_it_uses_and_quotes_every_text() -> None:
    found = charts()
    for block in as_mermaid(found).split("\n\n"):
        assert block.startswith("```mermaid\n")
        assert block.endswith("\n```")
        defined = set(re.findall(r'^  ([qf]\d+)(?:\{"|\(\[")', block, re.MULTILINE))
        edges = re.findall(r'^  ([qf]\d+) -(?:\.-|-)>\|"([^"]+)"\| ([qf]\d+)$', block, re.MULTILINE)
        assert {name for start, _, end in edges for name in (start, end)} == defined
        lines = block.splitlines()[5:-1]
        assert len(lines) == len(defined) + len(edges)
    assert UNKNOWN in as_text(found)


def test_options_that_go_nowhere_are_refused() -> None:
    for arguments in (["--mermaid"], ["--symptom", "slow"], ["healthy", "--tree"]):
        assert CliRunner().invoke(command, arguments).exit_code == 2
