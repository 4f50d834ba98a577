"""States in which the verdict was wrong once, as small as they could be made, with what must be said."""

from typing import Any, NamedTuple

import pytest

from tests.random_states.example import Example
from tests.random_states.judging import complaints
from tests.random_states.running import diagnosed
from tests.random_states.truth import truth


class Found(NamedTuple):
    """One state, its verdict, and what may not stand beside it."""

    example: Example
    verdict: str
    never: str


_LATE = {"clientCertMode": "OptionalInteractiveUser"}
_EXCLUDED = {"clientCertExclusionPaths": "/health"}
FOUND = {
    "the app names its rule, and the certificate has another fault": Found(
        Example(state={"app": {"validator": {"rule": "chain"}}}, sent="weak"), "chain-incomplete", ""
    ),
    "the certificate has run out, nobody minds, and the body is too large": Found(
        Example(state={"app": {"body_limit": 200_000}}, sent="expired"), "app-body-limit", ""
    ),
    "the app cannot read the header, so that it did not look at the dates": Found(
        Example(
            state={"app": {"parser": "hex", "parse_error_status": 403, "validator": {"rule": "dates"}}},
            sent="expired",
            read="none",
        ),
        "header-parsed-as-hex",
        "",
    ),
    "what was never asked for was not rejected": Found(
        Example(
            state={"settings": {"clientCertEnabled": False}, "app": {"validator": {"rule": "dates"}}}, debug=False
        ),
        "client-certs-disabled",
        "app-rejects-certificate",
    ),
    "without TLS 1.2 there is nothing to compare with, and the settings say enough": Found(
        Example(state={"settings": {**_EXCLUDED, "clientCertMode": "Optional", "minTlsVersion": "1.3"}}),
        "renegotiation-impossible-tls13",
        "",
    ),
    "a proxy on the way asks nobody either": Found(
        Example(state={"edge": {"intercepted": True}}, machine_trusts_proxy=True, read="none"),
        "inconclusive",
        "client-certs-disabled",
    ),
    "the user's client does not speak HTTP/2": Found(
        Example(
            state={
                "settings": {**_EXCLUDED, "http20Enabled": True},
                "edge": {"renegotiating_edge": "post-handshake"},
            },
            client="dotnet",
        ),
        "large-body-renegotiation",
        "renegotiation-impossible-http2",
    ),
    "the user's client does not speak TLS 1.3": Found(
        Example(
            state={"settings": _LATE, "edge": {"renegotiating_edge": "no-certificate"}}, client="dotnet-framework"
        ),
        "large-body-renegotiation",
        "renegotiation-impossible-tls13",
    ),
    "the user's client offers no post-handshake authentication, and the probe did": Found(
        Example(state={"settings": _EXCLUDED, "edge": {"renegotiating_edge": "post-handshake"}}, client="aiohttp"),
        "renegotiation-impossible-tls13",
        "",
    ),
    "a connection that breaks without a body says nothing of its size": Found(
        Example(
            state={"settings": _LATE, "edge": {"renegotiating_edge": "reset"}},
            size=90_000,
        ),
        "renegotiation-impossible-tls13",
        "large-body-renegotiation",
    ),
    "the app complains of a header that looks sound in a page": Found(
        Example(state={"app": {"damage": "folded", "shape": "html"}}), "inconclusive", ""
    ),
    "the throwaway certificate went over a version that is refused, and the page says what is missing": Found(
        Example(state={"settings": {"minTlsVersion": "1.3"}}, sent="none"), "certificate-missing", ""
    ),
    "a certificate that the front end did not get is not refused for being weak": Found(
        Example(
            state={"settings": {**_EXCLUDED, "minTlsCipherSuite": "TLS_AES_128_GCM_SHA256"}}, sent="weak", read="none"
        ),
        "inconclusive",
        "",
    ),
    "a certificate that never came to the app is not its trouble": Found(
        Example(
            state={"settings": {"minTlsVersion": "1.3", "clientCertEnabled": False}}, sent="expired", read="none"
        ),
        "inconclusive",
        "",
    ),
    "a site that is said to be stopped asks for a certificate": Found(
        Example(
            state={
                "settings": {"state": "Stopped"},
                "edge": {"stale_settings": {"clientCertExclusionPaths": "/health"}},
            },
            sent="none",
        ),
        "settings-not-in-effect",
        "site-stopped",
    ),
    "a stopped site explains what the app seems to refuse": Found(
        Example(state={"settings": {"state": "Stopped", "clientCertEnabled": False}}, symptom="app-refuses"),
        "site-stopped",
        "",
    ),
}


@pytest.mark.parametrize("name", FOUND)
def test_it_is_right_now(name: str, ready: dict[str, Any]) -> None:
    found = FOUND[name]
    case = diagnosed(found.example, ready)
    assert case.verdict is not None
    assert case.verdict.finding == found.verdict
    assert found.never not in {also.finding for also in case.verdict.also}
    assert complaints(case.verdict, truth(found.example)) == []
