"""Scenarios of apps and certificates that do not get along, of refusals that look alike, and of Expect."""

from probes.lab.scenario import Fix, Scenario

_BASE = ("--ca", "{ca}", "--config", "{config}", "--debug-path", "/debug/headers")
_WITH = (*_BASE, "--cert", "{certificate}")
_EXCLUDED = {"settings": {"clientCertExclusionPaths": "/health"}}
_NO_EXCLUSION = Fix(lab={"settings": {"clientCertExclusionPaths": None}})
_KEY = "lab-function-key"
_FUNCTIONS = {"azure": {"kind": "functionapp"}, "app": {"functions_key": _KEY}}
_WITH_KEY = (*_WITH, "--header", f"x-functions-key: {_KEY}")
_SOMETIMES = (*_WITH, "--as", "dotnet", "--symptom", "sometimes")
_CURL = (*_WITH, "--as", "curl")


def _certificate(name: str) -> tuple[str, ...]:
    return (*_BASE, "--cert", f"{{{name}}}")


def _judging(rule: str, **more: object) -> dict[str, object]:
    return {"app": {"validator": {"rule": rule, **more}}}


REFUSALS = (
    Scenario(
        name="healthy-larger-limit",
        title="An app that takes bodies of up to a million bytes; nothing is wrong",
        expected_finding="healthy",
        state={"app": {"body_limit": 1_000_000}},
        options=_WITH,
    ),
    Scenario(
        name="app-body-limit",
        title="Small uploads work, large ones are answered with 413, with and without a wait",
        expected_finding="app-body-limit",
        state={"app": {"body_limit": 200_000}},
        options=_WITH,
        control="healthy-larger-limit",
        fix=Fix(lab={"app": {"body_limit": 1_000_000}}),
    ),
    Scenario(
        name="healthy-functions",
        title="A function app, called with its key; nothing is wrong",
        expected_finding="healthy",
        state=_FUNCTIONS,
        options=_WITH_KEY,
    ),
    Scenario(
        name="functions-key-missing",
        title="A function answers 401 with an empty body, though the certificate is sent",
        expected_finding="functions-key-missing",
        state=_FUNCTIONS,
        options=_WITH,
        control="healthy-functions",
        fix=Fix(options=_WITH_KEY),
    ),
    Scenario(
        name="web-config-ip-security",
        title="Every request is answered with 403 and one sentence about a directory or page",
        expected_finding="web-config-ip-security",
        state={"app": {"web_config_refuses": True}},
        options=_WITH,
        control="healthy-required",
        fix=Fix(lab={"app": {"web_config_refuses": False}}),
    ),
)

CERTIFICATES = (
    Scenario(
        name="healthy-dates-checked",
        title="An app that looks at the certificate's dates; nothing is wrong",
        expected_finding="healthy",
        state=_judging("dates"),
        options=_WITH,
    ),
    Scenario(
        name="certificate-expired",
        title="It worked until last week; since then the app answers 403",
        expected_finding="certificate-expired",
        state=_judging("dates"),
        options=_certificate("expired"),
        control="healthy-dates-checked",
        fix=Fix(options=_WITH),
    ),
    Scenario(
        name="certificate-not-yet-valid",
        title="The app answers 403 to a certificate that was issued today",
        expected_finding="certificate-not-yet-valid",
        state=_judging("dates"),
        options=_certificate("not_yet_valid"),
        control="healthy-dates-checked",
        fix=Fix(options=_WITH),
    ),
    Scenario(
        name="certificate-wrong-eku",
        title="The app answers 403 to a certificate that serves well elsewhere",
        expected_finding="certificate-wrong-eku",
        state=_judging("purpose"),
        options=_certificate("no_client_auth"),
        control="healthy-dates-checked",
        fix=Fix(options=_WITH),
    ),
    Scenario(
        name="weak-certificate",
        title="After an update of the app's libraries one old device is answered with 403",
        expected_finding="weak-certificate",
        state=_judging("strength"),
        options=_certificate("weak"),
        control="healthy-dates-checked",
        fix=Fix(options=_WITH),
    ),
)

APPS = (
    Scenario(
        name="header-parsed-as-hex",
        title="The certificate arrives, and the app says that it is no hexadecimal number",
        expected_finding="header-parsed-as-hex",
        state={"app": {"parser": "hex", "parse_error_status": 500}},
        options=_WITH,
        control="healthy-required",
        fix=Fix(lab={"app": {"parser": "right"}}),
    ),
    Scenario(
        name="header-damaged",
        title="The certificate arrives with blanks in it, and the app cannot read it",
        expected_finding="header-damaged",
        state={"app": {"damage": "plus-became-space", "parse_error_status": 500}},
        options=_WITH,
        control="healthy-required",
        fix=Fix(lab={"app": {"damage": "none"}}),
    ),
    Scenario(
        name="header-damaged-truncated",
        title="The certificate's header is cut off behind the front end",
        expected_finding="header-damaged",
        state={"app": {"damage": "truncated", "parse_error_status": 500}},
        options=_WITH,
        control="healthy-required",
        fix=Fix(lab={"app": {"damage": "none"}}),
    ),
    Scenario(
        name="healthy-chain-checked",
        title="An app that builds the chain, and a certificate straight from its root; nothing is wrong",
        expected_finding="healthy",
        state=_judging("chain"),
        options=_certificate("from_root"),
    ),
    Scenario(
        name="chain-incomplete",
        title="The app answers 403 and logs PartialChain, though the client sends the whole chain",
        expected_finding="chain-incomplete",
        state=_judging("chain"),
        options=_WITH,
        control="healthy-chain-checked",
        fix=Fix(lab={"app": {"validator": {"has_intermediate": True}}}),
    ),
    Scenario(
        name="self-signed-refused",
        title="The app answers 403 to the certificate that was made for a test",
        expected_finding="self-signed-refused",
        state=_judging("chain"),
        options=_certificate("self_signed"),
        control="healthy-chain-checked",
        fix=Fix(options=_certificate("from_root")),
    ),
    Scenario(
        name="app-rejects-certificate",
        title="After the certificate was renewed the app answers 403",
        expected_finding="app-rejects-certificate",
        state=_judging("thumbprint", wanted="0123456789ABCDEF0123456789ABCDEF01234567"),
        options=_WITH,
        control="healthy-dates-checked",
        fix=Fix(lab={"app": {"validator": None}}),
    ),
    Scenario(
        name="app-rejects-certificate-revocation",
        title="The app answers 401 to every certificate since its way out to the internet was closed",
        expected_finding="app-rejects-certificate",
        state=_judging("revocation", status=401),
        options=_WITH,
        control="healthy-dates-checked",
        fix=Fix(lab={"app": {"validator": None}}),
    ),
)

EXPECTS = (
    Scenario(
        name="expect-blocked-on-the-way",
        title="Uploads that wait for 100 Continue wait in vain, and then go through",
        expected_finding="expect-blocked-on-the-way",
        state={"edge": {"interim": "swallow"}},
        options=_WITH,
        control="healthy-required",
        fix=Fix(lab={"edge": {"interim": "pass"}}),
    ),
    Scenario(
        name="expect-refused-on-the-way",
        title="Uploads with Expect: 100-continue are answered with 417",
        expected_finding="expect-blocked-on-the-way",
        state={"edge": {"interim": "refuse"}},
        options=_WITH,
        control="healthy-required",
        fix=Fix(lab={"edge": {"interim": "pass"}}),
    ),
    Scenario(
        name="curl-above-threshold",
        title="curl's uploads of more than 1 MiB work, other clients' large ones do not",
        expected_finding="large-body-renegotiation",
        state=_EXCLUDED,
        options=(*_CURL, "--large-bytes", "1048577"),
        control="healthy-required",
        fix=_NO_EXCLUSION,
    ),
    Scenario(
        name="curl-below-threshold",
        title="curl's uploads of 300 kB are answered with 403, those of 2 MB work",
        expected_finding="curl-below-threshold",
        state=_EXCLUDED,
        options=_CURL,
        control="curl-above-threshold",
        fix=_NO_EXCLUSION,
    ),
    Scenario(
        name="healthy-sometimes",
        title="Fresh and kept connections behave alike; nothing is wrong",
        expected_finding="healthy",
        options=_SOMETIMES,
    ),
    Scenario(
        name="reused-connection-hides-it",
        title="The same upload is answered with 403 now and then; after other requests it works",
        expected_finding="reused-connection-hides-it",
        state=_EXCLUDED,
        options=_SOMETIMES,
        control="healthy-sometimes",
        fix=_NO_EXCLUSION,
    ),
)

SCENARIOS = (*REFUSALS, *CERTIFICATES, *APPS, *EXPECTS)
