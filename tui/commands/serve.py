"""``mtls-triage serve``: the app in a browser, on this machine only."""

import click


@click.command("serve")
@click.option("--port", type=click.IntRange(1, 65535), default=8765, show_default=True, help="Port of 127.0.0.1.")
def command(port: int) -> int:
    """Serve the app in a browser, on loopback only; the address with its key is printed on standard error."""
    from tui.serving import serve

    serve(port)
    return 0
