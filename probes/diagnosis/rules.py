"""The words of a prediction: the outcomes by aspect, the sources of the rules, and how a rule is written down."""

from collections.abc import Sequence

from probes.model import Prediction, Probe

NEVER, HANDSHAKE, RENEGOTIATION, POST_HANDSHAKE = (
    "asked:none",
    "asked:handshake",
    "asked:renegotiation",
    "asked:post-handshake",
)
REACHED, REFUSED, REDIRECTED = "request:reached", "request:refused", "request:redirected"
TLS_TAKEN, TLS_REFUSED = "tls:taken", "tls:refused"
H1, H2 = "http:1.1", "http:2"
"""The outcomes, by the aspect before the colon; a rule speaks of one aspect and says nothing of the others."""

LEARN = "Microsoft Learn, Configure TLS mutual authentication, 2025-05-09"
TLS = "Microsoft Learn, TLS/SSL in Azure App Service, 2025-02"
ARM = "Microsoft Learn, ARM template reference for Microsoft.Web/sites"
RESTRICT = "Microsoft Learn, Azure App Service access restrictions"
LOGIN = "Microsoft Learn, Authentication and authorization in Azure App Service"


def rule_for(probe: Probe, permitted: Sequence[str], rule: str, certainty: str, source: str = "") -> Prediction:
    """Return one rule about one probe; ``source`` is the public document that it rests on."""
    text = f"{rule} ({source})" if source else rule
    return Prediction(probe=probe.id, permitted=tuple(permitted), rule=text, certainty=certainty)  # type: ignore[arg-type]
