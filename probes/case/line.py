"""One line of a case file: its envelope, how it is written, and how it is read."""

from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from probes.model import (
    SCHEMA,
    Answer,
    CredentialFacts,
    Observation,
    Prediction,
    Run,
    SiteConfig,
    Target,
    Unknown,
    Value,
    Verdict,
    VerificationRun,
)
from probes.plan import Plan

Kind = Literal[
    "run",
    "target",
    "credential",
    "configuration",
    "plan",
    "prediction",
    "observation",
    "answer",
    "withdrawn",
    "verdict",
    "verification",
    "unknown",
    "end",
]


class Withdrawn(Value, frozen=True, kw_only=True):
    """The user took the answer to this node of the tree back; the evidence answers it again."""

    node: str


class End(Value, frozen=True, kw_only=True):
    """The last line: nothing more was sent. ``observations`` is how many the case holds."""

    observations: int
    cancelled: bool = False


TYPES: dict[str, type[Value]] = {
    "run": Run,
    "target": Target,
    "credential": CredentialFacts,
    "configuration": SiteConfig,
    "plan": Plan,
    "prediction": Prediction,
    "observation": Observation,
    "answer": Answer,
    "withdrawn": Withdrawn,
    "verdict": Verdict,
    "verification": VerificationRun,
    "unknown": Unknown,
    "end": End,
}
"""What ``data`` holds, by the line's type."""

Line = tuple[Kind, Value]
"""A line of a case file that is still to be written."""
Lines = list[Line]


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """A line as it stands in the file; ``schema`` is carried by the first line alone."""

    type: str
    seq: int
    at: str
    data: msgspec.Raw
    schema: str | None = None


def now_text() -> str:
    """Return the time in UTC with milliseconds and ``Z``."""
    now = datetime.now(UTC)
    return now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03d}Z"


def written(kind: Kind, seq: int, data: Value) -> bytes:
    """Return one line with its line feed."""
    head: dict[str, Any] = {"type": kind, "seq": seq, "at": now_text()}
    if kind == "run":
        head["schema"] = SCHEMA
    return msgspec.json.encode(head | {"data": data}) + b"\n"
