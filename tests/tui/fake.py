"""A case that is not sent anywhere: yields events that were built by hand, at a pace, and may hang."""

import asyncio
from collections.abc import AsyncGenerator

import msgspec

from probes.model import Case, Probe
from probes.plan import Plan
from probes.progress import (
    CaseFinished,
    ConfigurationRead,
    ObservationMade,
    PlanMade,
    ProbesSkipped,
    ProbeStarted,
    ProbeWaiting,
    Progress,
    VerdictChanged,
)
from tests.tui import cases
from tui.finding import FindingText


def script(plan: Plan, end: Case) -> list[Progress]:
    """Return the events of a run of ``plan`` that ends in ``end``."""
    events: list[Progress] = [ConfigurationRead(configuration=end.configuration)]
    for made in end.observations:
        events.append(ProbeStarted(probe=made.probe, limit_s=30))
        events.append(ProbeWaiting(probe_id=made.probe.id, awaiting="response-head"))
        events.append(ObservationMade(observation=made))
    seen = {made.probe.id for made in end.observations}
    left_out = tuple(probe.id for probe in plan.probes if probe.id not in seen)
    if left_out:
        events.append(ProbesSkipped(probe_ids=left_out, because="not needed any more"))
    if end.verdict:
        events.append(VerdictChanged(verdict=end.verdict))
    return [*events, CaseFinished(case=end)]


class FakeTriage:
    """Plays ``events`` with ``pace`` seconds between them; and waits for ever before the last ``hang``."""

    def __init__(
        self,
        plan: Plan | None = None,
        end: Case | None = None,
        events: list[Progress] | None = None,
        *,
        pace: float = 0.0,
        hang: int = 0,
        fault: Exception | None = None,
    ) -> None:
        self.plan = plan or cases.plan()
        self.end = end or cases.whole_case(self.plan)
        self.events = script(self.plan, self.end) if events is None else events
        self.case = cases.case(run=self.end.run, target=self.end.target, credential=self.end.credential)
        self.pace, self.hang, self.fault = pace, hang, fault
        self.cancelled = False

    async def prepare(self) -> PlanMade:
        """Return the plan."""
        return PlanMade(plan=self.plan, case=self.case)

    async def run(self) -> AsyncGenerator[Progress, None]:
        """Yield the events."""
        try:
            for index, event in enumerate(self.events):
                if self.hang and index == len(self.events) - self.hang:
                    await asyncio.Event().wait()
                await asyncio.sleep(self.pace)
                if isinstance(event, CaseFinished):
                    self.case = event.case
                yield event
            if self.fault:
                raise self.fault
        except asyncio.CancelledError:
            self.cancelled = True
            raise

    async def send_one(self, probe: Probe) -> AsyncGenerator[Progress, None]:
        """Yield what the site would show to one probe."""
        before = [made.attempt for made in self.case.observations if made.probe.id == probe.id]
        number = len(self.case.observations) + 1
        made = cases.observation(probe, number, attempt=max(before, default=0) + 1)
        yield ProbeStarted(probe=probe, limit_s=30)
        if self.hang:
            await asyncio.Event().wait()
        self.case = msgspec.structs.replace(self.case, observations=(*self.case.observations, made))
        yield ObservationMade(observation=made)


def render(slug: str, case: Case) -> FindingText:
    """Return a finding's text as the catalogue would."""
    if slug != "large-body-renegotiation":
        return FindingText(title=slug, sentence=f"The finding is {slug}")
    return FindingText(
        title="A body over 100 KB cannot wait for the certificate",
        sentence="The site asks for the certificate too late for a body over 100 KB",
        cause="Because /health is excluded, the front end reads a request before it asks for the certificate. The "
        "body then waits in a buffer of 100 KB. A larger one gets 403, and neither the app nor its log sees it.",
        now="Send Expect: 100-continue and wait, or send a HEAD on the same connection first.",
        lasting="Take every exclusion path away, or let the certificate be asked for in the handshake.",
        ways=(
            (
                "az",
                "```bash\n# no exclusion path left\naz webapp update \\\n  --resource-group rg --name contoso\n```",
            ),
            ("Portal", "1. Open `Configuration`.\n2. Remove every entry of **Certificate exclusion paths**."),
            ("Reply", "Uploads over 100 KB are refused because the site asks for your certificate too late."),
        ),
        costs="- `/health` then asks too: monitors without a certificate get 403.\n- TLS 1.3 works again.",
        verify_command="mtls-triage diagnose https://contoso.azurewebsites.net/upload --symptom upload-403",
    )
