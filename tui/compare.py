"""Finds the probe that differs in one thing and passed: the shortest argument that a fault is where it is."""

from collections.abc import Callable, Iterable

from probes.model import Observation, Probe

# In the order in which a difference explains most; a probe that differs in two of these proves nothing by itself.
_DIFFERENCES: tuple[tuple[str, Callable[[Probe], object]], ...] = (
    ("expect", lambda probe: probe.expect),
    ("head_first", lambda probe: probe.head_first),
    ("tls", lambda probe: probe.tls),
    ("http", lambda probe: probe.http),
    ("identity", lambda probe: probe.identity),
    ("body_bytes", lambda probe: probe.body_bytes),
    ("renegotiate", lambda probe: probe.renegotiate),
    ("offer_pha", lambda probe: probe.offer_pha),
    ("path", lambda probe: probe.path),
    ("method", lambda probe: probe.method),
    ("origin", lambda probe: (probe.origin, probe.route)),
    ("way", lambda probe: (probe.connect_to, probe.via)),
    ("ciphers", lambda probe: probe.ciphers),
    ("writes", lambda probe: probe.writes),
    ("canary", lambda probe: probe.canary),
)

DIFFERENCES = tuple(name for name, _ in _DIFFERENCES)
"""The names of all differences, the one that explains most in front."""


def differences(one: Probe, other: Probe) -> tuple[str, ...]:
    """Return the names of what two probes do otherwise; id, question, wave and client's name do not count."""
    return tuple(name for name, of in _DIFFERENCES if of(one) != of(other))


def counterpart(made: Observation, others: Iterable[Observation]) -> tuple[Observation, str] | None:
    """Return the observation that reached the app though its probe differs in one thing only, and that thing.

    None when ``made`` reached the app itself, or when no such probe was seen. Of several body sizes it is the
    nearest.
    """
    if made.judged.reached_app != "no":
        return None
    found: list[tuple[int, int, Observation, str]] = []
    for other in others:
        if other.judged.reached_app != "yes":
            continue
        differs = differences(made.probe, other.probe)
        if len(differs) == 1:
            distance = abs(made.probe.body_bytes - other.probe.body_bytes)
            found.append((DIFFERENCES.index(differs[0]), distance, other, differs[0]))
    if not found:
        return None
    _, _, best, name = min(found, key=lambda item: item[:2])
    return best, name
