"""Predicates about ``Expect: 100-continue`` on the way, and about clients that get through only sometimes."""

from probes.diagnosis.facts import Facts
from probes.diagnosis.predicates_size import large_problem
from probes.diagnosis.result import Result, holds, refuted, unknown
from probes.diagnosis.scope import as_client, is_large
from probes.model import Observation

_PROMPT = 0.5
"""Part of the wait within which a plain answer must come, so that a slow way is not taken for a silent one."""


def expect_blocked(facts: Facts) -> Result:
    """Hold when nobody answers ``Expect: 100-continue``, or 417 does, though the same body gets through without it.

    A server answers with 100 or with a final status (RFC 9110 section 10.1.1); whoever cannot, answers 417
    (section 15.5.18). A box on the way that swallows interim answers leaves the client waiting.
    """
    waits = [seen for seen in facts.where("large-wait") if seen.exchanges]
    silent = [seen for seen in waits if seen.exchanges[-1].continue_.state == "timed-out" and _prompt(facts, seen)]
    refused = [seen for seen in waits if seen.status == 417]
    heard = [seen for seen in waits if seen.exchanges[-1].continue_.state == "received"]
    evidence = tuple(f"obs:{seen.id}#exchanges.continue" for seen in (*silent, *refused)[:2])
    if not evidence:
        return refuted(*(f"obs:{seen.id}#exchanges.continue" for seen in heard[:2])) if heard else unknown()
    other = next((end for end in (facts.ended("large-head-first"), facts.ended("own-large")) if end.value), None)
    without = [facts.ended(name) for name in ("large-head-first", "own-large")]
    good = [end for end in without if end.value in ("passes", "mixed")]
    if not good:
        return unknown(*evidence) if other is None else refuted(*evidence, *other.evidence[:1])
    return holds(*evidence, *good[0].evidence[:1], strength="settings" if heard else "wire")


def _prompt(facts: Facts, seen: Observation) -> bool:
    limit = (seen.probe.wait_ms or 0) * _PROMPT
    times = [own.timing_ms.first_byte for own in facts.where("own-get") if own.timing_ms.first_byte is not None]
    return not times or min(times) < limit


def curl_below_threshold(facts: Facts) -> Result:
    """Hold when the user's curl sends a body that is too large for the front end and too small for its own Expect.

    curl sends the header by itself only above 1 MiB, below 7.69 above 1,024 bytes (curl, lib/http.h,
    EXPECT_100_THRESHOLD); then it waits.
    """
    base, client = large_problem(facts), facts.client
    if client is None:
        return unknown() if facts.case.run.client is None else refuted()
    if not client.name.startswith("curl") or client.expect_above is None or base.state == "refuted":
        return refuted(*base.evidence)
    there = [seen for seen in facts.seen if as_client(facts.scope, seen.probe) and is_large(seen.probe)]
    if there and all(client.expects(seen.probe.body_bytes) for seen in there):
        return refuted(*(f"obs:{seen.id}#exchanges.continue" for seen in there[:2]))
    bare = facts.ended("client-large")
    if bare.value == "passes":
        return refuted(*bare.evidence[:2])
    if not base.holds or bare.value is None:
        return unknown(*base.evidence)
    return holds(*bare.evidence[:2], *base.evidence, strength=base.strength)


def reused_connection_hides_it(facts: Facts) -> Result:
    """Hold when the user's client fails on a fresh connection, passes on one that it used before, and keeps them.

    The certificate is obtained once for a connection; later requests on it have it already (dotnet/aspnetcore,
    TlsConnectionFeature), so that a pool decides which uploads work.
    """
    base, client = large_problem(facts), facts.client
    if client is None:
        return unknown() if facts.case.run.client is None else refuted()
    fresh, kept = facts.ended("client-large"), facts.ended("client-kept")
    evidence = (*fresh.evidence[:1], *kept.evidence[:1])
    if not client.pools or base.state == "refuted" or fresh.value == "passes" or kept.value == "refused":
        return refuted(*evidence, *base.evidence)
    if not base.holds or fresh.value is None or kept.value not in ("passes", "mixed"):
        return unknown(*evidence)
    return holds(*evidence, *base.evidence, strength=base.strength)
