"""The sections of a report that are computed from the case; a section without blocks is left out."""

from probes import diagnosis
from probes.diagnosis import RenderedFinding
from probes.model import Case, Observation, Verdict, VerificationRun
from probes.report import words
from probes.report.document import (
    Block,
    Bullets,
    Code,
    Inline,
    Paragraph,
    Section,
    Span,
    Table,
    Tone,
    code,
    plain,
    strong,
)
from probes.report.kql import NOTE, kql
from probes.report.prose import blocks, linked
from probes.report.request import Report
from probes.report.waterfall import waterfall
from probes.verified import in_a_row, statement, strip

TIMELINES = 6
"""How many connections are drawn on their time line."""
_RESULTS = {
    "fails": "fails with large bodies",
    "fails-at-any-size": "fails at any size",
    "works": "works",
    "works-if": "works if told to",
    "unknown": "not known",
}
_WHY = {
    "no-permission": "no permission",
    "not-run": "not run",
    "not-observable": "cannot be seen from outside",
    "no-answer": "no answer",
}


def walk(case: Case, verdict: Verdict) -> Section:
    """Return the questions that led to the verdict, with their answers and evidence."""
    rows = []
    for step in verdict.path:
        if step.answer == "unknown" and not step.evidence:
            continue
        overruled = next((one for one in case.answers if one.node == step.node and one.overrules), None)
        answer = f"{step.answer} (overrules: {overruled.overrules})" if overruled else step.answer
        rows.append((plain(step.question), strong(answer), _joined(step.evidence, case)))
    table = Table(headings=("Question", "Answer", "Evidence"), rows=tuple(rows))
    return Section(title="How it was found", blocks=(table,) if rows else ())


def _joined(pieces: tuple[str, ...], case: Case) -> Inline:
    made: list[Span] = []
    for piece in dict.fromkeys(pieces):
        if made:
            made.append(Span(text="; "))
        made += words.evidence(piece, case)
    return tuple(made)


def _cited(case: Case, verdict: Verdict) -> list[Observation]:
    ids = dict.fromkeys(
        piece[4:].partition("#")[0]
        for piece in (*verdict.evidence, *(one for step in reversed(verdict.path) for one in step.evidence))
        if piece.startswith("obs:")
    )
    seen = {one.id: one for one in case.observations}
    return [seen[name] for name in ids if name in seen]


def evidence(case: Case, verdict: Verdict) -> Section:
    """Return the observations that the verdict rests on, with time and the address that answered."""
    own = {piece[4:].partition("#")[0] for piece in verdict.evidence if piece.startswith("obs:")}
    chosen = [seen for seen in _cited(case, verdict) if seen.id in own]
    rest = [piece for piece in verdict.evidence if not piece.startswith("obs:")]
    made: list[Block] = []
    if chosen:
        rows = tuple(
            (
                strong(f"{seen.id} {seen.probe.id}"),
                plain(words.time(seen.at)),
                words.place(seen),
                plain(words.request(seen.probe)),
                plain(f"{words.GLYPHS[seen.judged.reached_app]} {words.outcome(seen)}"),
                _because(seen),
            )
            for seen in chosen
        )
        headings = ("Observation", "Time (UTC)", "Answered from", "Sent", "Outcome", "Why it is read so")
        made.append(Table(headings=headings, rows=rows, tones=tuple(map(_tone, chosen))))
    if rest:
        made.append(Bullets(items=tuple(words.evidence(piece, case) for piece in dict.fromkeys(rest))))
    return Section(title="Evidence", blocks=tuple(made))


def _because(seen: Observation) -> Inline:
    said = seen.judged.because or (seen.error.message if seen.error else "")
    return code(said) if seen.error else plain(said)


def _tone(seen: Observation) -> Tone:
    if seen.judged.reached_app == "unknown":
        return "none"
    if seen.judged.reached_app == "yes":
        return "good"
    # A request that was to be refused and is refused is no fault.
    return "none" if seen.judged.as_expected else "bad"


_CONTROL = {
    True: "The control, a request without a certificate, is still refused.",
    False: "The control, a request without a certificate, is no longer refused: the fix has opened the site.",
    None: "No control: requests without a certificate are not refused here, or nobody can tell.",
}


def verification(case: Case, text: RenderedFinding) -> Section:
    """Return how the fix is proved, and what came of it where that was tried."""
    made: list[Block] = list(blocks(text.verify))
    if case.verification is not None:
        made += _tried(case.verification)
    return Section(title="Verification", blocks=tuple(made))


def _tried(done: VerificationRun) -> list[Block]:
    """Return how a verification went: what was tried, one glyph for each attempt, and what that proves."""
    passes = in_a_row(done.attempts)
    held = (
        "it held" if passes >= max(done.streak, 1) and done.control_still_refused is not False else "it did not hold"
    )
    row = f"{passes} of {done.streak} in a row got through"
    first = (
        f"Tried from {words.time(done.started)} UTC with {done.probe}: {len(done.attempts)} attempts, {row}, {held}."
    )
    made: list[Block] = [Paragraph(inline=plain(first))]
    if done.attempts:
        made.append(Code(text=strip(done.attempts), language=""))
    proved = f"{statement(done.attempts)} {_CONTROL[done.control_still_refused]}"
    return [*made, Paragraph(inline=plain(proved))]


def also(case: Case, verdict: Verdict) -> Section:
    """Return what else is true."""
    items = tuple(
        (Span(text=f"{one.finding}", kind="code"), Span(text=f" ({one.confidence}): {_sentence(one.finding, case)}"))
        for one in verdict.also
    )
    return Section(title="Also true", blocks=(Bullets(items=items),) if items else ())


def _sentence(slug: str, case: Case) -> str:
    return diagnosis.render(slug, case).sentence


def clients(verdict: Verdict) -> Section:
    """Return what the same observations mean for each client."""
    known = [one for one in verdict.clients if one.result != "unknown"]
    rows = tuple((strong(one.name), plain(_RESULTS[one.result]), plain(one.because)) for one in known)
    tones: tuple[Tone, ...] = tuple(
        "bad" if one.result.startswith("fails") else "good" if one.result == "works" else "none" for one in known
    )
    table = Table(headings=("Client", "Result", "Because"), rows=rows, tones=tones)
    return Section(title="Which clients it hits", blocks=(table,) if rows else ())


def timelines(case: Case, verdict: Verdict) -> Section:
    """Return the connections that decide, drawn on their time lines."""
    made: list[Block] = []
    chosen = [seen for seen in _cited(case, verdict) if seen.exchanges][:TIMELINES]
    for seen in sorted(chosen, key=lambda one: one.at):
        drawn = waterfall(seen, f"{seen.id} {seen.probe.id}: {words.request(seen.probe)} → {words.outcome(seen)}")
        if drawn:
            made.append(drawn)
    return Section(title="Where the time went", blocks=tuple(made))


def probes(case: Case) -> Section:
    """Return every connection of the run."""
    rows = tuple(
        (
            strong(f"{seen.id} {seen.probe.id}"),
            plain(words.time(seen.at)),
            words.place(seen),
            code(seen.probe.path),
            plain(words.request(seen.probe)),
            plain(f"{words.GLYPHS[seen.judged.reached_app]} {words.outcome(seen)}"),
            plain(words.certificate(seen)),
            plain((seen.tls.version or "") if seen.tls else ""),
            plain("" if seen.timing_ms.total is None else f"{seen.timing_ms.total:.1f}"),
        )
        for seen in case.observations
    )
    headings = ("Observation", "Time (UTC)", "Answered from", "Path", "Sent", "Outcome", "Certificate", "TLS", "ms")
    made: list[Block] = [Table(headings=headings, rows=rows, tones=tuple(map(_tone, case.observations)))]
    made.append(
        Paragraph(
            inline=plain(
                "✓ the request reached the app, whatever it answered · ✗ it did not · ? cannot be told from outside"
            )
        )
    )
    return Section(title="Everything that was sent", blocks=tuple(made) if rows else ())


def settings(case: Case) -> Section:
    """Return the settings that bear on client certificates."""
    if case.configuration.source == "none":
        return Section(title="Settings", blocks=())
    rows = tuple((code(name), code(value)) for name, value in words.settings(case))
    return Section(title="Settings", blocks=(Table(headings=("Setting", "Value"), rows=rows),))


def logs(case: Case) -> Section:
    """Return the query on the site's own log."""
    query = kql(case)
    if query is None:
        return Section(title="In the site's own log", blocks=())
    first = f"Run this in the Log Analytics workspace of the site; it looks from {query.start} to {query.end}."
    parts = (Paragraph(inline=plain(first)), Code(text=query.text, language="kusto"), Paragraph(inline=plain(NOTE)))
    return Section(title="In the site's own log", blocks=parts)


def unknown(case: Case, verdict: Verdict) -> Section:
    """Return what was not checked, why, and how to learn it."""
    rows = tuple((plain(one.what), plain(_WHY[one.why]), code(one.how_to_get)) for one in case.unknown)
    table = Table(headings=("What", "Why not", "How to learn it"), rows=rows)
    return Section(title="Not checked", blocks=(table,) if rows else ())


def sources(text: RenderedFinding) -> Section:
    """Return the documents that the finding rests on."""
    joined: list[str] = []
    for line in text.sources:
        if line.startswith("http") and joined:
            joined[-1] += f" {line}"
        else:
            joined.append(line)
    items = tuple(linked(line) for line in joined)
    return Section(title="Sources", blocks=(Bullets(items=items),) if items else ())


def about(case: Case, report: Report) -> Section:
    """Return what the report was made with, and for whom."""
    run = case.run
    audience = {
        "team": "team; secrets are left out",
        "customer": "customer; secrets and the proxy of who ran it are left out",
        "public": "public; names, addresses, thumbprints and the app's own answers are left out or replaced",
    }[report.audience if report.redacted else "team"]
    rows: list[tuple[Inline, ...]] = [
        (plain("Run"), code(run.id)),
        (plain("Started (UTC)"), plain(words.time(run.started))),
        (plain("mtls-triage"), plain(run.tool)),
        (plain("OpenSSL"), plain(run.openssl)),
        *((plain(name), plain(version)) for name, version in run.libraries.items()),
        (plain("For"), plain(audience if report.redacted else "in-house use; not redacted (--no-redact)")),
    ]
    return Section(title="About this report", blocks=(Table(headings=("", ""), rows=tuple(rows)),))


def span_of(times: list[str]) -> str:
    """Return first and last of ISO 8601 times; the day stands once where it is the same."""
    first, last = words.time(times[0]), words.time(times[-1])
    return f"{first} to {last.removeprefix(first[:11])}"
