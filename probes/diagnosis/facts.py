"""The query layer over a case: what was seen, by what a probe was, with the evidence for each answer."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Literal

from probes.diagnosis.result import Known, Result, unique
from probes.diagnosis.scope import SELECTORS, Scope, mine, scope_of
from probes.model import Case, Echo, Observation
from probes.model.persona import Persona
from probes.personas import CLIENTS

Passing = Literal["passes", "refused", "broken", "mixed"]
Asked = Literal["none", "handshake", "renegotiation", "post-handshake"]

_NO_EVIDENCE = frozenset({"not-run", "cancelled"})
_NEVER_THERE = frozenset({"dns-failure", "connect-failure", "proxy-failure", "timeout"})
_BROKEN = frozenset({"closed", "reset", "stream-reset"})


def last_attempts(observations: Iterable[Observation]) -> tuple[Observation, ...]:
    """Return the last attempt of each probe that is evidence; what we did not send or cut short is none."""
    last: dict[str, Observation] = {}
    for seen in observations:
        before = last.get(seen.probe.id)
        if seen.outcome not in _NO_EVIDENCE and (before is None or seen.attempt >= before.attempt):
            last[seen.probe.id] = seen
    return tuple(last.values())


def passed(seen: Observation) -> bool:
    """Whether the request reached the app, whatever the app answered."""
    return seen.judged.reached_app == "yes"


def asked(seen: Observation) -> Asked | None:
    """When the server asked for the certificate on this connection; ``none`` needs an answer to have come."""
    if seen.tls is None:
        return None
    when = seen.tls.certificate_request
    if when in (None, "none") and seen.tls.renegotiation in ("refused", "failed"):
        return "renegotiation"
    if when == "none" and seen.outcome != "response":
        return None
    return when


def late(seen: Observation) -> bool:
    """Whether the certificate was asked for after the request (RFC 5246 7.4.1.1, RFC 8446 4.6.2)."""
    return asked(seen) in ("renegotiation", "post-handshake")


def reached(seen: Observation) -> str:
    """Return the evidence that a request passed or did not."""
    return f"obs:{seen.id}#judged.reached_app"


def request(seen: Observation) -> str:
    """Return the evidence of when the certificate was asked for."""
    return f"obs:{seen.id}#tls.certificate_request"


class Facts:
    """A view of one case that answers questions about it; built once for each verdict, never changes the case.

    ``results`` keeps what the predicates said of it, by slug.
    """

    def __init__(self, case: Case) -> None:
        self.case = case
        self.scope: Scope = scope_of(case)
        self.seen = last_attempts(case.observations)
        self.results: dict[str, Result] = {}
        self._chosen: dict[str, tuple[Observation, ...]] = {}
        self._ends: dict[str, Known[Passing]] = {}
        self._answers = {answer.node: answer for answer in case.answers if answer.by != "evidence"}

    def where(self, selector: str) -> tuple[Observation, ...]:
        """Return what was seen of the probes that ``selector`` (a name in ``SELECTORS``) chooses."""
        # Every question and predicate asks this again, of a case that does not change: some hundred times a verdict.
        if selector not in self._chosen:
            wants = SELECTORS[selector]
            self._chosen[selector] = tuple(seen for seen in self.seen if wants(self.scope, seen.probe))
        return self._chosen[selector]

    def answer(self, node: str) -> str | None:
        """Return the user's answer to a question of the tree in lower case, hyphens as spaces; None for none."""
        given = self._answers.get(node)
        return None if given is None else " ".join(given.answer.replace("-", " ").casefold().split())

    @cached_property
    def something_passes(self) -> bool:
        """Whether any request to the target reached the app, so that a 4xx on another one means something."""
        return any(passed(seen) for seen in self.where("anything"))

    def one(self, seen: Observation) -> Passing | None:
        """Say how one request ended. A hang is never enough to call it refused."""
        if passed(seen):
            return "passes"
        if seen.outcome in _NEVER_THERE:
            return None
        if seen.judged.reached_app == "no":
            return "refused"
        if seen.status is not None and seen.status >= 400 and self.something_passes:
            return "refused"
        return "broken" if seen.outcome in _BROKEN else None

    def ended(self, selector: str) -> Known[Passing]:
        """Say how the requests of one kind ended; ``mixed`` when fresh connections differed."""
        if selector not in self._ends:
            self._ends[selector] = self.summary(self.where(selector))
        return self._ends[selector]

    def summary(self, observations: Sequence[Observation]) -> Known[Passing]:
        """Say how these requests ended, all of one kind; a TLS failure of a forced version says nothing of size."""
        ends: dict[str, Passing] = {}
        for seen in observations:
            by_us = seen.probe.persona is None and seen.probe.tls not in ("free", self.scope.own_tls)
            forced = by_us and seen.outcome == "tls-failure"
            end = None if forced else self.one(seen)
            if end is not None:
                ends[reached(seen)] = end
        values = set(ends.values())
        value: Passing | None = None
        if values:
            value = values.pop() if len(values) == 1 else "mixed" if "passes" in values else "refused"
        return Known(value=value, evidence=tuple(ends))

    def forced(self, selector: str) -> Known[Passing]:
        """Say how requests that force a version ended, a version that was refused included."""
        ends = {reached(seen): self.one(seen) for seen in self.where(selector)}
        values = set(ends.values())
        value: Passing | None = "passes" if values == {"passes"} else "refused" if values - {None} else None
        return Known(value=value, evidence=tuple(ends))

    @cached_property
    def asked_anywhere(self) -> Known[bool]:
        """Whether a certificate was asked for on any connection to the target.

        ``False`` needs a request that reached the app over TLS 1.2 and HTTP/1.1, because a front end that asks late
        cannot do so on TLS 1.3 or HTTP/2 (Microsoft Learn, Configure TLS mutual authentication, 2025-05-09).
        """
        there = self.where("anything")
        yes = tuple(request(seen) for seen in there if asked(seen) not in (None, "none"))
        if yes:
            return Known(value=True, evidence=yes[:2])
        no = tuple(request(seen) for seen in there if could_be_asked(seen) and asked(seen) == "none")
        return Known(value=False if no else None, evidence=no[:2])

    @cached_property
    def when_asked(self) -> Known[Asked]:
        """When the certificate is asked for on the user's own requests; late wins over early."""
        there = [seen for seen in self.seen if mine(self.scope, seen.probe)]
        for when in ("renegotiation", "post-handshake", "handshake"):
            evidence = tuple(request(seen) for seen in there if asked(seen) == when)
            if evidence:
                return Known(value=when, evidence=evidence[:2])
        never = tuple(request(seen) for seen in there if could_be_asked(seen) and asked(seen) == "none")
        return Known(value="none" if never else None, evidence=never[:2])

    @cached_property
    def settings_late(self) -> Known[bool]:
        """Whether the settings make the front end ask after the request.

        Either OptionalInteractiveUser or any exclusion path does (Microsoft Learn, Configure TLS mutual
        authentication, 2025-05-09). The user's own answer goes before what was read.
        """
        answer = self.answer("settings")
        if answer in ("after the request", "in the handshake"):
            return Known(value=answer == "after the request", evidence=("answer:settings",))
        config = self.case.configuration
        if config.client_cert_enabled is False:
            return Known(value=False, evidence=("config:client_cert_enabled",))
        if config.client_cert_enabled is None:
            return Known()
        if config.client_cert_mode == "OptionalInteractiveUser":
            return Known(value=True, evidence=("config:client_cert_mode",))
        if config.client_cert_exclusion_paths:
            return Known(value=True, evidence=("config:client_cert_exclusion_paths",))
        if config.client_cert_mode is None or config.client_cert_exclusion_paths is None:
            return Known()
        return Known(value=False, evidence=("config:client_cert_mode", "config:client_cert_exclusion_paths"))

    @cached_property
    def client(self) -> Persona | None:
        """The user's client, None when it is not known or not one of those whose properties are known."""
        known = CLIENTS.get(self.case.run.client or "")
        return known.told(self.case.run.own_expect) if known else None

    @cached_property
    def forwarded(self) -> Known[bool]:
        """Whether the app received a certificate with the user's request; known only with a debug endpoint."""
        echoes = [seen for seen in self.seen if seen.echo is not None and mine(self.scope, seen.probe)]
        there = tuple(f"obs:{seen.id}#echo" for seen in echoes if seen.echo and _holds_a_value(seen.echo))
        if there:
            return Known(value=True, evidence=there)
        return Known(
            value=False if echoes else None, evidence=unique(tuple(f"obs:{seen.id}#echo" for seen in echoes))
        )


def _holds_a_value(echo: Echo) -> bool:
    # Some servers set the header on every request and leave it empty when there was no certificate.
    return echo.certificate is not None and "empty" not in echo.certificate.faults


def could_be_asked(seen: Observation) -> bool:
    """Whether this request reached the app on a protocol on which every front end can ask for a certificate."""
    if seen.tls is None or not passed(seen):
        return False
    return seen.tls.version == "TLSv1.2" and seen.tls.alpn in (None, "", "http/1.1")
