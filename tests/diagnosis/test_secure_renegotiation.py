"""A server without RFC 5746 in imagined cases: whose request must show it, and what it is not mistaken for."""

import msgspec
import pytest

from probes.adapt import adapted, hopeless
from probes.curltrace.observe import tls_facts
from probes.curltrace.reader import CurlConnection
from probes.diagnosis import evaluate, verdict
from probes.diagnosis.facts import Facts
from probes.diagnosis.walk import walk
from probes.model import Alert, Case, Judged, Observation, TlsFacts
from tests.diagnosis.build import REQUIRED, Site, make_case

SLUG = "unsafe-legacy-renegotiation"
SENT = Alert(at_ms=1.0, direction="sent", level="fatal", name="handshake_failure")
RECEIVED = Alert(at_ms=1.0, direction="received", level="fatal", name="handshake_failure")


def refused(seen: Observation, *, secure: bool | None = False, alert: Alert = SENT) -> Observation:
    tls = TlsFacts(version="TLSv1.2", secure_renegotiation=secure, alerts=(alert,), client_hello_bytes=200)
    gone = {"outcome": "tls-failure", "status": None, "exchanges": (), "echo": None, "judged": Judged()}
    return msgspec.structs.replace(seen, tls=tls, **gone)


def old(*probes: str, secure: bool | None = False, alert: Alert = SENT) -> Case:
    """Return a case in which these probes, or all, ended at an old server's hello."""
    case = make_case(Site(), config=REQUIRED)
    seen = tuple(
        refused(one, secure=secure, alert=alert) if not probes or one.probe.id in probes else one
        for one in case.observations
    )
    return msgspec.structs.replace(case, observations=seen)


def test_a_server_that_lacks_it_for_everybody() -> None:
    case = old()
    found = verdict(case)
    assert (found.finding, found.confidence, found.also) == (SLUG, "confirmed", ())
    assert walk(Facts(case)).leaf == SLUG
    assert hopeless(case.observations) is not None


@pytest.mark.parametrize(
    ("case", "state"),
    [
        (make_case(Site(), config=REQUIRED), "refuted"),
        (old("get-12"), "refuted"),
        (old(secure=None), "unknown"),
        (old(secure=True), "unknown"),
        (old(alert=RECEIVED), "unknown"),
    ],
)
def test_what_does_not_show_it(case: Case, state: str) -> None:
    assert evaluate(SLUG, case).state == state
    assert verdict(case).finding != SLUG


def test_on_a_server_that_speaks_tls13_too_the_plan_goes_on_without_tls12() -> None:
    case = old("get-12")
    assert hopeless(case.observations) is None
    probe = next(one.probe for one in case.observations if one.probe.id == "post-small")
    assert (probe.tls, adapted(probe, case.observations).tls) == ("1.2", "free")
    assert adapted(probe, make_case(Site()).observations).tls == "1.2"


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("OpenSSL/3.0.22: error:0A000152:SSL routines::unsafe legacy renegotiation disabled", False),
        ("error:0A000410:SSL routines::sslv3 alert handshake failure", None),
    ],
)
def test_curls_own_words_are_read(said: str, known: bool | None) -> None:
    connection = CurlConnection()
    connection.said = said
    assert tls_facts(connection).secure_renegotiation is known
