"""Takes the output of our own script apart: what each piece was, and curl's words in it; total."""

import re
from typing import TypeVar

import msgspec

from probes.model import CredentialFacts, HttpChoice, Probe, Symptom, TlsChoice, Value
from probes.model.probe import OwnExpect

RUN = "=== mtls-triage run "
PROBE = "=== probe "
BODY = "=== body"
END = "=== end "
MAX_PIECES = 300
T = TypeVar("T")
_LINES = re.compile(r"^(=== (?:mtls-triage run|probe|body|end)\b.*)$", re.MULTILINE)


class ScriptRun(Value, frozen=True, kw_only=True):
    """What the script's first line says of the run that it stands for."""

    target: str
    credential: CredentialFacts = CredentialFacts()
    client: str | None = None
    symptom: Symptom = "unknown"
    own_tls: TlsChoice = "free"
    own_ciphers: str | None = None
    own_http: HttpChoice = "free"
    own_expect: OwnExpect = "client"


class Piece(Value, frozen=True, kw_only=True):
    """One probe of the script with curl's trace and the answer's body."""

    probe: Probe
    trace: str
    body: str


class Marked(Value, frozen=True, kw_only=True):
    """The output of one script."""

    run: ScriptRun
    pieces: tuple[Piece, ...]


def marked(text: str) -> Marked | None:
    """Return the pieces of a script's output, None when the text is not one. Broken pieces are left out."""
    text = text.replace("\r\n", "\n").lstrip("\ufeff")
    parts = _LINES.split(text)
    run: ScriptRun | None = None
    pieces: list[Piece] = []
    probe: Probe | None = None
    trace = body = ""
    for line, words in zip(parts[1::2], parts[2::2], strict=True):
        if line.startswith(RUN):
            run = run or _decoded(line.removeprefix(RUN), ScriptRun)
        elif line.startswith(PROBE):
            probe, trace, body = _decoded(line.removeprefix(PROBE), Probe), words, ""
        elif line.startswith(BODY):
            body = words
        elif probe is not None and len(pieces) < MAX_PIECES:
            pieces.append(Piece(probe=probe, trace=trace, body=body))
            probe = None
    return None if run is None else Marked(run=run, pieces=tuple(pieces))


def _decoded(text: str, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(text.strip().encode("utf-8", "replace"), type=kind)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
