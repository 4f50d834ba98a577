"""Prints the numbers: how many pairs there are, which of them join, and why the others do not."""

from collections import Counter

from tests.pairs.choosing import chosen, chosen_near, contradictions, faults, joined, kind_of, near, pairs, reasons


def lines() -> list[str]:
    """Return the numbers, line by line."""
    kinds = Counter(kind_of(name) for name in joined())
    out = [
        f"{len(faults())} scenarios with a fault, {len(pairs())} pairs of two findings",
        f"{sum(contradictions().values())} pairs cannot stand in one state:",
        *(f"  {number:4} {why}" for why, number in contradictions().most_common()),
        f"{len(joined())} pairs can; {kinds['both']} show both findings, {kinds['one']} one, {kinds['neither']} none",
    ]
    hidden = Counter(reason for name in joined() for reason in reasons(joined()[name]))
    out += ["what is not told, and why:", *(f"  {number:4} {why}" for why, number in sorted(hidden.items()))]
    out.append(f"{len(near())} pairs of a fault and an unusual state in which nothing is wrong")
    return [*out, f"{len(chosen())} and {len(chosen_near())} of them in this run"]


if __name__ == "__main__":
    print("\n".join(lines()))
