"""One case: the run, the target, what was seen, what was answered, and the verdict over it."""

from typing import Literal

import msgspec

from probes.model.base import Value
from probes.model.observation import Observation
from probes.model.probe import HttpChoice, OwnExpect, TlsChoice
from probes.model.siteconfig import SiteConfig
from probes.model.target import CredentialFacts, Symptom, Target

Confidence = Literal["confirmed", "likely", "possible"]
SCHEMA = "mtls-triage/case/1"
INTERCEPTED = "tls-inspection-proxy"
"""The finding that suspends every other one, also where the user said to go on."""


class Run(Value, frozen=True, kw_only=True):
    """One run of the tool. ``client`` is the user's client (``--as``), None when it is not known.

    ``redacted`` False says that reports leave nothing out for an audience, ``keylog`` that the TLS session keys were
    written to a file. ``libraries`` are the versions of what the run rests on, by name. ``own_tls``, ``own_ciphers``
    and ``own_http`` are what the user's client speaks, as far as that is narrower than what a client left to itself
    does; ``own_expect`` says whether it was told to send Expect with every body, or never.
    """

    id: str
    started: str
    tool: str
    openssl: str
    client: str | None = None
    symptom: Symptom = "unknown"
    redacted: bool = True
    insecure: bool = False
    own_tls: TlsChoice = "free"
    own_ciphers: str | None = None
    own_http: HttpChoice = "free"
    own_expect: OwnExpect = "client"
    keylog: bool = False
    libraries: dict[str, str] = msgspec.field(default_factory=dict)


class Prediction(Value, frozen=True, kw_only=True):
    """What the settings permit a probe to show, with the rule that says so."""

    probe: str
    permitted: tuple[str, ...]
    rule: str
    certainty: Literal["documented", "reported", "inferred"]


class Answer(Value, frozen=True, kw_only=True):
    """An answer to a node of the tree; ``overrules`` is the answer of the evidence that it replaces."""

    node: str
    answer: str
    by: Literal["user", "evidence", "option"]
    overrules: str | None = None


class Step(Value, frozen=True, kw_only=True):
    """One node of the walk: its question, the answer taken, and the evidence for it.

    Evidence is written ``obs:o7#tls.renegotiation``, ``config:client_cert_mode``, ``answer:NODE`` or
    ``credential:faults``.
    """

    node: str
    question: str
    answer: str
    evidence: tuple[str, ...] = ()


class Also(Value, frozen=True, kw_only=True):
    """A finding that holds beside the verdict."""

    finding: str
    confidence: Confidence
    evidence: tuple[str, ...] = ()


class ClientVerdict(Value, frozen=True, kw_only=True):
    """What the same observations mean for one client."""

    name: str
    result: Literal["fails", "fails-at-any-size", "works", "works-if", "unknown"]
    because: str
    finding: str | None = None


class Verdict(Value, frozen=True, kw_only=True):
    """The one cause, how sure it is, the walk to it, and what else is true."""

    finding: str
    confidence: Confidence
    path: tuple[Step, ...] = ()
    evidence: tuple[str, ...] = ()
    also: tuple[Also, ...] = ()
    suspended_by: str | None = None
    clients: tuple[ClientVerdict, ...] = ()


class Attempt(Value, frozen=True, kw_only=True):
    """One attempt of a verification, on a fresh connection."""

    at: str
    ip: str | None
    outcome: str


class VerificationRun(Value, frozen=True, kw_only=True):
    """Whether a fix took effect: the verifying probe over time, and the control that must still be refused."""

    probe: str
    started: str
    ended: str | None = None
    attempts: tuple[Attempt, ...] = ()
    streak: int = 0
    last_failure: str | None = None
    control_still_refused: bool | None = None


class Unknown(Value, frozen=True, kw_only=True):
    """Something that was not learned, why, and how to learn it."""

    what: str
    why: Literal["no-permission", "not-run", "not-observable", "no-answer"]
    how_to_get: str


class Case(Value, frozen=True, kw_only=True):
    """Everything about one run, as ``diagnose --json`` prints it."""

    run: Run
    target: Target
    schema: str = SCHEMA
    credential: CredentialFacts = CredentialFacts()
    configuration: SiteConfig = SiteConfig()
    predictions: tuple[Prediction, ...] = ()
    observations: tuple[Observation, ...] = ()
    answers: tuple[Answer, ...] = ()
    verdict: Verdict | None = None
    verification: VerificationRun | None = None
    unknown: tuple[Unknown, ...] = ()
