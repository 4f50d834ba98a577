"""How good the diagnosis is over all scenarios of the lab: what it names, what it misses, what it sends for it."""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from probes.lab.scenarios import scenarios

PROPERTY = "diagnosis-quality"
"""Under this name a test hands its row to the summary of the whole run."""
FILE = Path(__file__).with_name("quality.json")
README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- quality: begin -->", "<!-- quality: end -->"


_OF_THE_LAB = (
    "The lab's states are known, so these are figures of the lab: how a site in Azure answers may hold surprises."
)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One scenario: what is true of it, what was said of it, and the probes that were sent.

    ``true`` has the expected finding first, then what else is true by declaration. ``probes`` are those of a run
    without a symptom, ``with_symptom`` those with each symptom that the expected finding explains.
    """

    scenario: str
    true: tuple[str, ...]
    named: str
    beside: tuple[str, ...] = ()
    probes: int = 0
    with_symptom: dict[str, int] = {}


class Tally(msgspec.Struct, kw_only=True):
    """One finding over all scenarios."""

    true: int = 0
    first: int = 0
    beside: int = 0
    missed: int = 0
    false: int = 0


class Saving(msgspec.Struct, frozen=True, kw_only=True):
    """One symptom: over how many scenarios, probes on average with it and without, and the average part."""

    symptom: str
    scenarios: int
    with_symptom: float
    without: float
    part: float


def tallies(rows: Iterable[Row]) -> dict[str, Tally]:
    """Count for each finding where it is true, named first, held beside, missed, and held without being true."""
    found: dict[str, Tally] = {}
    for row in rows:
        for slug in sorted({*row.true, row.named, *row.beside}):
            tally = found.setdefault(slug, Tally())
            held = slug == row.named or slug in row.beside
            tally.true += slug in row.true
            tally.first += slug == row.named
            tally.beside += slug in row.beside
            tally.missed += slug in row.true and not held
            tally.false += held and slug not in row.true
    return dict(sorted(found.items()))


def declared(rows: Iterable[Row]) -> dict[str, tuple[str, ...]]:
    """Return which findings are true beside each expected one, over all scenarios."""
    found: dict[str, dict[str, None]] = {}
    for row in rows:
        if row.true[1:]:
            found.setdefault(row.true[0], {}).update(dict.fromkeys(row.true[1:]))
    return {slug: tuple(sorted(also)) for slug, also in sorted(found.items())}


def savings(rows: Iterable[Row]) -> tuple[Saving, ...]:
    """Return for each symptom how many probes it saves; the average is over scenarios, not over probes."""
    pairs: dict[str, list[tuple[int, int]]] = {}
    for row in rows:
        for symptom, sent in row.with_symptom.items():
            pairs.setdefault(symptom, []).append((sent, row.probes))
    return tuple(
        Saving(
            symptom=symptom,
            scenarios=len(there),
            with_symptom=sum(sent for sent, _ in there) / len(there),
            without=sum(whole for _, whole in there) / len(there),
            part=sum(sent / whole for sent, whole in there) / len(there),
        )
        for symptom, there in sorted(pairs.items())
    )


def totals(rows: Iterable[Row]) -> str:
    """Return the whole in one sentence."""
    rows = list(rows)
    right = sum(row.named == row.true[0] for row in rows)
    every = tallies(rows).values()
    missed, false = sum(tally.missed for tally in every), sum(tally.false for tally in every)
    beside = sum(tally.beside for tally in every)
    return (
        f"{len(rows)} scenarios, {right} verdicts as expected, {beside} findings held beside them, "
        f"{missed} missed, {false} false alarms"
    )


def summary(rows: Mapping[str, Row]) -> list[str]:
    """Return the lines that the test run prints at its end."""
    there = sorted(rows.values(), key=lambda row: row.scenario)
    lines = [totals(there), "", f"{'finding':<32} {'true':>4} {'first':>5} {'beside':>6} {'missed':>6} {'false':>5}"]
    for slug, tally in tallies(there).items():
        numbers = f"{tally.true:>4} {tally.first:>5} {tally.beside:>6} {tally.missed:>6} {tally.false:>5}"
        lines.append(f"{slug:<32} {numbers}")
    lines += ["", "true beside the expected finding, by declaration:"]
    lines += [f"  {slug}: {', '.join(also)}" for slug, also in declared(there).items()]
    lines += ["", f"{'probes per symptom':<20} {'scenarios':>9} {'with it':>8} {'without':>8} {'part':>6}"]
    for one in savings(there):
        numbers = f"{one.scenarios:>9} {one.with_symptom:>8.1f} {one.without:>8.1f} {one.part:>6.0%}"
        lines.append(f"{one.symptom:<20} {numbers}")
    return lines


def markdown(rows: Iterable[Row]) -> str:
    """Return the part of the README that stands between its two marks."""
    there = sorted(rows, key=lambda row: row.scenario)
    lines = [BEGIN, f"Over all scenarios of the lab and their controls: {totals(there)}.", _OF_THE_LAB, ""]
    lines += ["With `--symptom` the run stops when its question is answered. Probes sent, on average:", ""]
    lines += ["| symptom | scenarios | with it | without | part |", "|---|--:|--:|--:|--:|"]
    for one in savings(there):
        numbers = f"{one.scenarios} | {one.with_symptom:.1f} | {one.without:.1f} | {one.part:.0%}"
        lines.append(f"| `{one.symptom}` | {numbers} |")
    lines += ["", "<details><summary>Each finding: scenarios in which it is true, and what was said</summary>", ""]
    lines += ["| finding | true | named first | held beside | missed | false alarms |", "|---|--:|--:|--:|--:|--:|"]
    for slug, tally in tallies(there).items():
        numbers = f"{tally.true} | {tally.first} | {tally.beside} | {tally.missed} | {tally.false}"
        lines.append(f"| `{slug}` | {numbers} |")
    lines += [
        "",
        "Two at once are true, by declaration, where the first one's scenario cannot be without the others:",
    ]
    lines += ["; ".join(f"`{slug}` ({', '.join(also)})" for slug, also in declared(there).items()) + "."]
    return "\n".join([*lines, "", "</details>", END])


def stored() -> dict[str, Row]:
    """Return the rows of the last run that was kept, by scenario."""
    return {row.scenario: row for row in msgspec.json.decode(FILE.read_bytes(), type=list[Row])}


def keep(rows: Mapping[str, Row]) -> None:
    """Write the rows, and the README's part that is made of them; rows of scenarios that were not run stay."""
    kept = {
        name: row for name, row in ((stored() if FILE.exists() else {}) | dict(rows)).items() if name in scenarios()
    }
    lines = [json.dumps(msgspec.to_builtins(kept[name])) for name in sorted(kept)]
    FILE.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    README.write_text(before + markdown(kept.values()) + after, encoding="utf-8")


def updating() -> bool:
    """Whether the stored texts are to be written anew."""
    return os.environ.get("UPDATE_GOLDEN") == "1"
