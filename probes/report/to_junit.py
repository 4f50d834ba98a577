"""A report as JUnit XML, so that a pipeline shows the verdict and every probe like the results of its tests."""

from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from probes import diagnosis
from probes.model import Case, Observation, Verdict
from probes.report import words
from probes.report.request import Report


def text(report: Report) -> str:
    """Return the report as JUnit XML: one suite for the verdict, one for each question of the plan.

    The verdict fails for every cause that was found, and is an error where nothing could be concluded. A probe fails
    when it was not as expected; where nobody could say what to expect, it is skipped, with what was seen.
    """
    case = report.shown()
    root = Element("testsuites", name="mtls-triage")
    _verdict(root, case, report.notes)
    ordered = sorted(case.observations, key=lambda seen: _first(case, seen))
    for question, seen in groupby(ordered, key=lambda one: one.probe.question):
        _suite(root, question, list(seen))
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode")


def _first(case: Case, seen: Observation) -> int:
    return next(place for place, one in enumerate(case.observations) if one.probe.question == seen.probe.question)


def _verdict(root: Element, case: Case, notes: tuple[str, ...]) -> None:
    verdict = case.verdict or Verdict(finding="inconclusive", confidence="possible")
    said = diagnosis.render(verdict.finding, case)
    suite = SubElement(root, "testsuite", name="verdict", timestamp=case.run.started.rstrip("Z"))
    test = SubElement(suite, "testcase", classname=case.target.url, name="Nothing is wrong with client certificates")
    message = f"{verdict.finding} ({verdict.confidence}): {said.sentence}"
    details = "\n\n".join((*notes, said.cause, said.now, said.verify_command))
    kind = {"healthy": None, "inconclusive": "error"}.get(verdict.finding, "failure")
    if kind:
        SubElement(test, kind, message=message, type=verdict.finding).text = details
    _count(suite)


def _suite(root: Element, question: str, seen: list[Observation]) -> None:
    suite = SubElement(root, "testsuite", name=question, timestamp=seen[0].at.partition(".")[0].rstrip("Z"))
    for one in seen:
        seconds = f"{(one.timing_ms.total or 0) / 1000:.3f}"
        name = one.probe.id if one.attempt == 1 else f"{one.probe.id} (attempt {one.attempt})"
        test = SubElement(suite, "testcase", classname=one.probe.origin, name=name, time=seconds)
        line = f"{one.id}: {words.request(one.probe)}: {words.outcome(one)}, {one.judged.because}"
        if one.outcome in ("not-run", "cancelled"):
            SubElement(test, "skipped", message=f"{one.outcome}: {one.judged.because}")
        elif one.judged.as_expected is False:
            expected = {"reached": "to reach the app", "refused": "to be refused"}[one.judged.expected or "reached"]
            SubElement(test, "failure", message=f"expected {expected}; {line}", type=one.outcome).text = line
        elif one.judged.as_expected is None:
            SubElement(test, "skipped", message=f"nothing was expected of it; {line}")
        else:
            SubElement(test, "system-out").text = line
    _count(suite)


def _count(suite: Element) -> None:
    suite.set("tests", str(len(suite.findall("testcase"))))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(len(suite.findall(f"testcase/{tag}"))))
