"""What the user decides while a case is open: answers, the client, a debug path; the case is judged anew."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from probes.errors import UsageFault
from probes.model import Probe, Symptom
from probes.personas import CLIENTS
from probes.plan import PlanRequest, standard_plan
from probes.siteconfig import read
from probes.triage import Triage, TriageRequest

if TYPE_CHECKING:
    from probes.lab.child import LabProcess


@dataclass
class Session:
    """One target that is worked on: what was asked for, and the lab that it runs on, if it is one.

    ``request`` changes when the user says more; the next run is made of it. ``keep`` names
    the file of a case before anything is sent.
    """

    request: TriageRequest
    lab: "LabProcess | None" = None
    keep: Callable[[Triage], None] = lambda _triage: None

    def fresh(self) -> Triage:
        """Return a new case of the same target, written to a file of its own where cases are kept."""
        triage = Triage(self.request)
        self.keep(triage)
        return triage

    def debug_probe(self, triage: Triage, path: str) -> Probe:
        """Note the path of a debug endpoint and return the probe that asks it."""
        self._plan(triage, msgspec.structs.replace(self.request.plan, debug_path=path))
        found = standard_plan(self.request.plan, self.request.symptom).probes
        probe = next(one for one in found if one.id == "debug")
        # The same endpoint again is a further attempt; another path is another probe.
        number = sum(1 for one in triage.case.observations if one.probe.id.startswith("debug"))
        asked = {one.probe.id: one.probe.path for one in triage.case.observations}
        same = next((name for name, there in asked.items() if name.startswith("debug") and there == path), None)
        return msgspec.structs.replace(probe, id=same or (f"debug-{number + 1}" if number else "debug"))

    def client_probes(self, triage: Triage, name: str) -> tuple[Probe, ...]:
        """Note the user's client and return the probes that go out as it would send them."""
        upload_path = triage.plan.upload_path
        plan = msgspec.structs.replace(self.request.plan, client=CLIENTS[name], upload_path=upload_path)
        self.request = replace(self.request, plan=plan)
        triage.take_client(name)
        return tuple(one for one in standard_plan(plan, self.request.symptom).probes if one.persona == name)

    def answered(self, triage: Triage, node: str, answer: str | None) -> None:
        """Note an answer of the user to a question of the tree, None takes it back; the case is judged anew."""
        triage.answer(node, answer)
        self.request = replace(self.request, answers=triage.case.answers)

    def complained(self, triage: Triage, symptom: str) -> None:
        """Note the symptom; the same evidence is walked for it, and the next run sends its plan."""
        found: Symptom = msgspec.convert(symptom, Symptom)
        self.request = replace(self.request, symptom=found)
        triage.complain(found)

    def configured(self, triage: Triage, path: str) -> None:
        """Read the settings from a saved file; the case is judged anew. Raises MtlsTriageError for a wrong file."""
        configuration, unknown = read([Path(path).expanduser()])
        self.request = replace(self.request, configuration=configuration, unknown=unknown)
        triage.configure(configuration, unknown)

    async def changed_lab(self, body: dict[str, Any]) -> None:
        """Change the lab's state, and read the settings that it now has. Raises MtlsTriageError where it refuses."""
        if self.lab is None:
            raise UsageFault("This is no lab: commands are shown and copied, never run.")
        await self.lab.patch(body)
        if self.request.configuration.source != "none":
            configuration, unknown = read([Path(self.lab.ready.config)])
            self.request = replace(self.request, configuration=configuration, unknown=unknown)

    def _plan(self, triage: Triage, plan: PlanRequest) -> None:
        self.request = replace(self.request, plan=plan)
        # The case that is open must know the path too, or it would not read the answer as an echo.
        triage.request = replace(triage.request, plan=plan)
