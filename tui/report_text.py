"""The result of a case for a person at a terminal: verdict, evidence, what to do, what was not checked."""

import shutil
import textwrap
from collections.abc import Sequence

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
_EVIDENCE_SHOWN = 3
_WHOM = {"fails": "Hit", "fails-at-any-size": "Worse (any size)", "works-if": "Depends", "works": "Spared"}
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
    probe, judged = observation.probe, observation.judged
    size = f" {size_text(probe.body_bytes)}" if probe.body_bytes else ""
    glyph = _GLYPHS[judged.reached_app]
    version = (observation.tls.version if observation.tls else None) or ""
    control = "as it should be" if judged.reached_app == "no" and judged.expected == "refused" else ""
    return (
        f"  {glyph} {observation.id:<4} {outcome_text(observation):<14} {probe.id:<23} "
        f"{probe.method + size:<12} {version:<8}{observation.timing_ms.total or 0:>6.0f} ms  "
        f"{', '.join(word for word in (certificate_text(observation), control) if word)}"
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


def clients_line(verdict: Verdict) -> str:
    """Return which clients it hits and which it spares, by their names; empty where all of them are alike."""
    told = {label: [one.name for one in verdict.clients if one.result == result] for result, label in _WHOM.items()}
    parts = [f"{label} {', '.join(names)}" for label, names in told.items() if names]
    return " · ".join(parts) if len(parts) > 1 else ""


def _evidence(step: Step) -> str:
    words = []
    for piece in step.evidence:
        kind, _, rest = piece.partition(":")
        words.append(rest.partition("#")[0] if kind in ("obs", "config") else piece.replace(":", " "))
    kept = list(dict.fromkeys(words))
    more = f", {len(kept) - _EVIDENCE_SHOWN} more" if len(kept) > _EVIDENCE_SHOWN else ""
    return ", ".join(kept[:_EVIDENCE_SHOWN]) + more


def _steps(path: Sequence[Step]) -> str:
    told = [step for step in path if step.evidence or step.answer != "unknown"]
    question = max((len(step.question) for step in told), default=0)
    answer = max((len(step.answer) for step in told), default=0)
    lines = []
    for step in told:
        said = click.style(step.answer, bold=True) + " " * (answer - len(step.answer))
        lines.append(f"  {step.question:<{question}}  {said}  {_evidence(step)}".rstrip())
    return "\n".join(lines)


def _clients(verdict: Verdict) -> str:
    groups: dict[tuple[str, str], list[str]] = {}
    for one in verdict.clients:
        if one.result != "unknown":
            groups.setdefault((one.result, one.because), []).append(one.name)
    lines = []
    for (result, because), names in groups.items():
        who = f"{', '.join(names)}: {because}"
        lines.append(textwrap.fill(f"{result:<18} {who}", _width(), initial_indent="  ", subsequent_indent=" " * 21))
    return "\n".join(lines)


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
    lines += [_wrapped(whom)] if (whom := clients_line(verdict)) else []
    if verdict.suspended_by:
        lines.append(f"  ! nothing else is said: {verdict.suspended_by}")
    if case.run.insecure:
        lines.append("  ! --insecure: the server's certificate was not required to verify")
    lines += _section("Cause", prose(text.cause))
    lines += _section("How it was found", _steps(verdict.path))
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
    # An inconclusive verdict names what is missing as its cause already.
    open_points = () if verdict.finding == "inconclusive" else case.unknown
    unknown = [f"  ? {one.what} ({one.why.replace('-', ' ')}): {one.how_to_get}" for one in open_points]
    lines = _section("Also true", "\n".join(also)) + _section("Clients", _clients(verdict))
    return lines + _section("Not checked", "\n".join(_wrapped(line.strip(), "  ") for line in unknown))
