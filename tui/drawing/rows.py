"""The rows of the probe table: what one probe sent and what came of it, in columns of fixed widths."""

from collections import Counter
from collections.abc import Iterable, Iterator

from probes.model import Observation
from probes.personas import CLIENTS
from tui.drawing.parts import Line, Part, crop, fit, spread
from tui.drawing.words import (
    WAITING,
    kilobytes,
    milliseconds,
    outcome_glyph,
    outcome_words,
)
from tui.store import ProbeState

OUTCOME, REQUEST, CERTIFICATE, EXPECT, TLS, MS = 10, 13, 20, 10, 6, 5
FULL = 77
"""The cells of a row without its note; below it TLS is dropped, then Expect (the detail has them)."""
NOTE_FROM = 98
"""From this width on a row has room for a note."""

_EXPECT = {"none": "–", "wait": "waited", "header-only": "not waited"}


def _shown(width: int) -> tuple[bool, bool]:
    return width >= FULL - TLS - 2, width >= FULL


def header(width: int, *, wanted: str = "") -> Line:
    """Return the names of the columns, with the legend where there is room for it; ``wanted`` filters the rows."""
    expect, tls = _shown(width)
    names = f"     {'outcome':<{OUTCOME}}{'request':<{REQUEST + 2}}{'certificate':<{CERTIFICATE + 2}}"
    names += f"{'Expect':<{EXPECT + 2}}" if expect else ""
    names += f"{'TLS':<{TLS + 2}}" if tls else ""
    left: Line = ((names + f"{'ms':>{MS}}", "faint"),)
    if wanted:
        return crop(
            ((fit(f"/ {wanted}", 40), "primary"), ("  only rows with this text; / changes it", "muted")), width
        )
    if width < NOTE_FROM:
        return left
    legend: Line = (("✓", "success"), (" reached the app  ", "muted"), ("✗", "error"), (" did not", "muted"))
    return spread(left, legend, width)


def row(
    state: ProbeState, width: int, *, target_path: str, usual_tls: str, clock: float, marked: bool = False
) -> Line:
    """Return one row in ``width`` cells; ``clock`` is the store's time in seconds."""
    made = state.observation if not state.running else None
    expect, tls = _shown(width)
    number: Part = (f"{state.number:>2}•", "primary bold") if marked else (f"{state.number:>2} ", "faint")
    line: list[Part] = [number, *_outcome(state), ("  ", "")]
    line += [(fit(_request(state, target_path), REQUEST), "" if made or state.running else "muted"), ("  ", "")]
    line += [*_certificate(made), ("  ", "")]
    if expect:
        word = _EXPECT[state.probe.expect] if state.probe.body_bytes else "–"
        line += [(fit(word, EXPECT), "faint" if word == "–" else ""), ("  ", "")]
    if tls:
        label = tls_label(state, made)
        line += [(fit(label, TLS), "muted" if label == usual_tls or not made else ""), ("  ", "")]
    line.append((fit(_ms(state, made, clock), MS, right=True), ""))
    if width >= NOTE_FROM:
        line += [("   ", ""), (fit(note(state, clock), width - FULL - 3), "muted")]
    return tuple(line)


def _outcome(state: ProbeState) -> Line:
    if state.running:
        return ((fit("… waiting", OUTCOME), "primary"),)
    if state.observation is not None:
        glyph, role = outcome_glyph(state.observation)
        return ((fit(f"{glyph} {outcome_words(state.observation)}", OUTCOME), role),)
    if state.stopped:
        return ((fit("– stopped", OUTCOME), "muted"),)
    word = "– left out" if state.skipped is not None else "  planned"
    return ((fit(word, OUTCOME), "faint"),)


def _request(state: ProbeState, target_path: str) -> str:
    probe = state.probe
    if probe.body_bytes:
        return f"{probe.method:<5}{fit(kilobytes(probe.body_bytes), REQUEST - 5, right=True)}"
    if probe.origin.startswith("http://"):
        return f"{probe.method:<5}http://"
    return f"{probe.method:<5}{probe.path if probe.path != target_path else ''}"


def _certificate(made: Observation | None) -> Line:
    phrase = certificate_phrase(made) if made else ""
    return ((fit(phrase, CERTIFICATE), "" if phrase.startswith("sent") else "muted"),)


def certificate_phrase(made: Observation) -> str:
    """Return in at most 20 characters whether and when the certificate was asked for and sent."""
    if made.probe.origin.startswith("http://"):
        return "no TLS, so never"
    tls = made.tls
    if tls is None or tls.version is None or tls.certificate_request is None:
        return "not known"
    if tls.certificate_sent == "yes":
        if tls.certificate_request == "handshake":
            return "sent in handshake"
        return "sent before, by HEAD" if made.probe.head_first else "sent after request"
    if tls.certificate_request == "none":
        return "renegotiation no" if tls.renegotiation == "refused" else "never asked"
    if tls.certificate_sent == "unknown":
        return "asked, not known"
    return "asked, had none" if made.probe.identity == "none" else "asked, not sent"


def tls_label(state: ProbeState, made: Observation | None) -> str:
    """Return ``1.2 h1``: what was spoken, or what the probe would speak when it was not sent."""
    if state.probe.origin.startswith("http://"):
        return "–"
    version, http = state.probe.tls, state.probe.http
    if made is not None:
        version_seen = made.tls.version if made.tls else None
        if version_seen is None:
            return "–" if version == "free" else version
        spoken = next((done.http_version for done in reversed(made.exchanges) if done.http_version), None)
        two = "2" in (spoken or (made.tls.alpn if made.tls else None) or "")[-2:]
        return f"{version_seen.removeprefix('TLSv')} {'h2' if two else 'h1'}"
    if version == "free":
        return "free"
    return f"{version} {'h2' if http == '2' else 'h1'}"


def usual_tls(states: Iterable[ProbeState]) -> str:
    """Return the label that most rows have; it is muted, so that the others stand out."""
    labels = Counter(tls_label(state, state.observation) for state in states if state.observation)
    return labels.most_common(1)[0][0] if labels else ""


def _ms(state: ProbeState, made: Observation | None, clock: float) -> str:
    if state.running:
        return f"{max(clock - state.started, 0):.1f} s"
    return milliseconds(made.timing_ms.total) if made else ""


def note(state: ProbeState, clock: float) -> str:
    """Return the one thing that is to be known about a row beside its columns."""
    if state.running:
        waited = max(clock - state.started, 0)
        return f"for {WAITING.get(state.awaiting or '', state.awaiting)}, {waited:.1f} of {state.limit_s:.0f} s"
    if state.skipped is not None and state.observation is None:
        return state.skipped
    if state.observation is None:
        return "stopped before an answer" if state.stopped else ""
    attempt = [f"attempt {state.observation.attempt}"] if state.observation.attempt > 1 else []
    return ", ".join(part for part in (*attempt, next(_notes(state.observation), "")) if part)


def _notes(made: Observation) -> Iterator[str]:
    judged = made.judged
    if judged.reached_app == "no" and judged.expected == "refused":
        yield "as it should be"
    if judged.as_expected is False and judged.expected == "refused":
        yield "should have been refused"
    yield from _failure_notes(made)
    yield from _exchange_notes(made)
    if made.tls is not None and made.tls.renegotiation != "none":
        yield {"completed": "renegotiation"}.get(made.tls.renegotiation, f"renegotiation {made.tls.renegotiation}")
    if made.tls is not None and made.tls.certificate_request == "post-handshake":
        yield "post-handshake authentication"
    if made.probe.identity == "throwaway":
        yield "with a throwaway certificate"
    if made.probe.persona:
        client = CLIENTS.get(made.probe.persona)
        yield f"as {client.title if client else made.probe.persona}"
    yield ""


def _failure_notes(made: Observation) -> Iterator[str]:
    received = [alert for alert in (made.tls.alerts if made.tls else ()) if alert.name != "close_notify"]
    if made.outcome != "response" and received:
        alert = received[-1]
        yield f"alert {alert.name} {'from the site' if alert.direction == 'received' else 'from us'}"
    if made.outcome == "timeout":
        yield f"waited for {WAITING.get(made.awaiting or '', 'the answer')}"
    if made.error is not None:
        yield made.error.message


def _exchange_notes(made: Observation) -> Iterator[str]:
    if not made.exchanges:
        return
    last = made.exchanges[-1]
    waited = last.continue_
    if waited.state == "received":
        yield f"100 Continue after {waited.waited_ms or 0:.0f} ms"
    elif waited.state == "timed-out":
        yield f"no 100 within {(waited.waited_ms or 0) / 1000:.1f} s, sent all the same"
    elif waited.state == "final-first":
        yield "answered before a 100"
    elif waited.state == "not-awaited":
        yield "header sent, body not held back"
    left = last.body.acknowledged if last.body.acknowledged is not None else last.body.written
    if last.body.declared and left < last.body.declared:
        yield f"{100 * left // last.body.declared} % had left"
    if made.probe.head_first and len(made.exchanges) > 1:
        yield "same connection"
    location = dict(last.headers).get("location")
    if location and 300 <= (last.status or 0) < 400:
        yield f"→ {location}"
