"""What changed between two cases: settings, what the probes saw, and the verdict."""

from collections.abc import Iterator

import msgspec

from probes.diagnosis.facts import last_attempts
from probes.model import Case, Confidence, Observation, SiteConfig, Value, Verdict


class Side(Value, frozen=True, kw_only=True):
    """One of the two cases: what it asked about, and with what."""

    run: str
    started: str
    target: str
    client: str | None
    symptom: str
    certificate: str | None
    finding: str
    confidence: Confidence


class Change(Value, frozen=True, kw_only=True):
    """One value that is not the same; None where a side does not have it."""

    name: str
    before: str | None
    after: str | None


class ProbeChange(Value, frozen=True, kw_only=True):
    """One probe that saw something else.

    ``asked`` names what the probe itself did otherwise, so that a change of its result need not be the site's.
    """

    probe: str
    changes: tuple[Change, ...]
    asked: tuple[str, ...] = ()


class Comparison(Value, frozen=True, kw_only=True):
    """What changed from ``before`` to ``after``. ``inputs`` differ between the calls and do not count as a change.

    ``only_before`` and ``only_after`` are probes that one side alone sent.
    """

    before: Side
    after: Side
    equal: bool
    inputs: tuple[Change, ...] = ()
    settings: tuple[Change, ...] = ()
    probes: tuple[ProbeChange, ...] = ()
    only_before: tuple[str, ...] = ()
    only_after: tuple[str, ...] = ()
    verdict: tuple[Change, ...] = ()
    not_compared: tuple[str, ...] = ()


_ASKED = (
    "method",
    "body_bytes",
    "identity",
    "expect",
    "wait_ms",
    "head_first",
    "http",
    "tls",
    "ciphers",
    "persona",
    "writes",
    "renegotiate",
    "offer_pha",
    "canary",
    "route",
)


def compare(before: Case, after: Case) -> Comparison:
    """Compare two cases; times, ids, addresses, bodies and certificates' thumbprints do not count."""
    one, other = _side(before), _side(after)
    settings, not_compared = _settings(before.configuration, after.configuration)
    first, second = _by_probe(before), _by_probe(after)
    probes = tuple(_probes(first, second))
    only_before = tuple(name for name in first if name not in second)
    only_after = tuple(name for name in second if name not in first)
    verdict = tuple(_verdict(before.verdict, after.verdict))
    return Comparison(
        before=one,
        after=other,
        equal=not (settings or probes or only_before or only_after or verdict),
        inputs=tuple(_differing(_inputs(one), _inputs(other))),
        settings=settings,
        probes=probes,
        only_before=only_before,
        only_after=only_after,
        verdict=verdict,
        not_compared=not_compared,
    )


def _side(case: Case) -> Side:
    verdict = case.verdict
    return Side(
        run=case.run.id,
        started=case.run.started,
        target=case.target.url,
        client=case.run.client,
        symptom=case.run.symptom,
        certificate=case.credential.thumbprint_sha1,
        finding=verdict.finding if verdict else "inconclusive",
        confidence=verdict.confidence if verdict else "possible",
    )


def _inputs(side: Side) -> dict[str, str | None]:
    return {name: getattr(side, name) for name in ("target", "client", "symptom", "certificate")}


def _differing(before: dict[str, str | None], after: dict[str, str | None]) -> Iterator[Change]:
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            yield Change(name=name, before=before.get(name), after=after.get(name))


def _settings(before: SiteConfig, after: SiteConfig) -> tuple[tuple[Change, ...], tuple[str, ...]]:
    """Return the settings that differ; what one side did not read is not compared, and never "changed"."""
    changes, unread = [], []
    for field in msgspec.structs.fields(SiteConfig):
        if field.name in ("source", "notes"):
            continue
        one, other = getattr(before, field.name), getattr(after, field.name)
        if (one is None) != (other is None):
            unread.append(field.name)
        elif one != other:
            changes.append(Change(name=field.name, before=_text(one), after=_text(other)))
    return tuple(changes), tuple(unread)


def _by_probe(case: Case) -> dict[str, Observation]:
    return {seen.probe.id: seen for seen in last_attempts(case.observations)}


def _probes(before: dict[str, Observation], after: dict[str, Observation]) -> Iterator[ProbeChange]:
    for name, one in before.items():
        other = after.get(name)
        if other is None:
            continue
        changes = tuple(_differing(seen_of(one), seen_of(other)))
        if changes:
            asked = tuple(what for what in _ASKED if getattr(one.probe, what) != getattr(other.probe, what))
            yield ProbeChange(probe=name, changes=changes, asked=asked)


def seen_of(seen: Observation) -> dict[str, str | None]:
    """Return what one observation says that stays the same while the site does."""
    tls, echo, last = seen.tls, seen.echo, seen.exchanges[-1] if seen.exchanges else None
    verified = tls.verification if tls else None
    forwarded = echo.certificate if echo else None
    return {
        "outcome": seen.outcome,
        "status": _text(seen.status),
        "reached_app": seen.judged.reached_app,
        "answered_by": seen.judged.by,
        "tls_version": tls.version if tls else None,
        "alpn": tls.alpn if tls else None,
        "server_certificate": _faults(verified.errors, verified.ok) if verified else None,
        "certificate_request": tls.certificate_request if tls else None,
        "certificate_sent": tls.certificate_sent if tls else None,
        "renegotiation": tls.renegotiation if tls else None,
        "fatal_alerts": _alerts(seen),
        "continue": last.continue_.state if last else None,
        "forwarded": _forwarded(forwarded is not None, forwarded.faults if forwarded else ()) if echo else None,
        "parse_error": echo.parse_error if echo else None,
    }


def _faults(errors: tuple[object, ...], ok: bool) -> str:
    return (
        "verifies" if ok else ", ".join(str(getattr(error, "name", error)) for error in errors) or "does not verify"
    )


def _alerts(seen: Observation) -> str | None:
    alerts = seen.tls.alerts if seen.tls else ()
    names = [f"{alert.direction} {alert.name}" for alert in alerts if alert.level == "fatal"]
    return ", ".join(dict.fromkeys(names)) or None


def _forwarded(there: bool, faults: tuple[str, ...]) -> str:
    if not there:
        return "no certificate"
    return f"certificate with faults: {', '.join(faults)}" if faults else "certificate"


def _verdict(before: Verdict | None, after: Verdict | None) -> Iterator[Change]:
    yield from _differing(_said(before), _said(after))


def _said(verdict: Verdict | None) -> dict[str, str | None]:
    if verdict is None:
        return {}
    clients = {f"client {one.name}": one.result for one in verdict.clients}
    return {
        "finding": verdict.finding,
        "confidence": verdict.confidence,
        "also": ", ".join(sorted(one.finding for one in verdict.also)) or None,
        "suspended_by": verdict.suspended_by,
        **clients,
    }


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ";".join(map(str, value)) or "(empty)"
    return str(value)
