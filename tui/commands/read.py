"""``mtls-triage read``: what a script of ours or any ``curl -v`` printed, as a case with its verdict."""

import click

from tui.commands.options import CLIENTS, SYMPTOMS


@click.command("read")
@click.argument("file", metavar="FILE|-", type=click.Path())
@click.option(
    "--config",
    "config_files",
    metavar="FILE",
    type=click.Path(),
    multiple=True,
    help="Site settings from saved JSON.",
)
@click.option("--symptom", type=click.Choice(SYMPTOMS), help="What the user complains of.")
@click.option("--as", "client", type=click.Choice(CLIENTS), help="The user's client, when it was not curl.")
@click.option("--json", "as_json", is_flag=True, help="Print the case as JSON.")
def command(file: str, config_files: tuple[str, ...], symptom: str | None, client: str | None, as_json: bool) -> None:
    """Read FILE as observations and say what they mean; what curl does not show stays unknown.

    Nobody is contacted. Exit status: 0 read, 2 the file is neither.
    """
    from tui import scripted

    scripted.read(file, config_files, symptom=symptom, client=client, as_json=as_json)
