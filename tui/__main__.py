"""Entry point of the command ``mtls-triage``."""

from tui.cli import main

if __name__ == "__main__":
    main()
