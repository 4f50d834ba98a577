"""The result of a case for a person at a terminal: verdict, evidence, what to do, what was not checked."""

import shutil
import textwrap

import click

from probes import diagnosis
from probes.model import Case, Observation, Step, Verdict
from tui.consent import size_text

_STATES = {"confirmed": ("✗", "Cause found", "red"), "likely": ("!", "Likely cause", "yellow")}
_WHEN = {
    "handshake": "asked in the handshake",
    "renegotiation": "asked after the request (renegotiation)",
    "post-handshake": "asked after the request (post-handshake)",
    "none": "never asked",
}
_GLYPHS = {"yes": "✓", "no": "✗", "unknown": "?"}


def _width() -> int:
    return max(60, min(110, shutil.get_terminal_size((100, 24)).columns))


def outcome_text(observation: Observation) -> str:
    """Return who answered and with what: ``app 404``, ``edge 403``, ``reset``."""
    if observation.outcome == "response":
        by = observation.judged.by
        return f"{'answer' if by == 'unknown' else by} {observation.status}"
    return observation.outcome.replace("-", " ")


def certificate_text(observation: Observation) -> str:
    """Return when the certificate was asked for and whether one was sent."""
    tls = observation.tls
    if tls is None:
        return "no TLS"
    if tls.renegotiation == "refused":
        return "renegotiation refused"
    if tls.certificate_request is None:
        return ""
    asked = _WHEN[tls.certificate_request]
    if tls.certificate_request == "none":
        return asked
    return f"{asked}, {'sent' if tls.certificate_sent == 'yes' else 'none sent'}"


def observation_line(observation: Observation) -> str:
    """Return one observation as a line of narration."""
    probe = observation.probe
    size = f" {size_text(probe.body_bytes)}" if probe.body_bytes else ""
    took = f"{observation.timing_ms.total or 0:.0f} ms"
    glyph = _GLYPHS[observation.judged.reached_app]
    words = [f"{probe.method}{size}", certificate_text(observation)]
    version = observation.tls.version if observation.tls else None
    return (
        f"  {glyph} {observation.id:<5} {outcome_text(observation):<14} {probe.id:<24} "
        f"{', '.join(word for word in words if word)}  {version or ''} {took}"
    ).rstrip()


def _wrapped(text: str, indent: str = "  ") -> str:
    paragraphs = []
    for part in text.split("\n"):
        code = part.startswith(("    ", "\t"))
        paragraphs.append(
            indent + part
            if code
            else textwrap.fill(
                part,
                _width(),
                initial_indent=indent,
                subsequent_indent=indent,
                break_long_words=False,
                break_on_hyphens=False,
            )
        )
    return "\n".join(paragraphs)


def prose(markdown: str) -> str:
    """Return a finding's Markdown for a terminal: code blocks indented and unwrapped, the rest wrapped."""
    lines: list[str] = []
    paragraph: list[str] = []
    fenced = False

    def flush() -> None:
        if paragraph:
            lines.append(_wrapped(" ".join(paragraph)))
            paragraph.clear()

    for line in markdown.splitlines():
        if line.startswith("```"):
            flush()
            fenced = not fenced
        elif fenced:
            lines.append(f"      {line}")
        elif not line.strip():
            flush()
            lines.append("")
        elif line.lstrip().startswith(("- ", "* ")) or line.lstrip()[:2].rstrip(".").isdigit():
            flush()
            paragraph.append(line.strip())
        else:
            paragraph.append(line.strip())
    flush()
    return "\n".join(lines).strip("\n")


def headline(case: Case, verdict: Verdict) -> str:
    """Return the verdict as one line: glyph, state, sentence."""
    sentence = diagnosis.render(verdict.finding, case).sentence
    if verdict.finding == "healthy":
        glyph, state, colour = "✓", "Healthy", "green"
    elif verdict.finding == "inconclusive":
        glyph, state, colour = "?", "Not enough evidence", "yellow"
    else:
        glyph, state, colour = _STATES.get(verdict.confidence, ("!", "Possible cause", "yellow"))
    return f"{click.style(f'{glyph} {state}', fg=colour, bold=True)}  {click.style(sentence, bold=True)}"


def _evidence(case: Case, step: Step) -> str:
    names = {one.id: one.probe.id for one in case.observations}
    words = []
    for piece in step.evidence:
        kind, _, rest = piece.partition(":")
        key, _, detail = rest.partition("#")
        words.append(
            f"{key} {names.get(key, '')}".strip() + (f" ({detail})" if detail else "")
            if kind == "obs"
            else f"{kind} {rest}"
        )
    return ", ".join(dict.fromkeys(words))


def _section(title: str, text: str) -> list[str]:
    return ["", click.style(title, bold=True), text] if text.strip() else []


def report(case: Case) -> str:
    """Return the whole result: verdict, the walk with its evidence, the fix, the verifying command, the unknowns."""
    verdict = case.verdict
    assert verdict is not None
    if verdict.finding == "inconclusive" and not any(one.exchanges for one in case.observations):
        return unanswered(case, verdict)
    text = diagnosis.render(verdict.finding, case)
    lines = ["", headline(case, verdict), f"  {verdict.finding}  {verdict.confidence}"]
    if verdict.suspended_by:
        lines.append(f"  ! nothing else is said: {verdict.suspended_by}")
    if case.run.insecure:
        lines.append("  ! --insecure: the server's certificate was not required to verify")
    lines += _section("Cause", prose(text.cause))
    steps = []
    for step in verdict.path:
        if step.answer == "unknown" and not step.evidence:
            continue
        steps.append(f"  {step.question}  {click.style(step.answer, bold=True)}")
        if step.evidence:
            steps.append(f"      {_evidence(case, step)}")
    lines += _section("How it was found", "\n".join(steps))
    lines += _section("Now, without a change in Azure", prose(text.now))
    lines += _section("Lasting", prose(text.lasting))
    lines += _section("az", prose(text.az))
    lines += _section("Costs and gains", prose(text.costs))
    lines += _section("Verify", "\n".join(f"      {line}" for line in text.verify_command.splitlines()))
    lines += _also(case, verdict)
    lines += _section("Reply to the customer", prose(text.reply))
    return "\n".join(lines)


def unanswered(case: Case, verdict: Verdict) -> str:
    """Return the few lines that can be said when no request got as far as being sent."""
    errors = dict.fromkeys(one.error.message for one in case.observations if one.error and one.outcome != "not-run")
    lines = ["", headline(case, verdict), *(_wrapped(message) for message in list(errors)[:3])]
    return "\n".join([*lines, _wrapped("Check name, port, proxy and network, then run it again.")])


def _also(case: Case, verdict: Verdict) -> list[str]:
    also = [
        f"  {one.finding} ({one.confidence}): {diagnosis.render(one.finding, case).sentence}" for one in verdict.also
    ]
    clients = [
        _wrapped(f"{one.result:<20} {one.name:<10} {one.because}")
        for one in verdict.clients
        if one.result != "unknown"
    ]
    # An inconclusive verdict names what is missing as its cause already.
    open_points = () if verdict.finding == "inconclusive" else case.unknown
    unknown = [f"  ? {one.what} ({one.why.replace('-', ' ')}): {one.how_to_get}" for one in open_points]
    lines = _section("Also true", "\n".join(also)) + _section("Clients", "\n".join(clients))
    return lines + _section("Not checked", "\n".join(_wrapped(line.strip(), "  ") for line in unknown))
