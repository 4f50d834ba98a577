"""What was not learned about who answers, who was asked, and what a caller can claim."""

from collections.abc import Iterator

from probes.diagnosis.facts import Facts
from probes.diagnosis.predicates_asking import interactive_mode_not_prompted
from probes.diagnosis.predicates_claims import header_forgeable
from probes.diagnosis.predicates_path import tls_inspection_proxy
from probes.diagnosis.predicates_strangers import stranger_let_in, uploaded
from probes.model import Unknown


def transport(facts: Facts) -> Iterator[Unknown]:
    """Yield what the user can still answer or let be seen."""
    proxy = tls_inspection_proxy(facts)
    if proxy.state == "unknown" and proxy.evidence:
        yield Unknown(
            what="whether the server's authority, which only this machine trusts, is yours or an inspecting proxy's",
            why="no-answer",
            how_to_get="--answer 'who-answers=it is' or --answer 'who-answers=a proxy that opens TLS'",
        )
    if facts.where("canary") and header_forgeable(facts).state == "unknown":
        yield Unknown(
            what="whether a certificate that is only claimed in X-ARR-ClientCert reaches the app",
            why="not-observable",
            how_to_get="give --debug-path PATH of an endpoint that returns the headers that the app received",
        )
    browser = facts.client is not None and facts.client.name == "browser"
    prompted = interactive_mode_not_prompted(facts)
    if browser and prompted.state == "unknown" and prompted.evidence and facts.answer("prompted") is None:
        yield Unknown(
            what="whether the browser asked its user for a certificate",
            why="no-answer",
            how_to_get="--answer 'prompted=it did' or --answer 'prompted=it did not'",
        )
    if uploaded(facts).value and stranger_let_in(facts).value and facts.answer("uploaded") is None:
        yield Unknown(
            what="whether an uploaded certificate is expected to keep others out: one that nobody knows is let in",
            why="no-answer",
            how_to_get="--answer 'uploaded=it is' or --answer 'uploaded=it is not'",
        )
