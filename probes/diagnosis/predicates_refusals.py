"""Predicates about refusals that look like a missing certificate and come from behind the front end."""

from probes.diagnosis.facts import Facts, passed
from probes.diagnosis.predicates_size import lets_through, small_passes
from probes.diagnosis.result import Result, holds, refuted, unknown
from probes.diagnosis.scope import mine
from probes.diagnosis.words import header_of, is_web_config_page
from probes.model import Observation


def functions_key_missing(facts: Facts) -> Result:
    """Hold when the Functions host answers the user's GET with 401 and an empty body, as for a missing key.

    A function whose own code answers just so looks the same; only a call with a key would tell them apart
    (Azure/azure-functions-host, AuthenticationLevelHandler and UnauthorizedResult).
    """
    answered = [seen for seen in facts.where("own-get") if seen.outcome == "response"]
    bare = [seen for seen in answered if _bare_401(seen)]
    evidence = tuple(f"obs:{seen.id}#status" for seen in (bare or answered)[:2])
    if not answered:
        return unknown()
    kind = facts.case.configuration.kind
    if len(bare) < len(answered) or (kind is not None and "functionapp" not in kind.lower()):
        return refuted(*evidence)
    if kind is None:
        return unknown(*evidence)
    return holds("config:kind", *evidence, strength="settings")


def _bare_401(seen: Observation) -> bool:
    # HTTP wants WWW-Authenticate with a 401 (RFC 9110 section 15.5.2); the Functions host sends none.
    empty = seen.status == 401 and bool(seen.exchanges) and seen.exchanges[-1].body_bytes == 0
    return empty and header_of(seen, "www-authenticate") is None and seen.judged.by != "edge"


def web_config_ip_security(facts: Facts) -> Result:
    """Hold when IIS refuses the user's GET with its one sentence, and every other path of the app likewise.

    A directory without a default document gets the same sentence, but only there; a path that does not exist is
    then answered otherwise.
    """
    answered = [seen for seen in facts.seen if seen.outcome == "response" and mine(facts.scope, seen.probe)]
    here = [seen for seen in answered if seen.probe.path == facts.scope.path]
    elsewhere = [seen for seen in answered if seen.probe.path != facts.scope.path]
    spared = [seen for seen in (*here, *elsewhere) if not is_web_config_page(seen) and passed(seen)]
    if spared:
        return refuted(*(f"obs:{seen.id}#exchanges.body_excerpt" for seen in spared[:2]))
    said = [seen for seen in here if is_web_config_page(seen)]
    if not said:
        return refuted() if here else unknown()
    too = [seen for seen in elsewhere if is_web_config_page(seen)]
    evidence = tuple(f"obs:{seen.id}#exchanges.body_excerpt" for seen in (*said[:2], *too[:1]))
    return holds(*evidence, strength="wire" if too else "hint")


def app_body_limit(facts: Facts) -> Result:
    """Hold when large bodies are answered with 413 in every way of sending them, and small ones are not.

    The renegotiation buffer of a front end is told apart by what helps there: waiting for 100 Continue, HEAD first.
    """
    large = facts.where("own-large")
    ways = (*facts.where("large-wait"), *facts.where("large-head-first"))
    small = small_passes(facts)
    big, through = [seen for seen in large if too_large(seen)], [seen for seen in ways if passes_whole(seen)]
    evidence = tuple(f"obs:{seen.id}#status" for seen in (*big[:2], *through[:1]))
    if small.value is False or through or any(passes_whole(seen) for seen in large):
        return refuted(*evidence)
    still = [seen for seen in ways if too_large(seen)]
    if any(too_large(seen) for seen in facts.where("small")) or (not big and not still and lets_through(facts).value):
        return refuted(*evidence)
    # A front end that asks late refuses the bare body before the app sees it; the app then speaks in the other ways.
    kept_back = facts.ended("own-large").value == "refused"
    if not (small.value and still and (big or kept_back)):
        return unknown(*evidence)
    return holds(*evidence, *(f"obs:{seen.id}#status" for seen in still[:2]), *small.evidence[:1])


def too_large(seen: Observation) -> bool:
    """Whether the body was refused for its size (413, RFC 9110 section 15.5.14)."""
    return seen.status == 413


def passes_whole(seen: Observation) -> bool:
    """Whether the request reached the app and was not refused for its size."""
    return passed(seen) and not too_large(seen)
