"""Predicates about bodies that are too large for a front end that asks for the certificate after the request."""

from probes.diagnosis.facts import Facts
from probes.diagnosis.result import Known, Result, holds, refuted, unknown

_LATE = ("renegotiation", "post-handshake")


def lets_through(facts: Facts) -> Known[bool]:
    """Whether waiting for 100 Continue, or a HEAD request first, gets the large body through."""
    wait, head = facts.ended("large-wait"), facts.ended("large-head-first")
    if "passes" in (wait.value, head.value) or "mixed" in (wait.value, head.value):
        good = [known for known in (wait, head) if known.value in ("passes", "mixed")]
        return Known(value=True, evidence=tuple(line for known in good for line in known.evidence[:1]))
    if wait.value is not None and head.value is not None:
        return Known(value=False, evidence=(*wait.evidence[:1], *head.evidence[:1]))
    return Known(evidence=(*wait.evidence[:1], *head.evidence[:1]))


def small_passes(facts: Facts) -> Known[bool]:
    """Whether a small body of the user gets through; the plain GET stands for it where none could be sent."""
    small = facts.ended("small")
    if small.value is None:
        small = facts.ended("own-get")
    if small.value is None:
        return Known()
    return Known(value=small.value in ("passes", "mixed"), evidence=small.evidence[:1])


def large_refused(facts: Facts) -> Known[bool]:
    """Whether the user's own large body is kept from the app; a connection that just ended counts as a hint."""
    own = facts.ended("own-large")
    if own.value is None:
        return Known()
    if own.value == "broken" and facts.ended("own-get").value == "broken":
        # Without a body it breaks as well, so the size says nothing.
        return Known(evidence=own.evidence[:1])
    return Known(value=own.value != "passes", evidence=own.evidence[:2])


def get_refused(facts: Facts) -> Known[bool]:
    """Whether even the user's own GET is refused, so that size cannot be the cause.

    A bare 401 or 403 to the GET alone, beside small uploads that get through, may be the app's own: then it is not
    known.
    """
    own = facts.ended("own-get")
    at_the_door = any(seen.judged.reached_app == "no" for seen in facts.where("own-get"))
    if own.value == "refused" and not at_the_door and facts.ended("small").value == "passes":
        return Known(evidence=own.evidence[:1])
    return Known(value=None if own.value is None else own.value == "refused", evidence=own.evidence[:1])


def large_problem(facts: Facts) -> Result:
    """Hold when a large body fails, a small one passes, the certificate is asked late, and a way round it helps.

    This is what the wire shows of a renegotiation with the body already on its way; whose setting or front end is
    behind it is the question of the findings that build on it.
    """
    when, through = facts.when_asked, lets_through(facts)
    small, large, get = small_passes(facts), large_refused(facts), get_refused(facts)
    evidence = (*large.evidence, *small.evidence, *through.evidence, *when.evidence[:1])
    against = get.value or small.value is False or large.value is False or through.value is False
    if against or when.value in ("handshake", "none"):
        return refuted(*evidence)
    if not (small.value and large.value and through.value and when.value in _LATE):
        return unknown(*evidence)
    clean = facts.ended("own-large").value == "refused"
    return holds(*evidence, strength="wire" if clean else "settings")


def large_body_renegotiation(facts: Facts) -> Result:
    """Hold for a large body that fails because the settings make the front end ask after the request.

    Above 100 KB such a POST or PUT ends in 403 (Microsoft Learn, Configure TLS mutual authentication, 2025-05-09).
    Where the settings were not read, the wire alone confirms it.
    """
    base, settings = large_problem(facts), facts.settings_late
    if settings.value is False and legacy_settings(facts):
        return refuted(*settings.evidence)
    if not base.holds:
        return base
    return holds(*base.evidence, *(settings.evidence if settings.value else ()), strength=base.strength)


def large_body_legacy_edge(facts: Facts) -> Result:
    """Hold for the same failure where the settings were read and do not make the front end ask late.

    Reported of the front ends before 2022, for the mode Required alone (App Service support blog, 2021-02-12).
    """
    base, settings = large_problem(facts), facts.settings_late
    if settings.value or base.state == "refuted":
        return refuted(*settings.evidence, *base.evidence)
    if not base.holds or settings.value is None or not legacy_settings(facts):
        return unknown(*base.evidence)
    return holds(*base.evidence, *settings.evidence, strength=base.strength)


def legacy_settings(facts: Facts) -> bool:
    """Whether it is known that certificates are on and are to be asked for in the handshake."""
    if facts.settings_late.value is not False:
        return False
    return "answer:settings" in facts.settings_late.evidence or facts.case.configuration.client_cert_enabled is True


def header_only_refused(facts: Facts) -> Known[bool]:
    """Whether ``Expect: 100-continue`` without the wait fails, though waiting gets the body through."""
    header, wait = facts.ended("large-header-only"), facts.ended("large-wait")
    evidence = (*header.evidence[:1], *wait.evidence[:1])
    if header.value == "passes" or wait.value == "refused":
        return Known(value=False, evidence=evidence)
    if header.value is None or wait.value not in ("passes", "mixed"):
        return Known(evidence=evidence)
    return Known(value=True, evidence=evidence)


def client_waits(facts: Facts) -> Known[bool]:
    """Whether the user's client holds its body back after ``Expect: 100-continue``; None when it is not known."""
    answer = facts.answer("client")
    if answer in ("it waits", "it does not wait"):
        return Known(value=answer == "it waits", evidence=("answer:client",))
    if facts.client is None:
        return Known()
    return Known(value=facts.client.waits, evidence=("answer:client",))


def client_large_passes(facts: Facts) -> bool:
    """Whether the large body got through when it was sent just as the user's client sends it."""
    return facts.ended("client-large").value == "passes"


def expect_not_awaited(facts: Facts) -> Result:
    """Hold when waiting for 100 Continue helps, the header alone does not, and the user's client does not wait.

    A client that means to wait sends the header and holds the body back (RFC 9110 section 10.1.1).
    """
    base, waits, header = large_problem(facts), client_waits(facts), header_only_refused(facts)
    cannot_ask = facts.client is not None and not facts.client.expect_on_request
    refutes = waits.value or header.value is False or base.state == "refuted"
    if refutes or cannot_ask or client_large_passes(facts):
        return refuted(*waits.evidence, *header.evidence, *base.evidence)
    if waits.value is None or not base.holds or header.value is None:
        return unknown(*waits.evidence, *header.evidence, *base.evidence)
    return holds(*base.evidence, *header.evidence, *waits.evidence, strength=base.strength)
