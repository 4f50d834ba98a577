"""Drives one case through its stages and yields what happens; the command line and the app consume this stream."""

import base64
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from probes import diagnosis, revised
from probes.adapt import adapted, hopeless
from probes.case import Journal, libraries
from probes.credential import ClientCertificate, throwaway
from probes.forwarded import read_echo
from probes.judgement import judged
from probes.model import (
    INTERCEPTED,
    Answer,
    Case,
    CredentialFacts,
    Identity,
    Observation,
    Probe,
    Run,
    SiteConfig,
    Symptom,
    Target,
    Unknown,
    VerificationRun,
)
from probes.openssl import version_text
from probes.plan import Plan, PlanRequest, standard_plan
from probes.progress import (
    CaseFinished,
    ConfigurationRead,
    ObservationMade,
    PlanMade,
    ProbesSkipped,
    Progress,
    VerdictChanged,
)
from probes.redact import hide_query_secrets
from probes.runner import Runner
from probes.threshold import Search, Threshold
from probes.version import VERSION
from probes.wire.engine import Engine, EngineSettings, Seen
from probes.wire.trust import Trust

_ECHO_KEPT = 262_144


@dataclass(frozen=True, kw_only=True)
class TriageRequest:
    """Everything that the user said; nothing in it has been sent anywhere.

    ``plan`` is made from the URL with its secrets still in place; they never reach the case. ``headers`` are the
    user's own, all secret. ``symptom`` and ``client`` narrow the plan and the verdict. ``redacted`` False marks the
    case for in-house use; ``keylog`` is the file that the TLS session keys are written to.
    """

    plan: PlanRequest
    credential: ClientCertificate | None = None
    trusted: tuple[x509.Certificate, ...] = ()
    configuration: SiteConfig = field(default_factory=SiteConfig)
    unknown: tuple[Unknown, ...] = ()
    symptom: Symptom = "unknown"
    answers: tuple[Answer, ...] = ()
    timeout_s: float = 30.0
    parallel: int = 8
    insecure: bool = False
    proxy: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    secrets: tuple[str, ...] = ()
    redacted: bool = True
    keylog: Path | None = None


class Triage:
    """One case; ``case`` is true at every moment, also when the run is cancelled.

    ``journal`` is where the case is written as it happens, nowhere until somebody names a file. Whoever names it
    closes it.
    """

    def __init__(self, request: TriageRequest) -> None:
        self.request = request
        facts = request.credential.facts if request.credential else CredentialFacts()
        self.case = Case(
            run=Run(
                id=f"r{secrets.token_hex(4)}",
                started=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                tool=VERSION,
                openssl=version_text(),
                client=request.plan.client.name if request.plan.client else None,
                symptom=request.symptom,
                insecure=request.insecure,
                redacted=request.redacted,
                keylog=request.keylog is not None,
                libraries=libraries(),
                own_tls=request.plan.own_tls,
                own_ciphers=request.plan.own_ciphers,
                own_http=request.plan.own_http,
                own_expect=request.plan.own_expect,
            ),
            target=Target(url=hide_query_secrets(request.plan.url)),
            credential=facts,
            configuration=request.configuration,
            answers=request.answers,
            unknown=request.unknown,
        )
        self._made: Plan | None = None
        self._canary = throwaway()
        self._paths: dict[str, str] = {}
        self.journal = Journal.nowhere()
        self._written: Literal["nothing", "begun", "whole", "cancelled"] = "nothing"

    async def prepare(self) -> PlanMade:
        """Make the plan without contacting anybody, for the sheet that is shown before anything is sent."""
        return PlanMade(plan=self.plan, case=self.case)

    @property
    def plan(self) -> Plan:
        """The plan of this case; its paths carry no secrets."""
        if self._made is None:
            plan = standard_plan(self.request.plan, self.request.symptom)
            probes = tuple(self._without_secrets(probe) for probe in plan.probes)
            self._made = Plan(probes=probes, upload_path=hide_query_secrets(plan.upload_path))
            predictions = diagnosis.predict(self.case.configuration, probes)
            self.case = msgspec.structs.replace(self.case, predictions=predictions)
        return self._made

    async def run(self) -> AsyncGenerator[Progress, None]:
        """Send the plan wave by wave and yield what happens, last of all CaseFinished.

        Cancelling closes the sockets; what was seen until then stays in ``case``.
        """
        plan = self.plan
        yield PlanMade(plan=plan, case=self.case)
        yield ConfigurationRead(configuration=self.case.configuration, unknown=self.case.unknown)
        complete = False
        async with self._engine() as engine, aclosing(self._waves(engine, plan)) as happenings:
            self.journal.begin(self.case, plan)
            self._written = "begun"
            try:
                async for happening in happenings:
                    yield happening
                complete = True
            finally:
                self.conclude()
                self._written = "whole" if complete else "cancelled"
                self._end()
        assert self.case.verdict is not None
        yield VerdictChanged(verdict=self.case.verdict)
        yield CaseFinished(case=self.case)

    async def _waves(self, engine: Engine, plan: Plan) -> AsyncGenerator[Progress, None]:
        left = plan.probes
        while left:
            chosen, why = self._chosen(left)
            if not chosen:
                yield ProbesSkipped(probe_ids=tuple(probe.id for probe in left), because=why)
                return
            async with aclosing(self._send(engine, chosen)) as happenings:
                async for happening in happenings:
                    yield happening
            self.conclude()
            self.journal.concluded(self.case)
            assert self.case.verdict is not None
            yield VerdictChanged(verdict=self.case.verdict)
            left = tuple(probe for probe in left if probe not in chosen)

    async def send_one(self, probe: Probe) -> AsyncGenerator[Progress, None]:
        """Send one probe, of the plan again or one of the user's own making, and judge the case anew.

        A probe of the plan counts as a further attempt; an id of its own is a probe beside the plan. Its path may
        hold secrets, which do not reach the case.
        """
        probe = self._without_secrets(probe)
        before = [one.attempt for one in self.case.observations if one.probe.id == probe.id]
        attempt = max(before, default=0) + 1
        numbers = {planned.id: number for number, planned in enumerate(self.plan.probes, 1)}
        number = numbers.get(probe.id, len(numbers) + len(self.case.observations) + 1)
        name = f"o{number}" if attempt == 1 else f"o{number}.{attempt}"
        async with self._engine() as engine, aclosing(Runner(engine, 1).run([(name, probe)])) as happenings:
            async for happening in happenings:
                if isinstance(happening, Seen):
                    observation = self._read(engine, happening)
                    again = max(attempt, observation.attempt)
                    observation = msgspec.structs.replace(observation, attempt=again)
                    await self._keep(observation)
                    yield ObservationMade(observation=observation)
                else:
                    yield happening
        self.conclude()
        self._end()
        assert self.case.verdict is not None
        yield VerdictChanged(verdict=self.case.verdict)

    def answer(self, node: str, answer: str | None) -> None:
        """Note the user's answer to a question of the tree, None takes an earlier one back; judge the case anew.

        As with everything that the user says of an open case, it is on disk when this returns.
        """
        self._revise(revised.answered(self.case, node, answer))

    def complain(self, symptom: Symptom) -> None:
        """Note the user's symptom, and walk the same evidence for it; the plan stays that of the request."""
        self._revise(revised.complained(self.case, symptom))

    def take_client(self, name: str) -> None:
        """Note which client the user has, by its name in ``probes.personas``, and judge the case for it."""
        self._revise(revised.with_client(self.case, name))

    def configure(self, configuration: SiteConfig, unknown: tuple[Unknown, ...] = ()) -> None:
        """Note settings that were read after the run, and what could not be read; judge the case by them."""
        self.request = replace(self.request, configuration=configuration, unknown=unknown)
        self._revise(revised.configured(self.case, configuration, self.plan.probes))

    def verified(self, verification: VerificationRun) -> None:
        """Keep the result of a verification of the fix with the case."""
        self._revise(revised.verified(self.case, verification))

    def _revise(self, said: revised.Revised) -> None:
        self.case, lines = said
        self.conclude()
        # What is said before the first probe stands in the lines that a run begins with.
        if self._written != "nothing":
            over, cancelled = self._written != "begun", self._written == "cancelled"
            self.journal.revised(lines, self.case, over=over, cancelled=cancelled)

    def _end(self) -> None:
        if self._written != "nothing":
            self.journal.end(self.case, cancelled=self._written == "cancelled")

    async def threshold(
        self, base: Probe, max_bytes: int, on_seen: Callable[[Observation], None] = lambda _seen: None
    ) -> Threshold:
        """Search the size limit with uploads like ``base``, one after the other; ``on_seen`` is told of each."""
        base = self._without_secrets(base)
        async with self._engine() as engine:

            async def send(probe: Probe) -> Observation:
                seen = self._read(engine, await engine.observe(probe, f"o-{probe.id}"))
                on_seen(seen)
                return seen

            return await Search(base, send, max_bytes).run()

    @asynccontextmanager
    async def sender(self) -> AsyncGenerator[Callable[[Probe, str], Awaitable[Observation]], None]:
        """Yield a function that sends one probe of ``plan`` under an observation id and returns what was seen."""
        _ = self.plan  # the engine must know the real paths of the plan's probes
        async with self._engine() as engine:

            async def send(probe: Probe, observation_id: str) -> Observation:
                return self._read(engine, await engine.observe(probe, observation_id))

            yield send

    def _without_secrets(self, probe: Probe) -> Probe:
        self._paths[hide_query_secrets(probe.path)] = probe.path
        via = None if self.request.proxy is None else hide_query_secrets(self.request.proxy)
        return msgspec.structs.replace(probe, path=hide_query_secrets(probe.path), via=via)

    def _engine(self) -> Engine:
        request = self.request
        identities: dict[Identity, ClientCertificate] = {"throwaway": self._canary}
        if request.credential is not None:
            identities["given"] = request.credential
        settings = EngineSettings(
            run_id=self.case.run.id,
            timeout_s=request.timeout_s,
            insecure=request.insecure,
            proxy=request.proxy,
            headers=request.headers,
            paths=tuple(self._paths.items()),
            secrets=request.secrets,
            keylog=request.keylog,
            canary=base64.b64encode(self._canary.leaf.public_bytes(Encoding.DER)).decode("ascii"),
        )
        return Engine(settings, Trust(request.trusted), identities)

    def _chosen(self, probes: Sequence[Probe]) -> tuple[tuple[Probe, ...], str]:
        reason = hopeless(self.case.observations)
        if reason is not None:
            return (), reason
        if self.case.verdict is not None and self.case.verdict.finding == INTERCEPTED:
            return (), "a proxy on the way opens the connection, so it is not the site that answers"
        return diagnosis.wanted(self.case, probes), "the symptom's question is answered"

    async def _send(self, engine: Engine, probes: Sequence[Probe]) -> AsyncGenerator[Progress, None]:
        order = {probe.id: f"o{number}" for number, probe in enumerate(self.plan.probes, 1)}
        ready = [(order[probe.id], adapted(probe, self.case.observations)) for probe in probes]
        async with aclosing(Runner(engine, self.request.parallel).run(ready)) as happenings:
            async for happening in happenings:
                if isinstance(happening, Seen):
                    observation = self._read(engine, happening)
                    await self._keep(observation)
                    yield ObservationMade(observation=observation)
                else:
                    yield happening

    def _read(self, engine: Engine, seen: Seen) -> Observation:
        observation = seen.observation
        sends = observation.tls is not None and observation.tls.certificate_sent == "yes"
        credential = self.request.credential
        if self._may_echo(observation, seen.body):
            leaf = credential.leaf if credential and sends and observation.probe.identity == "given" else None
            if observation.probe.canary:
                leaf = self._canary.leaf
            echo = read_echo(seen.body[:_ECHO_KEPT], seen.content_type, leaf, redact=engine.redactor.header)
            observation = msgspec.structs.replace(observation, echo=echo)
        return judged(observation, self.case.configuration)

    def _may_echo(self, observation: Observation, body: bytes) -> bool:
        if observation.outcome != "response" or not body or (observation.status or 0) >= 400:
            return False
        return observation.probe.path == self.request.plan.debug_path or b"clientcert" in body[:_ECHO_KEPT].lower()

    async def _keep(self, observation: Observation) -> None:
        await self.journal.observed(observation)
        order = {probe.id: number for number, probe in enumerate(self.plan.probes)}
        observations = sorted(
            (*self.case.observations, observation), key=lambda one: (order.get(one.probe.id, len(order)), one.attempt)
        )
        self.case = msgspec.structs.replace(self.case, observations=tuple(observations))

    def conclude(self) -> None:
        """Judge what was seen so far; a cancelled run is concluded by whoever cancelled it."""
        verdict = diagnosis.verdict(self.case)
        self.case = msgspec.structs.replace(self.case, verdict=verdict)
        unknown = (*self.request.unknown, *diagnosis.unknowns(self.case))
        self.case = msgspec.structs.replace(self.case, unknown=tuple(dict.fromkeys(unknown)))
