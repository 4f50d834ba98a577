"""The clients that the tool knows, by the properties that decide a ticket; data only."""

from types import MappingProxyType

from probes.model.persona import Persona
from probes.model.probe import HttpChoice, TlsChoice

_RUN = "run on loopback against Apache httpd 2.4, nginx 1.22 and the lab"
_CURL = "curl lib/http.h EXPECT_100_THRESHOLD, lib/http.c, lib/vtls/openssl.c"

_COMMAND_LINE = (
    Persona(
        name="curl",
        title="curl 7.69 or newer",
        expect_above=1_048_576,
        waits_ms=1000,
        offers_pha=True,
        http="free",
        retries_http11=True,
        pools=False,
        needs_rfc5746=True,
        source=f"{_CURL}; 7.88.1 and 8.23.0 {_RUN}. Above 1 MiB since 7.69.0 (curl change log, 2020-03-11)",
    ),
    Persona(
        name="curl-7.68",
        title="curl 7.68 or older",
        expect_above=1024,
        waits_ms=1000,
        offers_pha=True,
        http="free",
        retries_http11=True,
        pools=False,
        source=f"{_CURL} of 7.68.0; not run. Post-handshake authentication since 7.62, HTTP_1_1_REQUIRED since 7.63",
    ),
    Persona(
        name="postman",
        title="Postman, newman",
        writes_together=True,
        source=f"newman 6.2 on Node 20 {_RUN}; the desktop app is built on Electron and was not run",
    ),
)

_PLATFORMS = (
    Persona(
        name="dotnet-framework",
        title=".NET Framework, PowerShell 5.1",
        expect_above=0,
        waits_ms=350,
        obeys_ca_list=True,
        tls="1.2",
        source="microsoft/referencesource HttpWebRequest.cs (DefaultContinueTimeout), ServicePointManager.cs, "
        "_SslState.cs; not run. TLS 1.3 depends on Windows and is rare. After a 2xx without a 100 it waits no more",
    ),
    Persona(
        name="dotnet",
        title=".NET HttpClient",
        waits_ms=1000,
        offers_pha=True,
        obeys_ca_list=True,
        source=f".NET 8.0.4 on Linux {_RUN}; post-handshake authentication since .NET 7 (dotnet/runtime PR 64268); "
        "the filter by authorities is SslStream's, and was not run",
    ),
    Persona(
        name="java",
        title="Java HttpClient",
        waits_for_ever=True,
        obeys_ca_list=True,
        http="free",
        needs_rfc5746=False,
        source=f"java.net.http of 17.0.15 {_RUN}; newer releases wait 5 s at most (JDK-8324209)",
    ),
    Persona(
        name="go",
        title="Go net/http",
        waits_ms=1000,
        renegotiates=False,
        obeys_ca_list=True,
        http="free",
        needs_rfc5746=False,
        source=f"Go 1.19.8 and 1.27.3 {_RUN}; crypto/tls RenegotiateNever, CertificateRequestInfo",
    ),
    Persona(
        name="node",
        title="Node.js https",
        writes_together=True,
        needs_rfc5746=True,
        source=f"Node 20.20 and 24.21 {_RUN}, with end(body); code that waits for 'continue' waits for ever",
    ),
    Persona(
        name="axios", title="axios", writes_together=True, needs_rfc5746=True, source=f"axios 1 on Node 20 {_RUN}"
    ),
)

_PYTHON = (
    Persona(
        name="requests",
        title="Python requests",
        offers_pha=True,
        needs_rfc5746=True,
        source=f"requests 2.34, urllib3 2.8 {_RUN}",
    ),
    Persona(name="httpx", title="Python httpx", needs_rfc5746=True, source=f"httpx 0.28 {_RUN}"),
    Persona(
        name="aiohttp",
        title="Python aiohttp",
        waits_for_ever=True,
        needs_rfc5746=True,
        source=f"aiohttp 3.14 {_RUN}",
    ),
)

_OTHERS = (
    Persona(
        name="browser",
        title="browsers",
        expect_on_request=False,
        obeys_ca_list=True,
        http="free",
        retries_http11=True,
        source=f"Chromium 156 and Firefox ESR 153, headless, {_RUN}. Expect is a forbidden header (Fetch standard)",
    ),
    Persona(
        name="envoy",
        title="Envoy",
        expect_on_request=False,
        renegotiates=False,
        source="envoyproxy/envoy UpstreamTlsContext.allow_renegotiation and proxy_100_continue, both off; not run",
    ),
    Persona(
        name="rustls",
        title="rustls, reqwest",
        renegotiates=False,
        http="free",
        source="rustls manual and rustls issue 1999: no renegotiation, no post-handshake authentication; not run",
    ),
)

CLIENTS = MappingProxyType({persona.name: persona for persona in (*_COMMAND_LINE, *_PLATFORMS, *_PYTHON, *_OTHERS)})
"""Every client by its name on the command line (``--as NAME``)."""


def spoken(client: Persona | None, tls: TlsChoice, http: HttpChoice) -> tuple[TlsChoice, HttpChoice]:
    """Return the TLS and HTTP of the user's own requests: what he said, else what his client speaks by itself."""
    if client is None:
        return tls, http
    return (client.tls if tls == "free" else tls), (client.http if http == "free" else http)
