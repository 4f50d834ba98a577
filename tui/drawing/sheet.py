"""The plan sheet: what will be sent, before anything is sent."""

import re
from collections import Counter

from probes.model import Case, CredentialFacts, Probe
from probes.plan import Plan, path_of
from tui.drawing.parts import Line, crop, fit, text, titled_rule, wrap
from tui.drawing.words import FAULTS, SYMPTOMS, common_name, count, day, kilobytes

LABEL = 13
_OURS = re.compile(r"/mtls-triage-[0-9a-f]{8}$")


def sheet(case: Case, plan: Plan, width: int) -> list[Line]:
    """Return the whole sheet in ``width`` cells: what goes where, how much of it, and with which certificate."""
    hosts = tuple(dict.fromkeys(probe.origin for probe in plan.probes))
    lines: list[Line] = [
        (("What will be sent", "bold"), ("   nothing was sent yet, nothing in Azure is ever changed", "muted")),
        (),
        *_field("symptom", SYMPTOMS[case.run.symptom], width),
        *_field("requests", _requests(plan), width),
        *_field("to", "  ".join(hosts), width),
        *_uploads(case, plan, width),
        (),
        *_credential(case.credential, width),
        (),
        *_questions(plan, width),
    ]
    if case.run.insecure:
        lines += [(), *_said("!", "warning", "The server's certificate is not checked (--insecure).", width)]
    return [crop(line, width) for line in lines]


def _field(label: str, value: str, width: int, roles: str = "") -> list[Line]:
    wrapped = wrap(value, width - LABEL, roles) or [text("")]
    first: Line = ((fit(label, LABEL), "muted"), *wrapped[0])
    return [first, *(((" " * LABEL, ""), *line) for line in wrapped[1:])]


def _said(glyph: str, role: str, words: str, width: int) -> list[Line]:
    first, *rest = wrap(words, width - LABEL - 2)
    lines: list[Line] = [((" " * LABEL, ""), (f"{glyph} ", role), *first)]
    return [*lines, *(((" " * (LABEL + 2), ""), *line) for line in rest)]


def _requests(plan: Plan) -> str:
    methods = Counter(probe.method for probe in plan.probes)
    methods["HEAD"] += sum(1 for probe in plan.probes if probe.head_first)
    parts = " · ".join(f"{number} {method}" for method, number in methods.most_common() if number)
    connections = count(len(plan.probes), "connection")
    return f"{count(plan.requests, 'request')} on {connections}: {parts}"


def _uploads(case: Case, plan: Plan, width: int) -> list[Line]:
    if not plan.uploads:
        return _field("uploads", "none: no request has a body", width)
    size = f"{plan.upload_bytes:,} bytes if each is sent whole"
    lines = _field("uploads", f"{len(plan.uploads)} of them with a body, {size}", width)
    lines += _field("upload path", plan.upload_path, width)
    if _OURS.search(plan.upload_path):
        words = "No such path: nothing in your app will be written; expect 404."
        return [*lines, *_said("✓", "success", words, width)]
    if plan.upload_path == path_of(case.target.url):
        words = "That is the target itself: your app receives these bodies."
        return [*lines, *_said("!", "warning", words, width)]
    return [*lines, *_said("!", "warning", "You named it: whatever answers there receives these bodies.", width)]


def _credential(given: CredentialFacts, width: int) -> list[Line]:
    if given.kind == "none":
        lines = _field("certificate", "none was given: probes go without one, or with a throwaway one", width)
        return [*lines]
    chain = f"sent with {given.chain} more" if given.chain else "sent alone"
    key = given.key or "no key"
    facts = f"{given.kind.upper()}, {key}, valid {day(given.not_before)} to {day(given.not_after)}, {chain}"
    lines = _field("certificate", common_name(given.subject), width)
    lines += _field("", facts, width, "muted")
    lines += _field("", f"issued by {given.issuer or 'unknown'}", width, "muted")
    for fault in given.faults:
        lines += _said("!", "warning", f"the certificate: {FAULTS[fault]}", width)
    return lines


def _questions(plan: Plan, width: int) -> list[Line]:
    groups: dict[str, list[Probe]] = {}
    for probe in plan.probes:
        groups.setdefault(probe.question, []).append(probe)
    lines: list[Line] = [titled_rule(text("Questions that it answers", "italic muted"), width)]
    for question, probes in groups.items():
        size = sum(probe.body_bytes for probe in probes)
        what = count(len(probes), "probe") + (f", {kilobytes(size)}" if size else "")
        lines.append(((fit(question, width - 22), ""), (fit(what, 22, right=True), "muted")))
    return lines
