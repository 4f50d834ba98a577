"""``mtls-triage findings``: the list, one finding, and a name that is none."""

import json

import pytest
from click.testing import CliRunner

from probes.diagnosis import catalogue, unknowns, verdict
from probes.errors import UsageFault
from probes.model import Case, Run, Target
from tui.commands.findings import command


def output(*args: str) -> str:
    result = CliRunner().invoke(command, list(args), standalone_mode=False, catch_exceptions=False)
    return result.output


def test_the_list_has_every_finding_on_a_line() -> None:
    lines = output().splitlines()
    assert [line.split()[0] for line in lines] == [one.slug for one in catalogue()]
    assert max(map(len, lines)) <= 120


@pytest.mark.parametrize("slug", [one.slug for one in catalogue()])
def test_one_finding_is_whole_and_has_no_placeholder_left(slug: str) -> None:
    text = output(slug)
    for title in ("Cause", "Reply", "Lasting", "Sources"):
        assert f"\n{title}\n" in text
    assert "{host}" not in text


def test_the_json_is_json() -> None:
    rows = json.loads(output("--json"))
    assert {row["name"] for row in rows} == {one.slug for one in catalogue()}
    assert json.loads(output("expect-not-awaited", "--json"))["requires"] == ["client"]


def test_an_unknown_name_gets_the_nearest_one() -> None:
    with pytest.raises(UsageFault, match="did you mean certificate-missing") as seen:
        output("certificate-mising")
    assert seen.value.status == 2
    with pytest.raises(UsageFault, match="list them"):
        output("zzz\x1b")


def test_a_name_may_be_written_otherwise() -> None:
    assert output("Large_Body Renegotiation") == output("large-body-renegotiation")


def test_a_bare_case_needs_nothing_but_a_target() -> None:
    case = Case(run=Run(id="r", started="", tool="", openssl=""), target=Target(url="https://example.com"))
    assert verdict(case).finding == "inconclusive"
    assert unknowns(case)
