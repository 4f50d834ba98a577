"""Which of several findings comes first: what must be put right before anything behind it can be seen or helps."""

from collections.abc import Iterable

from tests.pairs.needs import ITS_CERTIFICATE
from tests.pairs.situation import Situation
from tests.pairs.telling import told

LAYERS: tuple[tuple[str, ...], ...] = (
    # Nobody, or somebody else, answers.
    ("network-unreachable",),
    ("tls-inspection-proxy",),
    ("host-name-unbound",),
    ("server-certificate-wrong-host", "server-certificate-untrusted", "server-certificate-expired"),
    # The handshake does not come about.
    ("tls-version-refused", "cipher-refused", "unsafe-legacy-renegotiation"),
    # The front end lets nobody in, or sends away who comes over http or without a login.
    ("site-stopped",),
    ("public-access-disabled",),
    ("access-restricted",),
    ("http-redirected", "plain-http-request"),
    ("easy-auth-refused",),
    # Nothing can be sent, or nothing is asked for.
    ("certificate-without-key",),
    ("settings-not-in-effect",),
    ("slot-differs", "plan-too-small", "http2-disables-certificates"),
    ("client-certs-disabled",),
    ("path-excluded",),
    # It is asked for in a way that the client cannot answer.
    ("renegotiation-refused-by-client",),
    ("certificate-required-alert",),
    ("issuer-not-acceptable",),
    ("interactive-mode-not-prompted",),
    ("renegotiation-impossible-http2",),
    ("renegotiation-impossible-tls13",),
    ("certificate-missing", "client-sent-no-certificate"),
    # Only large bodies fail. What the client can do about it by itself goes before the site's part in it.
    ("expect-not-awaited", "curl-below-threshold", "reused-connection-hides-it", "large-body-legacy-edge"),
    ("large-body-renegotiation",),
    # The certificate arrives, and the app does not take it.
    ("app-reads-wrong-header",),
    ("header-parsed-as-pem",),
    ("functions-key-missing",),
    ("web-config-ip-security",),
    tuple(ITS_CERTIFICATE),
    ("header-parsed-as-hex", "header-damaged"),
    ("chain-incomplete", "self-signed-refused"),
    ("app-rejects-certificate",),
    ("app-body-limit",),
    ("expect-blocked-on-the-way",),
    # True, and the reason of nothing that was seen.
    ("the certificate's fault that nobody minds",),
    ("header-forgeable", "uploaded-cer-is-no-trust-list"),
)
"""Findings of one layer are each as good a beginning as the other."""
_PLACE = {finding: number for number, layer in enumerate(LAYERS) for finding in layer}
_MINDED_BY = {
    "certificate-expired": "dates",
    "certificate-not-yet-valid": "dates",
    "certificate-wrong-eku": "purpose",
    "weak-certificate": "strength",
}


def place(finding: str, at: Situation) -> int:
    """Return the layer of a finding; a certificate's fault that the app does not mind explains nothing."""
    if finding in _MINDED_BY:
        rule = at.app.validator.rule if at.app.validator is not None else None
        if rule != _MINDED_BY[finding] or not told("app-rejects-certificate", at):
            return _PLACE["the certificate's fault that nobody minds"]
    return _PLACE[finding]


def first_of(findings: Iterable[str], at: Situation) -> set[str]:
    """Return those of ``findings`` that may be the verdict; none of none."""
    there = {finding: place(finding, at) for finding in findings}
    least = min(there.values(), default=0)
    return {finding for finding, number in there.items() if number == least}
