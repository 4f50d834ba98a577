"""The predicate about an uploaded public certificate that is taken for a list of trusted callers."""

from probes.diagnosis.facts import Facts, passed, reached
from probes.diagnosis.result import Known, Result, holds, refuted, unknown
from probes.model import Observation

EXPECTED, NOT_EXPECTED = "it is", "it is not"
"""The user's answers to the question ``uploaded``: whether an uploaded certificate is expected to keep others out."""
_REFUSALS = frozenset({400, 401, 403})


def stranger_let_in(facts: Facts) -> Known[bool]:
    """Whether a certificate that nobody can know, made for this run and really sent, was answered by the app.

    ``False`` needs a refusal; an app that breaks on it (5xx) says neither.
    """
    sent = [seen for seen in facts.where("throwaway") if seen.tls and seen.tls.certificate_sent == "yes"]
    usual = {seen.status for seen in facts.where("own-get") if passed(seen)}
    through = tuple(reached(seen) for seen in sent if passed(seen) and _answered(seen, usual))
    if through:
        return Known(value=True, evidence=through)
    out = tuple(reached(seen) for seen in sent if seen.judged.reached_app == "no" or seen.status in _REFUSALS)
    return Known(value=False if out else None, evidence=out)


def _answered(seen: Observation, usual: set[int | None]) -> bool:
    # A path that the app does not have is a 404 for everybody: what strangers and the user get alike is no refusal.
    if seen.status is None or seen.status in _REFUSALS or seen.status >= 500:
        return False
    return seen.status < 400 or seen.status in usual


def uploaded(facts: Facts) -> Known[bool]:
    """Whether a public certificate was uploaded to the site; None where that was not read.

    Microsoft.Web/sites/publicCertificates (Microsoft Learn, REST reference of App Service).
    """
    found = facts.case.configuration.public_certificates
    if found is None:
        return Known()
    return Known(value=bool(found), evidence=("config:public_certificates",))


def uploaded_cer_is_no_trust_list(facts: Facts) -> Result:
    """Hold when an uploaded certificate is expected to filter callers, and a stranger's certificate was let in.

    Uploaded certificates are made accessible to the app's code and to nobody else (Microsoft Learn, Use a TLS/SSL
    certificate in your code in Azure App Service); the front end forwards what it gets and leaves the check to the
    app (Microsoft Learn, Configure TLS mutual authentication, 2025-05-09). What is expected only the user can say.
    """
    there, answer = uploaded(facts), facts.answer("uploaded")
    if there.value is False:
        return refuted(*there.evidence)
    if answer == NOT_EXPECTED:
        return refuted("answer:uploaded")
    let_in = stranger_let_in(facts)
    if let_in.value is False:
        return refuted(*let_in.evidence)
    if let_in.value is None or answer != EXPECTED:
        return unknown(*let_in.evidence)
    strength = "wire" if there.value else "settings"
    return holds(*there.evidence, "answer:uploaded", *let_in.evidence, strength=strength)  # type: ignore[arg-type]
