"""``mtls-triage lab``: starts the built-in lab and opens the app on it, serves it, or lists its scenarios."""

import json

import click

DEFAULT_SCENARIO = "large-body-renegotiation"


@click.command("lab")
@click.option("--scenario", metavar="NAME", help="The scenario to open; without it the app shows the lab's tickets.")
@click.option("--list", "list_", is_flag=True, help="List the scenarios.")
@click.option("--json", "as_json", is_flag=True, help="With --list: as JSON.")
@click.option(
    "--serve", is_flag=True, help="Only serve: print one JSON line when ready, run until SIGINT or SIGTERM."
)
@click.option("--until-stdin-closes", is_flag=True, help="With --serve: stop also when standard input ends.")
def command(scenario: str | None, list_: bool, as_json: bool, serve: bool, until_stdin_closes: bool) -> int | None:
    """Start the built-in lab, a front end on this machine that behaves like App Service's, and open the app on it."""
    _check(list_, as_json, serve, until_stdin_closes)
    from probes.lab.scenarios import find

    if list_:
        _list(scenario, as_json)
        return None
    if scenario is None and not serve:
        from tui.commands.app import open_start

        return open_start(tickets=True)
    chosen = find(scenario or DEFAULT_SCENARIO)
    if serve:
        from probes.lab.serve import serve as run

        run(chosen, until_stdin_closes=until_stdin_closes)
        return None
    from tui.commands.app import open_app

    return open_app(f"lab:{chosen.name}")


def _check(list_: bool, as_json: bool, serve: bool, until_stdin_closes: bool) -> None:
    """Raise UsageError for options that go nowhere together."""
    if as_json and not list_:
        raise click.UsageError("--json belongs to --list; --serve prints JSON by itself")
    if until_stdin_closes and not serve:
        raise click.UsageError("--until-stdin-closes belongs to --serve")
    if list_ and serve:
        raise click.UsageError("--list and --serve are two things; choose one")


def _list(scenario: str | None, as_json: bool) -> None:
    from probes.lab.scenarios import find, scenarios

    chosen = [find(scenario)] if scenario else list(scenarios().values())
    if as_json:
        click.echo(json.dumps([one.listed() for one in chosen], indent=2))
        return
    width = max(len(one.name) for one in chosen)
    for one in chosen:
        click.echo(f"{one.name:<{width}}  {one.title}")
