"""The command line: finds the command's module only when the command is called."""

import importlib
import io
import os
import sys
import traceback

import click

from probes.errors import MtlsTriageError
from probes.printable import printable
from probes.version import VERSION

# Name of the command: (module, one line of help). The help stands here so that ``--help`` imports no command.
COMMANDS = {
    "diagnose": ("tui.commands.diagnose", "Find out why a client certificate does not work, without the app."),
    "config": ("tui.commands.config", "Read and explain the site's configuration only."),
    "decode": ("tui.commands.decode", "Decode a forwarded client certificate from a header or a response."),
    "verify": ("tui.commands.verify", "Say whether a fix took effect, on fresh connections over time."),
    "threshold": ("tui.commands.threshold", "Find the exact body size at which a site starts to refuse."),
    "report": ("tui.commands.report", "Write a report from a saved case, offline."),
    "compare": ("tui.commands.compare", "Say what changed between two saved cases."),
    "reproduce": ("tui.commands.reproduce", "Replay a curl command in the lab, under a site's settings."),
    "script": ("tui.commands.script", "Write the plan as a script that needs nothing but curl."),
    "read": ("tui.commands.read", "Read what such a script, or any curl -v, has printed."),
    "lab": ("tui.commands.lab", "Start the built-in lab and open the app on it, or serve it."),
    "serve": ("tui.commands.serve", "Serve the app in a browser, on this machine only."),
    "findings": ("tui.commands.findings", "List the causes that can be named, or print one."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called; anything else that comes first is a target."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of their use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of one command and return its click command, which is called ``command``."""
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(COMMANDS[cmd_name][0]).command
        assert isinstance(command, click.Command)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Hand a call that begins with an option of the app to the app: its target may be left out."""
        own = args[0].partition("=")[0] if args else ""
        if own.startswith("-") and own not in ("-h", "--help", "--version", "--"):
            args = ["--", *args]
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Treat a first word that is no command as the target of the app, or as an option of it."""
        if args and args[0] not in COMMANDS:
            command = importlib.import_module("tui.commands.app").command
            return "app", command, args
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(VERSION, prog_name="mtls-triage")
@click.pass_context
def cli(context: click.Context) -> int | None:
    """Find out why a client certificate does not work on an Azure App Service or Functions site.

    ``mtls-triage`` opens the app, ``mtls-triage TARGET`` opens it on a target: a URL, the resource id of a site, or
    lab:SCENARIO for the built-in lab. TARGET may be left out with --curl, --config, or --name and --resource-group.
    """
    if context.invoked_subcommand is not None:
        return None
    status: int = importlib.import_module("tui.commands.app").open_start()
    return status


def main() -> None:
    """Run the command line; faults end in one or two lines on stderr and the exit status of the contract."""
    try:
        status = cli.main(prog_name="mtls-triage", standalone_mode=False)
        sys.exit(status if isinstance(status, int) else 0)
    except click.exceptions.Abort:
        sys.stderr.write("interrupted\n")
        sys.exit(130)
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        sys.exit(130)
    except click.ClickException as fault:
        from probes.redact import hide_in_words

        shown = io.StringIO()
        fault.show(shown)
        # Click repeats words of the command line, which may have been copied from anywhere.
        sys.stderr.write(hide_in_words(printable(shown.getvalue(), lines=True)))
        sys.exit(2)
    except MtlsTriageError as fault:
        sys.stderr.write(f"mtls-triage: {printable(str(fault), lines=True)}\n")
        sys.exit(fault.status)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as fault:
        sys.stderr.write(_unexpected(fault))
        sys.exit(2)


def _unexpected(fault: BaseException) -> str:
    # Neither a traceback nor the fault's own text: both could hold what must stay secret.
    frames = traceback.extract_tb(fault.__traceback__)
    places = [frame for frame in frames if "mtls" in frame.filename or "/probes/" in frame.filename] or frames
    place = places[-1]
    where = f"{os.path.basename(place.filename)} line {place.lineno}"
    return (
        f"mtls-triage: a fault of the tool itself: {type(fault).__name__} at {where}. "
        f"Please report it with the version ({VERSION}) and the command.\n"
    )
