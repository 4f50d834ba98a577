"""The clients that the tool knows, by the properties that decide a ticket; data only."""

from types import MappingProxyType

from probes.model.persona import Persona

_MEASURED = "measured on loopback against Apache httpd 2.4 and nginx 1.22"

CLIENTS = MappingProxyType(
    {
        persona.name: persona
        for persona in (
            Persona(
                name="curl",
                title="curl 7.69 or newer",
                expect_above=1_048_576,
                waits_ms=1000,
                offers_pha=True,
                http="free",
                retries_http11=True,
                source=f"curl lib/http.h EXPECT_100_THRESHOLD; 7.88.1 and 8.23.0 {_MEASURED}",
            ),
            Persona(
                name="postman",
                title="Postman, newman",
                writes_together=True,
                source=f"newman 6.2 {_MEASURED}",
            ),
            Persona(name="httpx", title="Python httpx", source=f"httpx 0.28 {_MEASURED}"),
            Persona(
                name="go",
                title="Go net/http",
                waits_ms=1000,
                renegotiates=False,
                http="free",
                source=f"Go 1.19.8 and 1.27.3 {_MEASURED}; crypto/tls RenegotiateNever",
            ),
            Persona(
                name="dotnet",
                title=".NET HttpClient",
                waits_ms=1000,
                offers_pha=True,
                source=f".NET 8.0.4 on Linux {_MEASURED}; post-handshake authentication since .NET 7",
            ),
        )
    }
)
"""Every client by its name on the command line (``--as NAME``)."""
