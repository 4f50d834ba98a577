"""The walk through the tree of one symptom: each question, its answer, and where the answer comes from."""

from probes.model import Step
from tui.branches import Branch, branches
from tui.drawing.parts import Line, cells, crop, fit, spread, text, wrap
from tui.drawing.verdict import cause_state, probes_of
from tui.drawing.words import SYMPTOMS, count, outcome_words, request_words, setting_value
from tui.finding import Render
from tui.lesson import expected_words, told_apart
from tui.store import Store


def source_of(store: Store, step: Step) -> str:
    """Return where a step's answer comes from: ``probe 5``, ``setting``, ``your answer``, ``certificate``."""
    numbers = probes_of(store, step.evidence)
    if numbers:
        return f"probe {numbers[0]}" if len(numbers) == 1 else f"probes {' '.join(map(str, numbers[:4]))}"
    kinds = {"config": "setting", "answer": "your answer", "credential": "certificate"}
    return next((kinds[item.partition(":")[0]] for item in step.evidence if item.partition(":")[0] in kinds), "")


def why(store: Store, step: Step) -> str:
    """Return what the evidence of a step shows, in a few words; nothing where it rests on no observation."""
    for item in step.evidence:
        if item.startswith("obs:"):
            made = store.observation(item[4:].partition("#")[0])
            if made is not None:
                answered = " ".join(outcome_words(made).split())
                return f"{request_words(made.probe).partition(',')[0]}, {answered}"
        if item.startswith("config:") and store.case:
            value = getattr(store.case.configuration, item[7:], None)
            if value is not None:
                return f"{_arm_name(item[7:])} {setting_value(value)}"
    return ""


def _arm_name(field: str) -> str:
    first, *rest = field.split("_")
    return first + "".join(word.capitalize() for word in rest)


LEAF = "finding"
"""The name of the line of the finding at the end of a walk."""


def walk(
    store: Store, render: Render, width: int, *, wide: bool, chosen: str | None = None
) -> tuple[list[Line], dict[str, int]]:
    """Return the walk so far, the finding at its end, and the line of each step; ``chosen`` shows its branches."""
    case, verdict = store.case, store.case.verdict if store.case else None
    steps = verdict.path if verdict else ()
    others = branches(steps, case.run.symptom) if case and steps else {}
    lines: list[Line] = []
    places: dict[str, int] = {}
    if wide and case:
        lines += [(("Symptom", "muted"), ("  ", ""), (SYMPTOMS[case.run.symptom], "")), ()]
    for step in steps:
        places[step.node] = len(lines)
        shown = others.get(step.node, ()) if step.node == chosen else ()
        lines += _wide_step(store, step, width, shown) if wide else _short_step(store, step, width, shown)
    if not steps:
        lines.append(text("No question was answered yet." if store.busy else "No question was answered.", "muted"))
        lines.append(())
    if verdict is None or case is None or (store.busy and verdict.finding in ("healthy", "inconclusive")):
        return lines, places
    places[LEAF] = len(lines)
    lines += _leaf(store, render, width, wide=wide)
    return [*lines, *_lesson(store, render, width)], places


def _lesson(store: Store, render: Render, width: int) -> list[Line]:
    """Return what the learner expected, what was seen, and which step told the two apart."""
    case, lesson = store.case, store.lesson
    if lesson is None or lesson.expected is None or case is None or case.verdict is None or not store.over:
        return []
    verdict = case.verdict
    rows = [("You expected", expected_words(lesson.expected)), ("Seen", render(verdict.finding, case).sentence)]
    if lesson.expected == verdict.finding:
        rows += [("So", "you were right")]
    else:
        step = told_apart(verdict.path, case.run.symptom, lesson.expected)
        if step is not None:
            source = source_of(store, step)
            rows += [("Told apart by", f"{step.question} {step.answer}{f' ({source})' if source else ''}")]
    lines: list[Line] = [()]
    for label, words in rows:
        first, *more = wrap(words, width - 15) or [()]
        lines += [((fit(label, 15), "muted"), *first), *(((" " * 15, ""), *line) for line in more)]
    return lines


def _wide_step(store: Store, step: Step, width: int, others: tuple[Branch, ...]) -> list[Line]:
    source = text(source_of(store, step), "primary")
    answer: Line = (("│ ", "primary"), (step.answer, "bold"), ("  ", ""), (why(store, step), "muted"))
    question, *more = wrap(step.question, width - 2) or [()]
    return [
        (("● ", "primary"), *question),
        *((("│ ", "primary"), *line) for line in more),
        spread(answer, source, width),
        *(_branch(one, width, "├─○ ") for one in others),
        text("│", "primary"),
    ]


def _branch(one: Branch, width: int, stem: str) -> Line:
    leads = one.leads if one.is_finding else f"asks: {one.leads}"
    room = max(width - len(stem) - cells(text(one.answer)) - 3, 8)
    return spread(((stem, "primary"), (one.answer, "muted")), text(fit(leads, room).rstrip(), "faint"), width)


def _short_step(store: Store, step: Step, width: int, others: tuple[Branch, ...]) -> list[Line]:
    question = fit(step.question, 36)
    line: Line = (("● ", "primary"), (question, "muted"), ("  ", ""), (fit(step.answer, 19), "bold"), ("  ", ""))
    return [
        crop((*line, (source_of(store, step), "primary")), width),
        *(_branch(one, width, "├─○ ") for one in others),
    ]


def _leaf(store: Store, render: Render, width: int, *, wide: bool) -> list[Line]:
    case = store.case
    assert case is not None
    assert case.verdict is not None
    verdict = case.verdict
    glyph, _, role = cause_state(store)
    title = render(verdict.finding, case).title
    wrapped = wrap(title, width - 2, "bold") or [()]
    lines: list[Line] = [((f"{glyph} ", role), *wrapped[0]), *((("  ", ""), *line) for line in wrapped[1:])]
    if wide:
        settings = len({item for item in verdict.evidence if item.startswith("config:")})
        agree = [count(number, word) for number, word in _agreeing(store, verdict.evidence, settings) if number]
        told = f"  {' and '.join(agree)} agree" if agree else ""
        lines.append(crop((("  ", ""), (verdict.confidence, ""), (told, "muted")), width))
    return lines


def _agreeing(store: Store, evidence: tuple[str, ...], settings: int) -> list[tuple[int, str]]:
    return [(len(probes_of(store, evidence)), "probe"), (settings, "setting")]
