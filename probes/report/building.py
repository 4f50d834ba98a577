"""Builds the document of a report: the verdict, then what leads to it, then what to do, then what it was made of."""

from probes import diagnosis
from probes.diagnosis import RenderedFinding
from probes.model import Case, Verdict
from probes.report import sections
from probes.report.document import Document, Inline, Section, Tone, code, plain
from probes.report.prose import blocks
from probes.report.request import Report

_STATES: dict[str, tuple[str, str, Tone]] = {
    "confirmed": ("✗", "Cause found", "bad"),
    "likely": ("!", "Likely cause", "warn"),
    "possible": ("!", "Possible cause", "warn"),
}
_REST: dict[str, tuple[str, str, Tone]] = {
    "healthy": ("✓", "Healthy", "good"),
    "inconclusive": ("?", "Not enough evidence", "warn"),
}


def build(report: Report) -> Document:
    """Return the document of a report, for its audience."""
    case = report.shown()
    verdict = case.verdict or Verdict(finding="inconclusive", confidence="possible")
    text = diagnosis.render(verdict.finding, case)
    glyph, state, tone = _REST.get(verdict.finding) or _STATES[verdict.confidence]
    made = [
        Section(title="Cause", blocks=blocks(text.cause)),
        sections.evidence(case, verdict),
        sections.walk(case, verdict),
        *_fix(text),
        sections.verification(case, text),
        sections.also(case, verdict),
        sections.clients(verdict),
        sections.timelines(case, verdict),
        sections.probes(case),
        sections.settings(case),
        sections.logs(case),
        sections.unknown(case, verdict),
        Section(title=_reply_title(report), blocks=blocks(text.reply)),
        sections.sources(text),
        sections.about(case, report),
    ]
    return Document(
        title=f"Client certificate report: {case.target.url}",
        tone=tone,
        glyph=glyph,
        state=state,
        sentence=text.sentence,
        slug=verdict.finding,
        confidence=verdict.confidence,
        facts=tuple(_facts(case)),
        marks=tuple(_marks(case, verdict, report)),
        sections=tuple(section for section in made if section.blocks),
    )


def _reply_title(report: Report) -> str:
    inside = report.audience == "team" or not report.redacted
    return "Reply to the customer" if inside else "In one paragraph"


def _fix(text: RenderedFinding) -> list[Section]:
    azure = [(name, part) for name, part in (("Portal", text.portal), ("az", text.az), ("Bicep", text.bicep)) if part]
    return [
        Section(title="What to do now, without a change in Azure", blocks=blocks(text.now)),
        Section(title="Lasting fix", blocks=blocks(text.lasting)),
        *(Section(title=f"Lasting fix: {name}", blocks=blocks(part)) for name, part in (*azure, *_arm(text))),
        Section(title="Costs and gains", blocks=blocks(text.costs)),
    ]


def _arm(text: RenderedFinding) -> list[tuple[str, str]]:
    return [("ARM", text.arm)] if text.arm else []


def _facts(case: Case) -> list[tuple[str, Inline]]:
    run, given = case.run, case.credential
    answered = dict.fromkeys(
        seen.connection.ip for seen in case.observations if seen.connection and seen.connection.ip and seen.exchanges
    )
    times = sorted(seen.at for seen in case.observations)
    rows: list[tuple[str, Inline]] = [
        ("Target", code(case.target.url)),
        ("Seen (UTC)", plain(sections.span_of(times) if times else "nothing was sent")),
        ("Answered from", code(" ".join(answered)) or plain("nobody answered")),
        ("Complaint", plain(run.symptom if run.symptom != "unknown" else "not said")),
        ("Client", plain(run.client or "not said")),
    ]
    if given.kind == "none":
        rows.append(("Certificate", plain("none was given")))
    else:
        rows.append(("Certificate", code(given.subject or "no subject")))
        rows.append(("Thumbprint (SHA-1)", code(given.thumbprint_sha1 or "not known")))
        rows.append(("Valid (UTC)", plain(f"{_day(given.not_before)} to {_day(given.not_after)}")))
    rows.append(
        (
            "Settings",
            plain({"arm": "read from Azure", "file": "read from a file"}.get(case.configuration.source, "not read")),
        )
    )
    return rows


def _day(moment: str | None) -> str:
    return moment.partition("T")[0] if moment else "not known"


def _marks(case: Case, verdict: Verdict, report: Report) -> list[str]:
    marks = list(report.notes)
    if verdict.suspended_by:
        marks.append(f"{verdict.suspended_by}: until that is settled, nothing here is sure to be about the site.")
    if case.run.insecure:
        marks.append("--insecure: the server's certificate was not required to verify. It may be another server.")
    if case.run.keylog:
        marks.append(
            "--keylog: the TLS session keys of this run were written to a file. Treat that file as a secret."
        )
    if not case.run.redacted or not report.redacted:
        marks.append("--no-redact: nothing was left out for an audience. For use in the house only.")
    return marks
