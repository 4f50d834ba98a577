"""The options that every probing command and the app share; imports nothing heavy."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

_F = TypeVar("_F", bound=Callable[..., Any])

SYMPTOMS = (
    "header-missing",
    "handshake-fails",
    "upload-403",
    "always-403",
    "app-refuses",
    "sometimes",
    "slow",
    "gateway-500",
    "http2-tls13",
    "unknown",
)
CLIENTS = (
    "curl", "curl-7.68", "postman", "dotnet-framework", "dotnet", "java", "go", "node", "axios",
    "requests", "httpx", "aiohttp", "browser", "envoy", "rustls",
)  # fmt: skip
"""The names of probes.personas.CLIENTS, which is not imported for ``--help``."""
CLOUDS = ("AzureCloud", "AzureUSGovernment", "AzureChinaCloud")
"""The names of probes.siteconfig.clouds.CLOUDS."""

_FILE = click.Path(dir_okay=True)

_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    click.option(
        "--cert", metavar="FILE", type=_FILE, help="Client certificate: PEM with or without chain and key, or PFX."
    ),
    click.option("--key", metavar="FILE", type=_FILE, help="Its private key, when it is in a file of its own."),
    click.option(
        "--cert-password-env",
        metavar="VAR",
        help="Environment variable that holds the pass phrase; else it is asked for.",
    ),
    click.option("--ca", metavar="FILE", type=_FILE, help="Trust these CAs for the server, beside the system's."),
    click.option("--insecure", is_flag=True, help="Go on although the server's certificate does not verify."),
    click.option("--connect-to", metavar="HOST:PORT", help="Connect there; SNI and Host stay those of TARGET."),
    click.option("--proxy", metavar="URL", help="HTTP CONNECT proxy; default from the environment."),
    click.option(
        "--origin", metavar="HOST", help="The site's own host behind a gateway; both are probed side by side."
    ),
    click.option("--debug-path", metavar="PATH", help="Endpoint that returns the headers that the app received."),
    click.option("--excluded-path", metavar="PATH", help="A path that should be excluded from client certificates."),
    click.option(
        "--upload-path", metavar="PATH", help="Where uploads go; default: a path below TARGET's that does not exist."
    ),
    click.option("--method", type=click.Choice(["POST", "PUT"]), default="POST", help="Method of the uploads."),
    click.option("--real-path", is_flag=True, help="Upload to TARGET's own path."),
    click.option(
        "--header",
        "headers",
        metavar="'N: v'",
        multiple=True,
        help="A further request header; its value is a secret.",
    ),
    click.option(
        "--header-env", "header_envs", metavar="N=VAR", multiple=True, help="The same, with the value in a variable."
    ),
    click.option(
        "--config",
        "config_files",
        metavar="FILE",
        type=_FILE,
        multiple=True,
        help="Site settings from saved JSON (az webapp show, an ARM GET); repeatable.",
    ),
    click.option("--resource-group", metavar="RG", help="Read the site from Azure: its resource group."),
    click.option("--name", "site_name", metavar="SITE", help="Read the site from Azure: its name."),
    click.option("--slot", metavar="SLOT", help="Read this deployment slot of the site instead of production."),
    click.option("--subscription", metavar="ID", help="Look for the site in this subscription only."),
    click.option("--cloud", type=click.Choice(CLOUDS, case_sensitive=False), help="Azure cloud; default AzureCloud."),
    click.option("--arm-endpoint", metavar="URL", help="Own address of the Resource Manager, for a private cloud."),
    click.option("--authority", metavar="URL", help="Own address of the authority that signs in."),
    click.option(
        "--sign-in",
        type=click.Choice(("auto", "cli", "device-code", "browser")),
        help="How to sign in to Azure; default auto: environment, managed identity, az.",
    ),
    click.option("--confirm-host", metavar="HOST", help="Agree that this host, which Azure names, is probed."),
    click.option("--symptom", type=click.Choice(SYMPTOMS), default="unknown", help="What the user complains of."),
    click.option(
        "--as", "client", type=click.Choice(CLIENTS), help="The user's client; the plan then also runs as it would."
    ),
    click.option(
        "--answer", "answers", metavar="NODE=ANSWER", multiple=True, help="Answer a question of the tree beforehand."
    ),
    click.option(
        "--own-tls", type=click.Choice(["1.0", "1.1", "1.2", "1.3"]), help="The one TLS version your client speaks."
    ),
    click.option("--own-ciphers", metavar="LIST", help="The TLS 1.2 suites your client offers (OpenSSL names)."),
    click.option("--own-http", type=click.Choice(["1.1", "2"]), help="The one HTTP version your client speaks."),
    click.option(
        "--check-forgery",
        is_flag=True,
        help="Also claim a certificate in an own X-ARR-ClientCert and see where it gets.",
    ),
    click.option(
        "--curl", metavar="'curl …'|FILE|-", help="Take everything from a curl command; TARGET may then be left out."
    ),
    click.option("--large-bytes", type=click.IntRange(2048), default=307_200, help="Size of the large body."),
    click.option("--repeat", type=click.IntRange(1, 50), default=1, help="Send each deciding probe so often."),
    click.option(
        "--timeout", "timeout_s", type=click.FloatRange(0.5, 600), default=30.0, help="Seconds for one probe."
    ),
    click.option("--parallel", type=click.IntRange(1, 32), default=8, help="Probes at a time."),
    click.option(
        "--no-redact", is_flag=True, help="In-house reports: leave nothing out for an audience; secrets stay out."
    ),
    click.option(
        "--keylog", metavar="FILE", type=click.Path(), help="Write the TLS session keys there (SSLKEYLOGFILE)."
    ),
)


def common_options(command: _F) -> _F:
    """Add the shared options to a click command; their values arrive as keyword arguments of these names."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


class _Parsed(click.Command):
    """A command that exists only to parse a list of options."""


def parse_options(arguments: list[str]) -> dict[str, Any]:
    """Parse a list such as the lab's own options into the keyword arguments of :func:`common_options`.

    Raises click.UsageError for an option that does not exist.
    """
    command = common_options(_Parsed("options", params=[], callback=None))
    return dict(command.make_context("options", list(arguments)).params)
