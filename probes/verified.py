"""What a row of attempts proves of a fix: how many passed in a row, and what part of connections may still fail."""

from collections.abc import Sequence

from probes.model import Attempt

STRIP = 80
"""How many attempts, the last ones, are drawn."""
_RULE_OF_THREE = 3.0
"""-ln(0.05), rounded: with no failure in n trials the failure rate is at most 3/n with a certainty of 95 % (Hanley
and Lippman-Hand, JAMA 1983;249(13):1743-1745)."""


def passed(attempt: Attempt) -> bool:
    """Whether the attempt passed; its outcome says ``passed: 200`` or ``failed: edge 403``."""
    return attempt.outcome.startswith("passed")


def in_a_row(attempts: Sequence[Attempt]) -> int:
    """Return how many attempts passed since the last failure."""
    count = 0
    for attempt in reversed(attempts):
        if not passed(attempt):
            break
        count += 1
    return count


def may_fail(attempts: Sequence[Attempt]) -> float | None:
    """Return the part of connections that may still fail, with a certainty of 95 %; None when the last one failed."""
    passes = in_a_row(attempts)
    return min(1.0, _RULE_OF_THREE / passes) if passes else None


def strip(attempts: Sequence[Attempt]) -> str:
    """Return a glyph for each of the last attempts, oldest first."""
    return "".join("✓" if passed(one) else "✗" for one in attempts[-STRIP:])


def statement(attempts: Sequence[Attempt]) -> str:
    """Return what the attempts prove, in a sentence that says no more than that."""
    if not attempts:
        return "No attempt could be sent, so nothing is known."
    bound, passes = may_fail(attempts), in_a_row(attempts)
    if bound is None:
        return f"The last of {len(attempts)} attempts failed."
    failures = [one.at for one in attempts if not passed(one)]
    since = f" since the last failure at {failures[-1]}" if failures else f" since {attempts[0].at}"
    places = len({one.ip for one in attempts[-passes:]})
    limits = f"at most {bound * 100:.0f} % of connections can still fail"
    limits = "that few prove nothing" if bound >= 1 else limits
    where = f"{places} address" if places == 1 else f"{places} addresses"
    return f"{passes} of {passes} fresh connections{since} passed, to {where}; with 95 % certainty {limits}."
