"""The rules of the pairs: what each finding needs, in the lab's own terms, to be there and to be told.

A finding is expected exactly where all that it needs is met. What is not met first is the reason why it is not told:
its fault is not there in the joined state, or another one stands before it.
"""

from collections.abc import Mapping

from probes.lab.rules import negotiates_down
from probes.personas import CLIENTS
from tests.pairs.needs import (
    ASKED_LATE_HERE,
    DISABLED,
    ECHOED,
    ENABLED,
    FROM_AZURE,
    GENUINE,
    HTTPS,
    ITS_CERTIFICATE,
    JUDGED,
    KNOWS_RFC_5746,
    LATE,
    NO_LOGIN,
    NO_WEB_CONFIG,
    NOT_SUSPENDED,
    OPEN,
    PASSES,
    REJECTED,
    SETTINGS_LATE,
    SHAKEN,
    SITE_SPEAKS,
    STRANGER_LET_IN,
    UPLOADS_PASS,
    Need,
    authority,
    client_is,
    keyed_call,
    large_bytes,
    of_certificate,
    parsed_as,
    settings_late,
    takes_strangers,
)
from tests.pairs.situation import DEBUG, KEYLESS, Situation

REACHING: Mapping[str, tuple[Need, ...]] = {
    "network-unreachable": (Need("nobody is at the address", lambda at: not at.connects),),
    "tls-inspection-proxy": (
        Need("a proxy opens TLS", lambda at: at.intercepted),
        KNOWS_RFC_5746,
        Need("the settings tell what certificate the name has", lambda at: not at.settings.unbound_host_names),
    ),
    "host-name-unbound": (
        Need("the name has no binding, and is asked for over https", lambda at: at.unbound),
        KNOWS_RFC_5746,
    ),
    "server-certificate-wrong-host": (
        HTTPS,
        KNOWS_RFC_5746,
        Need("the site's certificate is shown", lambda at: not at.intercepted),
        Need("it is for another name", lambda at: at.shown in ("default", "wrong-host")),
    ),
    "server-certificate-untrusted": (
        HTTPS,
        KNOWS_RFC_5746,
        Need("its authority is not known", lambda at: not at.trusted),
    ),
    "server-certificate-expired": (
        HTTPS,
        KNOWS_RFC_5746,
        Need("the site's certificate is shown", lambda at: not at.intercepted),
        Need("it has run out", lambda at: at.shown == "expired"),
    ),
    "tls-version-refused": (
        GENUINE,
        KNOWS_RFC_5746,
        Need("the version is too old", lambda at: not at.version_spoken),
    ),
    "cipher-refused": (
        GENUINE,
        KNOWS_RFC_5746,
        Need("the version is spoken", lambda at: at.version_spoken),
        Need("the suite is not", lambda at: not at.suite_taken),
    ),
    "certificate-required-alert": (
        GENUINE,
        KNOWS_RFC_5746,
        Need("version and suite are spoken", lambda at: at.version_spoken and at.suite_taken),
        Need("TLS refuses the certificate", lambda at: at.tls_refuses),
    ),
    "unsafe-legacy-renegotiation": (
        HTTPS,
        Need("the server does not know RFC 5746", lambda at: not at.edge.secure_renegotiation),
    ),
    "http-redirected": (
        Need("the call goes over http", lambda at: at.connects and not at.https),
        OPEN,
        Need("it is redirected", lambda at: at.effect.https_only),
    ),
    "plain-http-request": (
        Need("the call goes over http", lambda at: at.connects and not at.https),
        Need("it is answered there", lambda at: not at.effect.https_only),
    ),
}
"""Findings of the way to the site and its handshake."""

SITE: Mapping[str, tuple[Need, ...]] = {
    "site-stopped": (Need("the site is stopped", lambda at: at.settings.state == "Stopped"), SHAKEN),
    "public-access-disabled": (
        Need("public access is off", lambda at: at.settings.public_network_access == "Disabled"),
        SHAKEN,
        Need("the site is not stopped", lambda at: at.settings.state == "Running"),
    ),
    "access-restricted": (
        Need("addresses are restricted", lambda at: bool(at.settings.ip_security_restrictions)),
        SHAKEN,
        Need("the site is not stopped", lambda at: at.settings.state == "Running"),
        Need("public access is on", lambda at: at.settings.public_network_access != "Disabled"),
    ),
    "easy-auth-refused": (Need("a login is asked for", lambda at: at.effect.auth.enabled), PASSES),
    "settings-not-in-effect": (
        Need("the edge has other settings", lambda at: at.edge.stale_settings is not None),
        ENABLED,
        SITE_SPEAKS,
        GENUINE,
        KNOWS_RFC_5746,
        OPEN,
        NO_LOGIN,
    ),
    "plan-too-small": (Need("the plan is small", lambda at: at.settings.sku == "Free"), NOT_SUSPENDED, SITE_SPEAKS),
    "http2-disables-certificates": (
        DISABLED,
        # The lab records its own changes: putting it into this state is one that does both.
        Need("HTTP 2.0 was switched on together with that", lambda at: at.settings.http20_enabled),
        FROM_AZURE,
        NOT_SUSPENDED,
        SITE_SPEAKS,
    ),
    "client-certs-disabled": (DISABLED, NOT_SUSPENDED, SITE_SPEAKS),
    "path-excluded": (
        Need("the path is excluded", lambda at: at.rules.excludes(at.path)),
        Need("the call is meant for https", lambda at: not at.target.startswith("{http}")),
        NOT_SUSPENDED,
        ENABLED,
        SITE_SPEAKS,
    ),
    "slot-differs": (
        FROM_AZURE,
        DISABLED,
        Need(
            "another slot asks for certificates",
            lambda at: any(slot.settings.client_cert_enabled for slot in at.state.azure.slots),
        ),
        NOT_SUSPENDED,
        SITE_SPEAKS,
    ),
    "header-forgeable": (
        Need("the edge passes a caller's own header", lambda at: at.edge.forged_header == "pass"),
        NOT_SUSPENDED,
        Need("the server knows RFC 5746, or nobody asks it", lambda at: at.edge.secure_renegotiation or not at.https),
        SITE_SPEAKS,
        OPEN,
        Need(
            "the canary needs no certificate to pass",
            lambda at: not at.rules.insists(DEBUG) if at.https else at.passes(DEBUG),
        ),
        NO_LOGIN,
        NO_WEB_CONFIG,
    ),
}
"""Findings of the site's settings and its doors."""

ASKING: Mapping[str, tuple[Need, ...]] = {
    "renegotiation-refused-by-client": (
        GENUINE,
        SITE_SPEAKS,
        KNOWS_RFC_5746,
        OPEN,
        ASKED_LATE_HERE,
        Need("TLS 1.2 is spoken for it", lambda at: negotiates_down(at.state)),
        Need("the client does not renegotiate", lambda at: client_is(at, renegotiates=False)),
    ),
    "issuer-not-acceptable": (
        Need("authorities are listed", lambda at: bool(at.edge.ca_names)),
        Need(
            "the certificate is of none of them", lambda at: at.certificate and authority(at) not in at.edge.ca_names
        ),
        Need("the client obeys the list", lambda at: client_is(at, obeys_ca_list=True)),
        GENUINE,
        KNOWS_RFC_5746,
        Need(
            "a request of the user is asked",
            lambda at: at.rules.asks_in_handshake or (at.rules.mode != "ignore" and at.open),
        ),
    ),
    "interactive-mode-not-prompted": (
        Need("the mode prompts nobody", lambda at: at.settings.client_cert_mode == "OptionalInteractiveUser"),
        Need("the client is a browser", lambda at: at.client == "browser"),
        GENUINE,
        SITE_SPEAKS,
        KNOWS_RFC_5746,
        OPEN,
        ASKED_LATE_HERE,
        Need("TLS 1.2 is spoken for it", lambda at: negotiates_down(at.state)),
    ),
    "renegotiation-impossible-http2": (
        GENUINE,
        SHAKEN,
        OPEN,
        ASKED_LATE_HERE,
        Need("the user's own requests speak HTTP/2", lambda at: at.speaks_h2),
        Need(
            "on their version of TLS, HTTP/1.1 would be asked",
            lambda at: at.held == "1.2" or at.edge.renegotiating_edge == "post-handshake",
        ),
    ),
    "renegotiation-impossible-tls13": (
        GENUINE,
        SHAKEN,
        OPEN,
        ASKED_LATE_HERE,
        Need("the user's own requests speak TLS 1.3", lambda at: at.held != "1.2" and not negotiates_down(at.state)),
        Need(
            "TLS 1.3 is never asked, or the client could not answer",
            lambda at: (
                at.edge.renegotiating_edge != "post-handshake"
                or (client_is(at, offers_pha=False) and not at.speaks_h2)
            ),
        ),
        Need(
            "TLS 1.2 is spoken too, or the settings say it",
            lambda at: at.effect.min_tls_version != "1.3" or settings_late(at),
        ),
        SITE_SPEAKS,
    ),
    "certificate-without-key": (Need("the file has no key", lambda at: at.one("--cert") == KEYLESS), NOT_SUSPENDED),
    "certificate-missing": (
        Need("no certificate is given", lambda at: at.one("--cert") is None),
        HTTPS,
        SHAKEN,
        Need("TLS 1.2 is spoken for comparison", lambda at: at.effect.min_tls_version != "1.3"),
        OPEN,
        Need("one is required", lambda at: at.rules.insists(at.path)),
    ),
    "client-sent-no-certificate": (
        Need("no certificate can be sent", lambda at: not at.certificate),
        HTTPS,
        Need("one is asked for", lambda at: at.asked(at.path)),
        PASSES,
        NO_LOGIN,
        Need(
            "no Functions host answers in the app's place", lambda at: at.app.functions_key is None or keyed_call(at)
        ),
    ),
}
"""Findings of when the certificate is asked for, and what is answered."""

_LARGE_BODY = (LATE, SETTINGS_LATE)
SIZES: Mapping[str, tuple[Need, ...]] = {
    "large-body-renegotiation": _LARGE_BODY,
    "large-body-legacy-edge": (
        LATE,
        Need("the settings do not make it ask late", lambda at: not settings_late(at)),
    ),
    "expect-not-awaited": (
        LATE,
        Need("waiting for 100 would help", lambda at: at.edge.interim != "refuse"),
        Need(
            "the client can say Expect and does not wait",
            lambda at: client_is(at, waits=False, expect_on_request=True),
        ),
    ),
    "curl-below-threshold": (
        LATE,
        Need("the client is curl", lambda at: at.client == "curl"),
        Need(
            "the body is below curl's own threshold",
            lambda at: large_bytes(at) <= (CLIENTS["curl"].expect_above or 0),
        ),
    ),
    "reused-connection-hides-it": (
        LATE,
        Need("the client keeps its connections", lambda at: client_is(at, pools=True, reuses_after_head=True)),
        Need("what is seen now and then is looked for", lambda at: at.one("--repeat") is not None),
    ),
    "app-body-limit": (
        Need(
            "the body is above the app's limit",
            lambda at: at.app.body_limit is not None and at.app.body_limit < large_bytes(at),
        ),
        SHAKEN,
        UPLOADS_PASS,
        NO_LOGIN,
        NO_WEB_CONFIG,
    ),
    "expect-blocked-on-the-way": (
        Need("interim answers do not come through", lambda at: at.edge.interim != "pass"),
        Need(
            "nobody answers before the body is asked for",
            lambda at: (
                at.edge.interim == "refuse" or at.app.body_limit is None or at.app.body_limit >= large_bytes(at)
            ),
        ),
        UPLOADS_PASS,
        NO_LOGIN,
    ),
}
"""Findings of large bodies and Expect."""

APP: Mapping[str, tuple[Need, ...]] = {
    "functions-key-missing": (
        Need("a key is wanted", lambda at: at.app.functions_key is not None and at.one("--header") is None),
        PASSES,
        NO_LOGIN,
        NO_WEB_CONFIG,
        Need("the function is asked", lambda at: at.path in at.app.routes),
    ),
    "web-config-ip-security": (
        Need("web.config refuses", lambda at: at.app.web_config_refuses),
        Need("the user's certificate passes on some version of TLS", lambda at: at.passes_in_comparison(at.path)),
        NO_LOGIN,
    ),
    "app-reads-wrong-header": (
        Need("the app reads another header", lambda at: at.app.reads_header != "X-ARR-ClientCert"),
        ECHOED,
    ),
    "header-parsed-as-pem": parsed_as("pem"),
    "header-parsed-as-hex": parsed_as("hex"),
    "header-damaged": (Need("the header is damaged", lambda at: at.damaged), ECHOED),
    **{finding: of_certificate(finding) for finding in ITS_CERTIFICATE},
    "chain-incomplete": (
        Need("the app builds a chain", lambda at: at.app.validator is not None and at.app.validator.rule == "chain"),
        REJECTED,
        Need("the certificate has an issuer", lambda at: at.one("--cert") != "{self_signed}"),
        *JUDGED,
    ),
    "self-signed-refused": (
        Need("the app builds a chain", lambda at: at.app.validator is not None and at.app.validator.rule == "chain"),
        Need("the certificate is its own issuer", lambda at: at.one("--cert") == "{self_signed}"),
        *JUDGED,
    ),
    "app-rejects-certificate": (REJECTED, *JUDGED),
    "uploaded-cer-is-no-trust-list": (
        FROM_AZURE,
        Need("a certificate was uploaded", lambda at: bool(at.state.azure.public_certificates)),
        STRANGER_LET_IN,
        KNOWS_RFC_5746,
        SITE_SPEAKS,
        Need("TLS 1.2 is spoken for comparison", lambda at: at.effect.min_tls_version != "1.3"),
        NO_LOGIN,
        NO_WEB_CONFIG,
        Need("the app does not refuse it", takes_strangers),
    ),
}
"""Findings of the app and of the certificate as the app gets it."""

NEEDS: Mapping[str, tuple[Need, ...]] = {**REACHING, **SITE, **ASKING, **SIZES, **APP}


def told(finding: str, at: Situation) -> bool:
    """Whether everything that the finding needs is met."""
    return all(need.met(at) for need in NEEDS[finding])


def why_not(finding: str, at: Situation) -> str | None:
    """Return the first thing that is not as the finding needs it; None when it is to be told."""
    return next((need.words for need in NEEDS[finding] if not need.met(at)), None)


def expected(at: Situation) -> set[str]:
    """Return every finding that is to be named in this situation, as the verdict or beside it."""
    return {finding for finding in NEEDS if told(finding, at)}
