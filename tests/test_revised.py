"""What the user says of an open case is in its file when the call returns, on a real run on the lab."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from probes import diagnosis
from probes.case import Journal, open_case
from probes.lab.child import LabProcess
from probes.model import VerificationRun
from probes.siteconfig import read
from probes.triage import Triage
from tui.commands.options import parse_options
from tui.request import triage_request


@pytest.fixture
async def lab() -> AsyncIterator[LabProcess]:
    async with LabProcess.start("client-certs-disabled") as found:
        yield found


async def run_of(lab: LabProcess, file: Path) -> Triage:
    options = ["--ca", lab.ready.ca, "--cert", lab.ready.certificate, "--symptom", "header-missing"]
    triage = Triage(triage_request(lab.ready.target, parse_options(options)))
    triage.journal = Journal.create(file)
    async for _ in triage.run():
        pass
    return triage


async def test_each_thing_said_is_in_the_file_at_once(lab: LabProcess, tmp_path: Path) -> None:
    file = tmp_path / "case.jsonl"
    triage = await run_of(lab, file)
    assert triage.case.verdict is not None
    before = triage.case.verdict

    def kept() -> None:
        opened = open_case(file)
        assert (opened.case, opened.finished, opened.cancelled, opened.notes) == (triage.case, True, False, ())

    triage.answer("switch", "it does")
    kept()
    (answer,) = triage.case.answers
    assert (answer.node, answer.answer, answer.by) == ("switch", "it does", "user")
    assert triage.case.verdict != before
    triage.answer("switch", "it does not")
    kept()
    assert [one.answer for one in triage.case.answers] == ["it does not"]
    triage.answer("switch", None)
    kept()
    assert triage.case.answers == ()
    assert triage.case.verdict == before
    triage.configure(*read([Path(lab.ready.config)]))
    kept()
    assert triage.case.predictions
    triage.complain("always-403")
    kept()
    triage.take_client("go")
    kept()
    assert (triage.case.run.symptom, triage.case.run.client) == ("always-403", "go")
    triage.verified(VerificationRun(probe="get-own", started="2026-01-01T00:00:00Z", streak=3))
    kept()
    triage.journal.close()


async def test_an_answer_whose_verdict_was_torn_off_is_judged_again(lab: LabProcess, tmp_path: Path) -> None:
    file = tmp_path / "case.jsonl"
    triage = await run_of(lab, file)
    triage.answer("switch", "it does")
    triage.journal.close()
    whole = file.read_bytes()
    at = whole.index(b'{"type":"answer"')
    file.write_bytes(whole[: whole.index(b"\n", at) + 20])
    opened = open_case(file)
    assert opened.case.answers == triage.case.answers
    assert opened.case.verdict == triage.case.verdict == diagnosis.verdict(opened.case)
    assert not opened.finished


async def test_what_is_said_before_the_run_stands_at_its_beginning(lab: LabProcess, tmp_path: Path) -> None:
    options = ["--ca", lab.ready.ca, "--cert", lab.ready.certificate, "--symptom", "header-missing"]
    triage = Triage(triage_request(lab.ready.target, parse_options(options)))
    file = tmp_path / "case.jsonl"
    triage.journal = Journal.create(file)
    triage.answer("switch", "it does")
    assert file.read_bytes() == b""
    async for _ in triage.run():
        pass
    triage.journal.close()
    assert open_case(file).case == triage.case
    assert [one.node for one in triage.case.answers] == ["switch"]
