"""Which pairs there are, which of them can stand in one state, and which are run when not all are."""

import os
import random
from collections import Counter
from functools import cache
from itertools import combinations

from probes.lab.scenario import Scenario
from probes.lab.scenarios import scenarios
from tests.pairs.joining import CannotJoin, Joined, join
from tests.pairs.situation import Situation
from tests.pairs.telling import told, why_not

PROFILE = "PAIRS"
"""The environment variable: ``all`` runs every pair, anything else the sample."""
SAMPLE = 60
SEED = 20250509
SLOW_AT_MOST = 2
NEAR_SAMPLE = 12
ONCE_WRONG = (
    "weak-certificate+cipher-refused",
    "expect-awaited+functions-key-missing",
    "certificate-missing+functions-key-missing",
    "certificate-missing+cipher-refused",
    "client-sent-no-certificate+cipher-refused",
    "large-body-renegotiation+certificate-required-alert",
    "large-body-renegotiation+app-body-limit",
    "path-excluded+app-rejects-certificate",
    "certificate-expired+app-reads-wrong-header",
    "plain-http-request+easy-auth-refused",
    "plain-http-request+site-stopped",
    "http-redirected+site-stopped",
    "certificate-required-alert+site-stopped",
    "certificate-wrong-eku+header-damaged-truncated",
    "tls-version-refused+renegotiation-impossible-http2-on-tls13",
    "renegotiation-impossible-tls13+interactive-mode-not-prompted",
    "tls-inspection-proxy+host-name-unbound",
)
"""Pairs of which the verdict, or what stood beside it, was wrong once; always in the sample."""


@cache
def faults() -> tuple[Scenario, ...]:
    """Return every scenario of the lab in which something is wrong."""
    return tuple(one for one in scenarios().values() if one.control is not None)


@cache
def pairs() -> tuple[tuple[Scenario, Scenario], ...]:
    """Return every two scenarios of different findings."""
    return tuple(
        (one, other) for one, other in combinations(faults(), 2) if one.expected_finding != other.expected_finding
    )


@cache
def joined() -> dict[str, Joined]:
    """Return every pair that can stand in one state with one call, by name."""
    made = (_joined(one, other) for one, other in pairs())
    return {one.name: one for one in made if isinstance(one, Joined)}


@cache
def contradictions() -> Counter[str]:
    """Return why pairs cannot stand in one state, with how many do not."""
    made = (_joined(one, other) for one, other in pairs())
    return Counter(str(one) for one in made if isinstance(one, CannotJoin))


def _joined(one: Scenario, other: Scenario) -> Joined | CannotJoin:
    try:
        return join(one, other)
    except CannotJoin as why:
        return why


def kind(pair: Joined) -> str:
    """Return whether ``both`` findings are to be told, ``one`` that stands before the other, or ``neither``."""
    at = Situation(pair)
    number = sum(told(one.expected_finding, at) for one in (pair.first, pair.second))
    return ("neither", "one", "both")[number]


def reasons(pair: Joined) -> tuple[str, ...]:
    """Return for each finding of a pair that is not to be told what it lacks."""
    at = Situation(pair)
    lacks = ((one.expected_finding, why_not(one.expected_finding, at)) for one in (pair.first, pair.second))
    return tuple(f"{finding}: not so that {words}" for finding, words in lacks if words is not None)


def _slow(pair: Joined) -> str | None:
    """Return what makes a pair slow: it waits for what never comes."""
    edge = pair.state.get("edge", {})
    if edge.get("interim") == "swallow":
        return "interim"
    if pair.target.startswith("{silent}"):
        return "silent"
    return "hang" if edge.get("generation") == "iis" else None


@cache
def sample() -> tuple[str, ...]:
    """Return the names of the pairs that are always run: the same every time, every finding as often as can be."""
    names = sorted(set(joined()) - set(ONCE_WRONG))
    random.Random(SEED).shuffle(names)
    seen: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    slow: Counter[str | None] = Counter()
    chosen = list(ONCE_WRONG)
    for pair in map(joined().__getitem__, chosen):
        seen.update((pair.first.expected_finding, pair.second.expected_finding))
        kinds[kind_of(pair.name)] += 1
    while len(chosen) < SAMPLE and names:
        best = min(names, key=lambda name: _wanted(joined()[name], seen, kinds))
        names.remove(best)
        pair = joined()[best]
        why = _slow(pair)
        if why is not None and slow[why] >= SLOW_AT_MOST:
            continue
        chosen.append(best)
        seen.update((pair.first.expected_finding, pair.second.expected_finding))
        kinds[kind_of(best)] += 1
        slow[why] += 1
    return tuple(chosen)


@cache
def kind_of(name: str) -> str:
    """Return the kind of a pair by its name."""
    return kind(joined()[name])


def _wanted(pair: Joined, seen: Counter[str], kinds: Counter[str]) -> tuple[int, int, int]:
    times = sorted((seen[pair.first.expected_finding], seen[pair.second.expected_finding]))
    return times[0], times[1], kinds[kind_of(pair.name)]


def chosen() -> tuple[str, ...]:
    """Return the names of the pairs of this run."""
    return tuple(joined()) if os.environ.get(PROFILE) == "all" else sample()


@cache
def near() -> dict[str, Joined]:
    """Return every fault joined with a state or a call that is unusual, and in which nothing is wrong."""
    healthy = (one for one in scenarios().values() if one.expected_finding == "healthy" and one.control is None)
    made = (_joined(fault, one) for one in healthy for fault in faults())
    return {one.name: one for one in made if isinstance(one, Joined)}


@cache
def chosen_near() -> tuple[str, ...]:
    """Return the names of the near misses of this run, each of another fault and another control."""
    if os.environ.get(PROFILE) == "all":
        return tuple(near())
    names = sorted(name for name, one in near().items() if _slow(one) is None)
    random.Random(SEED).shuffle(names)
    found: list[str] = []
    met: set[str] = set()
    for name in names:
        both = {near()[name].first.name, near()[name].second.name}
        if len(found) < NEAR_SAMPLE and not met & both:
            found.append(name)
            met |= both
    return tuple(found)
