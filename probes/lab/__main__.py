"""``python -m probes.lab --scenario NAME``: serves one scenario and prints one JSON line when it is ready."""

import argparse
import sys

from probes.errors import MtlsTriageError
from probes.lab.scenarios import find


def main() -> int:
    """Parse the call, serve, and return the exit status; a fault is one line on stderr."""
    parser = argparse.ArgumentParser(prog="python -m probes.lab", description=__doc__)
    parser.add_argument("--scenario", default="healthy-required", metavar="NAME")
    parser.add_argument("--until-stdin-closes", action="store_true", help="also stop when standard input ends")
    arguments = parser.parse_args()
    try:
        scenario = find(arguments.scenario)
        from probes.lab.serve import serve

        serve(scenario, until_stdin_closes=arguments.until_stdin_closes)
    except MtlsTriageError as fault:
        sys.stderr.write(f"mtls-triage lab: {fault}\n")
        return fault.status
    except BrokenPipeError:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
