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
CLIENTS = ("curl", "postman", "httpx", "go", "dotnet")

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
    click.option("--symptom", type=click.Choice(SYMPTOMS), default="unknown", help="What the user complains of."),
    click.option(
        "--as", "client", type=click.Choice(CLIENTS), help="The user's client; the plan then also runs as it would."
    ),
    click.option(
        "--answer", "answers", metavar="NODE=ANSWER", multiple=True, help="Answer a question of the tree beforehand."
    ),
    click.option("--large-bytes", type=click.IntRange(2048), default=307_200, help="Size of the large body."),
    click.option("--repeat", type=click.IntRange(1, 50), default=1, help="Send each deciding probe so often."),
    click.option(
        "--timeout", "timeout_s", type=click.FloatRange(0.5, 600), default=30.0, help="Seconds for one probe."
    ),
    click.option("--parallel", type=click.IntRange(1, 32), default=8, help="Probes at a time."),
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
