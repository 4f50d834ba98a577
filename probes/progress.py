"""What happens while a case is worked on; the command line and the app consume this one stream."""

from probes.model import Case, Observation, Probe, SiteConfig, Unknown, Value, Verdict
from probes.plan import Plan


class PlanMade(Value, frozen=True, kw_only=True):
    """Nothing was sent yet; ``plan`` is what will be, ``case`` is the case so far."""

    plan: Plan
    case: Case


class ConfigurationRead(Value, frozen=True, kw_only=True):
    """The settings were read, or could not be (``configuration.source`` is then ``none``)."""

    configuration: SiteConfig
    unknown: tuple[Unknown, ...] = ()


class ProbeStarted(Value, frozen=True, kw_only=True):
    """A connection is being opened; ``limit_s`` is the probe's deadline in seconds."""

    probe: Probe
    limit_s: float


class ProbeWaiting(Value, frozen=True, kw_only=True):
    """The probe now waits for something else (the words of ``Observation.awaiting``)."""

    probe_id: str
    awaiting: str


class ObservationMade(Value, frozen=True, kw_only=True):
    """A probe ended; the same probe id may come again with a higher ``attempt``."""

    observation: Observation


class ProbesSkipped(Value, frozen=True, kw_only=True):
    """These probes are not sent, and why."""

    probe_ids: tuple[str, ...]
    because: str


class VerdictChanged(Value, frozen=True, kw_only=True):
    """The verdict over everything that was seen so far."""

    verdict: Verdict


class CaseFinished(Value, frozen=True, kw_only=True):
    """Nothing more will be sent; ``case`` is complete, ``cancelled`` says that the user stopped it."""

    case: Case
    cancelled: bool = False


Progress = (
    PlanMade
    | ConfigurationRead
    | ProbeStarted
    | ProbeWaiting
    | ObservationMade
    | ProbesSkipped
    | VerdictChanged
    | CaseFinished
)
