"""Opens what the user names, from inside the app: a target, a lab, an earlier case; asks for a pass phrase there."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from probes.case import cases_folder, open_case
from probes.errors import MtlsTriageError, UsageFault
from probes.model import Case, Probe
from probes.plan import Plan
from probes.progress import CaseFinished, ObservationMade, PlanMade, Progress
from tui.drawing.words import common_name
from tui.request import Ask
from tui.saving import save
from tui.steer import Session
from tui.target import LAB, is_lab, of_lab, opened


class PhraseWanted(MtlsTriageError):
    """The client certificate needs a pass phrase, or the one given is wrong; the message says which."""


def asking(phrase: str | None) -> Ask:
    """Return what is asked for the pass phrase: gives ``phrase`` once, then raises PhraseWanted."""
    given = [phrase] if phrase is not None else []

    def ask(reason: str) -> str | None:
        if given:
            return given.pop()
        raise PhraseWanted(reason)

    return ask


def without(_reason: str) -> str | None:
    """Go on without the certificate."""
    return None


async def open_session(
    stack: AsyncExitStack,
    target: str,
    options: Mapping[str, Any],
    typed: frozenset[str] = frozenset(),
    *,
    ask: Ask,
    keep: bool = True,
) -> Session:
    """Open a target and return its session; what it needs to run, a lab, is put on ``stack``.

    Raises PhraseWanted, and MtlsTriageError for a target, file or option that is wrong.
    """
    if is_lab(target):
        return await _lab(stack, target.removeprefix(LAB), options, typed)
    request = await stack.enter_async_context(opened(target, options, typed, ask))
    return Session(request, keep=_kept if keep else lambda _triage: None)


async def _lab(stack: AsyncExitStack, scenario: str, options: Mapping[str, Any], typed: frozenset[str]) -> Session:
    from probes.lab.child import LabProcess

    lab = await stack.enter_async_context(LabProcess.start(scenario))
    request = await stack.enter_async_context(of_lab(lab, options, typed, without))
    return Session(request, lab)


def _kept(triage: Any) -> None:
    save(triage, None, lambda _words: None)


def earlier_cases(limit: int = 50) -> list[tuple[str, Case]]:
    """Return the newest cases that were kept, as (file, case); files that cannot be read are left out."""
    folder = cases_folder()
    files = sorted(folder.glob("*.jsonl"), reverse=True)[:limit] if folder.is_dir() else []
    found = []
    for file in files:
        try:
            found.append((str(file), open_case(file).case))
        except MtlsTriageError:
            continue
    return found


def case_words(case: Case) -> tuple[str, str]:
    """Return what a case is called in a list: when (UTC) with its finding, and its target with the certificate."""
    finding = case.verdict.finding if case.verdict else "no verdict"
    when = case.run.started[:16].replace("T", " ")
    subject = common_name(case.credential.subject) if case.credential.subject else ""
    return f"{when}  {finding}", f"{case.target.url}  {subject}"


class Earlier:
    """A case that was kept: it is shown again as it was, and nothing is sent."""

    def __init__(self, case: Case) -> None:
        self.case = case

    @classmethod
    def read(cls, path: str) -> "Earlier":
        """Read it from its file. Raises CaseFault."""
        return cls(open_case(Path(path)).case)

    async def prepare(self) -> PlanMade:
        """Return the probes that were sent as the plan."""
        sent = {made.probe.id: made.probe for made in self.case.observations}
        uploads = [probe.path for probe in sent.values() if probe.body_bytes]
        return PlanMade(plan=Plan(probes=tuple(sent.values()), upload_path=next(iter(uploads), "")), case=self.case)

    async def run(self) -> AsyncGenerator[Progress, None]:
        """Yield what was seen."""
        for made in self.case.observations:
            yield ObservationMade(observation=made)
        yield CaseFinished(case=self.case)

    async def send_one(self, probe: Probe) -> AsyncGenerator[Progress, None]:
        """Raise UsageFault: who looks at an earlier case does not want to send anything."""
        if probe.id:
            raise UsageFault("This is an earlier case: nothing is sent from it. Open its target to send probes.")
        yield CaseFinished(case=self.case)
