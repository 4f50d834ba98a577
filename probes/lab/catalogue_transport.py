"""Scenarios of the way to the site, its handshake, who is asked when, and the forwarded header itself."""

from probes.lab.scenario import Fix, Scenario

_BASE = ("--ca", "{ca}", "--config", "{config}", "--debug-path", "/debug/headers")
_WITH = (*_BASE, "--cert", "{certificate}")
_FOREIGN = (*_BASE, "--cert", "{foreign}")
_TLS12 = (*_WITH, "--own-tls", "1.2")
_HELD = (*_WITH, "--curl", "curl --tls-max 1.2 {front_end}/")
_SUITE = (*_WITH, "--curl", "curl --tls-max 1.2 --ciphers ECDHE-RSA-AES128-GCM-SHA256 {front_end}/")
_FRAMEWORK = (*_WITH, "--as", "dotnet-framework")
_DOTNET = (*_WITH, "--as", "dotnet")
_BROWSER = (*_WITH, "--as", "browser", "--answer", "prompted=it did not")
_FORGED = (*_WITH, "--check-forgery")
_EXCLUDED = {"clientCertExclusionPaths": "/health"}
_NO_EXCLUSION = Fix(lab={"settings": {"clientCertExclusionPaths": None}})
_AT_THE_SITE = Fix(options=_WITH, target="{front_end}/")

REACHING = (
    Scenario(
        name="network-refused",
        title="Nothing connects: the port refuses",
        expected_finding="network-unreachable",
        origin="{refusing}",
        options=_WITH,
        control="healthy-required",
        fix=_AT_THE_SITE,
    ),
    Scenario(
        name="network-silent",
        title="Nothing connects: no answer ever comes",
        expected_finding="network-unreachable",
        origin="{silent}",
        options=(*_WITH, "--timeout", "2"),
        control="healthy-required",
        fix=_AT_THE_SITE,
    ),
    Scenario(
        name="network-no-name",
        title="Nothing connects: the name is not known",
        expected_finding="network-unreachable",
        origin="{nameless}",
        options=(*_WITH, "--symptom", "handshake-fails"),
        control="healthy-required",
        fix=_AT_THE_SITE,
    ),
    Scenario(
        name="tls-inspection-proxy",
        title="From the office every request is answered with 403, whatever certificate is sent",
        expected_finding="tls-inspection-proxy",
        state={"edge": {"intercepted": True}},
        options=_WITH,
        env={"SSL_CERT_FILE": "{foreign_ca}"},
        control="healthy-required",
        fix=Fix(lab={"edge": {"intercepted": False}}),
    ),
    Scenario(
        name="http-redirected",
        title="A POST arrives as a GET, and without a certificate",
        expected_finding="http-redirected",
        origin="{http}",
        options=_WITH,
        control="healthy-required",
        fix=_AT_THE_SITE,
    ),
)

HANDSHAKES = (
    Scenario(
        name="healthy-dotnet-framework",
        title="A client that speaks TLS 1.2 to a site that takes it; nothing is wrong",
        expected_finding="healthy",
        options=_FRAMEWORK,
    ),
    Scenario(
        name="tls-version-refused",
        title="An old client cannot connect, a new one can",
        expected_finding="tls-version-refused",
        state={"settings": {"minTlsVersion": "1.3"}},
        options=_FRAMEWORK,
        control="healthy-dotnet-framework",
        fix=Fix(lab={"settings": {"minTlsVersion": "1.2"}}),
    ),
    Scenario(
        name="healthy-own-suite",
        title="A client that speaks TLS 1.2 with one cipher suite to a site that takes it; nothing is wrong",
        expected_finding="healthy",
        options=_SUITE,
    ),
    Scenario(
        name="tls-version-refused-held",
        title="A client that was held at TLS 1.2 cannot connect",
        expected_finding="tls-version-refused",
        state={"settings": {"minTlsVersion": "1.3"}},
        options=_HELD,
        control="healthy-own-suite",
        fix=Fix(options=_WITH),
    ),
    Scenario(
        name="cipher-refused",
        title="A client with a policy of its own cannot connect, others can",
        expected_finding="cipher-refused",
        state={"settings": {"minTlsCipherSuite": "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"}},
        options=_SUITE,
        control="healthy-own-suite",
        fix=Fix(options=_HELD),
    ),
    Scenario(
        name="unsafe-legacy-renegotiation",
        title="Since the clients' machines were brought up to date none of them connects any more",
        expected_finding="unsafe-legacy-renegotiation",
        state={"edge": {"secure_renegotiation": False}},
        options=_WITH,
        control="healthy-required",
        fix=Fix(lab={"edge": {"secure_renegotiation": True}}),
    ),
    Scenario(
        name="healthy-foreign-certificate",
        title="A certificate of an authority that nobody here knows, which the site forwards; nothing is wrong",
        expected_finding="healthy",
        options=_FOREIGN,
    ),
    Scenario(
        name="certificate-required-alert",
        title="The connection breaks off with a TLS error as soon as the certificate is sent",
        expected_finding="certificate-required-alert",
        state={"edge": {"require_in_tls": "verified"}},
        options=_FOREIGN,
        control="healthy-foreign-certificate",
        fix=Fix(lab={"edge": {"require_in_tls": "no"}}),
    ),
    Scenario(
        name="healthy-ca-list",
        title="The site lists the authority of the certificate; nothing is wrong",
        expected_finding="healthy",
        state={"edge": {"ca_names": ["lab"]}},
        options=_DOTNET,
    ),
    Scenario(
        name="issuer-not-acceptable",
        title="curl sends the certificate, the .NET client does not",
        expected_finding="issuer-not-acceptable",
        state={"edge": {"ca_names": ["foreign"]}},
        options=_DOTNET,
        control="healthy-ca-list",
        fix=Fix(lab={"edge": {"ca_names": []}}),
    ),
)

ASKING = (
    Scenario(
        name="renegotiation-refused-by-client",
        title="The Go service gets an error on every request, curl does not",
        expected_finding="renegotiation-refused-by-client",
        state={"settings": _EXCLUDED},
        options=(*_WITH, "--as", "go"),
        control="expect-awaited",
        fix=_NO_EXCLUSION,
    ),
    Scenario(
        name="healthy-http2",
        title="A site with HTTP/2 that asks in the first handshake; nothing is wrong",
        expected_finding="healthy",
        state={"settings": {"http20Enabled": True}},
        options=_WITH,
    ),
    Scenario(
        name="renegotiation-impossible-http2",
        title="Over HTTP/1.1 the app gets the certificate, over HTTP/2 every request is answered with 403",
        expected_finding="renegotiation-impossible-http2",
        state={"settings": {**_EXCLUDED, "http20Enabled": True}, "edge": {"renegotiating_edge": "no-certificate"}},
        options=_TLS12,
        control="healthy-http2",
        fix=_NO_EXCLUSION,
    ),
    Scenario(
        name="renegotiation-impossible-http2-on-tls13",
        title="Over HTTP/1.1 the app gets the certificate, over HTTP/2 it gets none",
        expected_finding="renegotiation-impossible-http2",
        state={
            "settings": {"clientCertMode": "OptionalInteractiveUser", "http20Enabled": True},
            "edge": {"renegotiating_edge": "post-handshake"},
        },
        options=_WITH,
        control="healthy-http2",
        fix=Fix(lab={"settings": {"clientCertMode": "Optional"}}),
    ),
    Scenario(
        name="healthy-optional-browser",
        title="Browsers to a site that asks in the first handshake; nothing is wrong",
        expected_finding="healthy",
        state={"settings": {"clientCertMode": "Optional"}},
        options=_BROWSER,
    ),
    Scenario(
        name="interactive-mode-not-prompted",
        title="The browser never asks for a certificate, and the app gets none",
        expected_finding="interactive-mode-not-prompted",
        state={"settings": {"clientCertMode": "OptionalInteractiveUser"}},
        options=_BROWSER,
        control="healthy-optional-browser",
        fix=Fix(lab={"settings": {"clientCertMode": "Optional"}}),
    ),
)

HEADERS = (
    Scenario(
        name="app-reads-wrong-header",
        title="The certificate arrives, and the app says that there is none",
        expected_finding="app-reads-wrong-header",
        state={"app": {"reads_header": "X-Client-Cert"}},
        options=_WITH,
        control="healthy-required",
        fix=Fix(lab={"app": {"reads_header": "X-ARR-ClientCert"}}),
    ),
    Scenario(
        name="app-reads-wrong-header-django",
        title="The same in Django, which reads HTTP_X_ARR_CLIENT_CERT",
        expected_finding="app-reads-wrong-header",
        state={"app": {"reads_header": "X-ARR-Client-Cert", "naming": "django", "shape": "text"}},
        options=_WITH,
        control="healthy-required",
        fix=Fix(lab={"app": {"reads_header": "X-ARR-ClientCert"}}),
    ),
    Scenario(
        name="healthy-forgery-checked",
        title="A caller's own X-ARR-ClientCert does not get to the app; nothing is wrong",
        expected_finding="healthy",
        state={"settings": {"clientCertMode": "Optional"}},
        options=_FORGED,
    ),
    Scenario(
        name="header-forgeable",
        title="The app believes a certificate that the caller only wrote into a header",
        expected_finding="header-forgeable",
        state={"settings": {"clientCertMode": "Optional"}, "edge": {"forged_header": "pass"}},
        options=_FORGED,
        control="healthy-forgery-checked",
        fix=Fix(lab={"settings": {"clientCertMode": "Required"}}),
    ),
)

SCENARIOS = (*REACHING, *HANDSHAKES, *ASKING, *HEADERS)
